"""Stories of identity, drawn as tables: what comes in at the door, line by line, and who is one person then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.house import House, identify, track
from tests.spec import engines

# Drawn tables of what is counted: each of their rules holds on both engines.
ON_BOTH = {"test_declared", "test_funnel", "test_known", "test_paths", "test_retention", "test_trends"}
ENGINES = ("duckdb", pytest.param("spark", marks=pytest.mark.spark))

Story = Callable[[str], "Told"]


@dataclass
class Told:
    """A house in which a story happened. Names as in its table: u... and a... are user ids, d... devices."""

    house: House
    names: set[str] = field(default_factory=set)

    def tell(self, drawn: str) -> Told:
        """Each line: the key, what is done, by whom, on which device; a line may be a logout or a wait."""
        for line in drawn.strip().splitlines()[2:]:
            key, deed, who, device, *more = (cell.strip() for cell in line.split("|"))
            self._do(key, deed, who, device, more[0] if more else "")
        self.house.digest()
        return self

    def persons(self) -> set[frozenset[str]]:
        """Who is one person, by name."""
        persons: dict[str, set[str]] = {}
        for name in self.names:
            persons.setdefault(self.person(name), set()).add(name)
        return {frozenset(names) for names in persons.values()}

    def person(self, name: str) -> str:
        return self.house.person(name, self._kind(name))

    def seen(self, name: str, purpose: str = "analytics") -> list[str]:
        """The actions of the person behind this name, as far as the purpose allows, sorted."""
        events = self.house.view(purpose).of_person(self.person(name))
        return sorted(events.action.to_pyarrow().to_pylist())

    def facts(self, name: str) -> dict[str, Any]:
        """What is known of the person behind this name, JSON values as text."""
        facts = self.house.view().facts_of_person(self.person(name)).to_pylist()
        return {fact["name"]: fact["value"] for fact in facts}

    def link(self, a: str, b: str) -> int:
        """The number of the standing link between two names."""
        tokens = {self.house.home.vault.find(self._kind(name), name) for name in (a, b)}
        with self.house.home.vault.reading() as tx:
            return next(
                link.id or 0
                for link in self.house.home.vault.links_of(tx, {token for token in tokens if token})
                if {link.a, link.b} == tokens
            )

    def join(self, a: str, b: str) -> None:
        self.house.desk.linking.join(self.person(a), self.person(b), who="Cy", reason="they told us so")

    def undo(self, a: str, b: str) -> None:
        self.house.desk.linking.undo(self.link(a, b), who="Cy", reason="two people")

    def _do(self, key: str, deed: str, who: str, device: str, more: str) -> None:
        if deed.startswith("wait"):
            self.house.later(days=int(deed.split()[1]))
            return
        event = self._event(deed, who or None, device or None, more)
        self.names |= {name for name in (who, device, more if deed == "alias" else "") if name}
        self.house.hear(event, key=key)

    def _event(self, deed: str, who: str | None, device: str | None, more: str) -> dict[str, Any]:
        consent = {"yes": {"analytics": True}, "no": {"analytics": False}}.get(more)
        when = {"timestamp": self.house.now.isoformat()}
        if deed == "identify":
            traits = dict(pair.split("=") for pair in more.split()) if "=" in more else {}
            return identify(who or "", device, consent=consent, traits=traits, **when)
        if deed == "alias":
            return track(who, device=device, previousId=more, **when) | {"type": "alias"}
        return track(who, deed, device=device, consent=consent, **when)

    def _kind(self, name: str) -> str:
        return "anonymous_id" if name.startswith("d") else "user_id"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.rpartition(".")[2] in ON_BOTH and "house" not in metafunc.fixturenames:
        metafunc.fixturenames.insert(0, "engine")
        metafunc.parametrize("engine", ENGINES, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where drawn tables are computed in this test."""
    if request.param == "spark" and (why := engines.missing()):
        pytest.skip(f"{why}: this rule is NOT tried on Spark")
    with engines.on(request.param):
        yield request.param


@pytest.fixture
def story(house: House) -> Story:
    """Tell a story; events without a signal of their own are kept as declared, so that everybody can be seen."""
    house.desk.create_source(
        "web", purposes=["analytics"], basis="legitimate_interests", no_signal="declared", who="Cy"
    )
    return Told(house).tell


def groups(drawn: str) -> set[frozenset[str]]:
    """ "ann d1 + bo" as sets."""
    return {frozenset(person.split()) for person in drawn.split("+")}


def people(names: Iterable[str]) -> set[frozenset[str]]:
    return {frozenset({name}) for name in names}
