"""Small random graphs, dense enough that every rule about persons meets every other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hypothesis import strategies as st

_KINDS = {"u": "user_id", "d": "anonymous_id", "e": "email"}
_ACTORS = ("u1", "u2", "u3", "d1", "d2", "d3", "d4", "d5", "e1", "e2")


@dataclass(frozen=True)
class Drawn:
    """A link."""

    a: str
    b: str
    kind: str


@dataclass(frozen=True)
class Columns:
    """Links by columns; one that touches two of the actors asked about comes twice, as from the vault."""

    a: list[str]
    b: list[str]
    kind: list[str]


def kind_of(actor: str) -> str:
    return _KINDS.get(actor[0], "anonymous_id")


def links() -> st.SearchStrategy[Drawn]:
    kinds = st.sampled_from(["claimed", "claimed", "verified", "manual", "suggested"])
    return st.builds(Drawn, st.sampled_from(_ACTORS), st.sampled_from(_ACTORS), kinds).filter(
        lambda link: link.a != link.b
    )


def drawn_links() -> st.SearchStrategy[list[Drawn]]:
    return st.lists(links(), max_size=14)


class Memory:
    """A graph in memory, as `resolve_around` wants it; counts who was asked about."""

    def __init__(self) -> None:
        self.links: set[Drawn] = set()
        self.asked: set[str] = set()

    def links_of(self, actors: Collection[str]) -> Columns:
        self.asked |= set(actors)
        near = [
            link
            for end in ("a", "b")
            for link in self.links
            if getattr(link, end) in actors and link.kind != "suggested"
        ]
        return Columns([link.a for link in near], [link.b for link in near], [link.kind for link in near])

    def by_hand(self, actors: Collection[str]) -> list[Drawn]:
        return [link for link in self.links if link.kind == "manual" and (link.a in actors or link.b in actors)]

    def others_of(self, actors: Collection[str]) -> dict[str, tuple[int, int]]:
        return {
            actor: (self._others(actor, "claimed", "verified"), self._others(actor, "verified")) for actor in actors
        }

    def _others(self, actor: str, *kinds: str) -> int:
        links = (link for link in self.links if link.kind in kinds and actor in (link.a, link.b))
        return len({link.b if link.a == actor else link.a for link in links} - {actor})

    def kinds_of(self, actors: Collection[str]) -> dict[str, str]:
        return {actor: kind_of(actor) for actor in actors}
