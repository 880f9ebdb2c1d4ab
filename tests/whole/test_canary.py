"""Promise P7: a person without consent for a purpose appears nowhere where that purpose is served.

Everything about Cy (her identifiers, traits, objects, action names, orders) carries one string that occurs nowhere else
in the world. Bo consents, so that empty answers cannot pass the test.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.house import House, identify, track
from tests.whole import doors

from kundskab.cli import main
from kundskab.pipeline.encounters import Meeting, Whom
from kundskab.pipeline.importing import import_events, import_people
from kundskab.pipeline.proven import Who
from kundskab.pipeline.worker import tidy

CANARY = "xqcanaryzw"
HER_WORDS = (CANARY, f"{CANARY} Completed", f"{CANARY}_trait", f"{CANARY}_key", "nick", "email")
HER_NAMES = [
    ("user_id", f"cy-{CANARY}"),
    ("anonymous_id", f"{CANARY}-phone"),
    ("email", f"cy-{CANARY}@{CANARY}.example"),
]
YES, NO = {"analytics": True}, {"analytics": False}
ORDER = {
    "order_id": f"{CANARY}-order",
    "value": 7,
    "currency": "SEK",
    f"{CANARY}_key": CANARY,
    "products": [{"product_id": f"{CANARY}-tent", "category": CANARY, "price": 7, "quantity": 1}],
}


def speak(house: House, who: str, device: str, consent: Any, mark: str, **request: Any) -> None:
    """A person identifies herself and does things, all of it marked."""
    email = f"{who}@{mark}.example"
    house.hear(
        identify(who, device, id=f"{mark}-1", consent=consent, traits={"email": email, f"{mark}_trait": mark}),
        track(who, f"{mark} Completed", device=device, id=f"{mark}-2", consent=consent, properties=ORDER)
        if mark == CANARY
        else track(who, "Order Completed", device=device, id=f"{mark}-2", consent=consent),
        track(None, f"{mark} browsed", device=device, id=f"{mark}-3", consent=consent, context_page=mark),
        **request,
    )


def bo_agrees(house: House) -> None:
    speak(house, "bo", "bo-phone", YES, "plain", key="server")


def a_crowd_agrees(house: House, n: int = 6) -> None:
    """Enough people who went the same ways, so that groups are shown at all."""
    for number in range(n):
        house.hear(*_a_hard_form(f"fan{number}", "returns", YES), key="server")


def _a_hard_form(who: str, form: str, consent: Any, device: str | None = None) -> list[dict[str, Any]]:
    return [
        track(who, action, device=device, consent=consent, properties={"object": form, "field": form, "question": form})
        for action in ("Form Viewed", "Form Error", "Question Asked", "Form Abandoned")
    ]


def cy_refuses_on_the_site(house: House, tmp_path: Path) -> None:
    speak(house, f"cy-{CANARY}", f"{CANARY}-phone", NO, CANARY)


def cy_says_nothing_to_a_server(house: House, tmp_path: Path) -> None:
    speak(house, f"cy-{CANARY}", f"{CANARY}-phone", None, CANARY, key="server")


def cy_is_in_a_file_that_asks_for_consent(house: House, tmp_path: Path) -> None:
    events, people = tmp_path / "orders.csv", tmp_path / "members.csv"
    events.write_text(f"who,when,what,basket\ncy-{CANARY},2026-02-01,{CANARY} bought,{CANARY}-tent\n")
    people.write_text(f"user_id,nick\ncy-{CANARY},{CANARY}\n")
    mapping = {"actor": "who", "occurred_at": "when", "action": "what", "object": "basket"}
    asked = {"purposes": ["analytics"], "basis": "consent", "now": lambda: house.now}
    import_events(house.home, events, mapping=mapping, source="orders", **asked)  # type: ignore[arg-type]
    import_people(house.home, people, mapping={"actor": "user_id"}, source="members", **asked)  # type: ignore[arg-type]


def cy_agreed_and_withdrew(house: House, tmp_path: Path) -> None:
    speak(house, f"cy-{CANARY}", f"{CANARY}-phone", YES, CANARY, key="server")
    house.digest()
    assert CANARY in "".join(everything_of(house)), "she is there as long as she agrees"
    house.later(minutes=1)
    house.says(f"cy-{CANARY}", "withdraw")


def cy_met_us_struggled_and_withdrew(house: House, tmp_path: Path) -> None:
    """She agreed, told one of us something, had a hard time with a form, and then took it all back."""
    speak(house, f"cy-{CANARY}", f"{CANARY}-phone", YES, CANARY, key="server")
    house.hear(*_a_hard_form(f"cy-{CANARY}", CANARY, YES, f"{CANARY}-phone"), key="server")
    house.digest()
    who, said = Whom("user_id", f"cy-{CANARY}"), f"{CANARY} is what I say"
    meeting = Meeting(whom=who, kind="visit", staff="Bo", at=house.now, words=said, reading=said, case=CANARY)
    house.desk.encounters.log(meeting, who="Bo")
    token = house.person(f"cy-{CANARY}")
    assert CANARY in "".join(doors.of_one(house, token)), "she is there as long as she agrees"
    house.later(minutes=1)
    house.says(f"cy-{CANARY}", "withdraw")


STORIES = [
    cy_refuses_on_the_site,
    cy_says_nothing_to_a_server,
    cy_is_in_a_file_that_asks_for_consent,
    cy_agreed_and_withdrew,
    cy_met_us_struggled_and_withdrew,
]


# The richest story in every check, the others in every full run: each goes through all doors.
@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES)
def test_a_person_without_consent_appears_nowhere_for_that_purpose(
    house: House,
    story: Any,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    bo_agrees(house)
    a_crowd_agrees(house)

    story(house, tmp_path)
    house.digest()
    tidy(house.home, everything=True)

    answers = list(everything_of(house))
    assert any("bo browsed" in answer or "plain browsed" in answer for answer in answers), "Bo is there"
    for answer in [*answers, *printed(house, capsys)]:
        assert CANARY not in answer
    for record in caplog.records:
        assert CANARY not in record.getMessage() + str(record.args) + (record.exc_text or "")


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES)
def test_a_person_without_consent_is_counted_nowhere_for_that_purpose(house: House, story: Any, tmp_path: Path) -> None:
    bo_agrees(house)
    a_crowd_agrees(house)
    house.digest()
    before = counts_of(house)

    story(house, tmp_path)
    house.digest()

    assert counts_of(house) == before


def counts_of(house: House) -> dict[str, Any]:
    """What is counted over everybody for analytics."""
    desk, today = house.desk, house.now.date()
    trend = desk.explore.trend(doors.TrendQuery(today, today, None, "persons"))
    apart = desk.distance.read(by="source")
    return {
        "people": desk.people(who="Bo").total,
        "channels": desk.channels(),
        "events": desk.explore.choices().actions,
        "persons": (trend.together.value, trend.together.n),
        "contacts": apart.everybody.contacts,
        "groups": [(group.group, group.contacts) for group in apart.groups],
        "passes": [(flow.kind, flow.flow, flow.passes, flow.effort.n) for flow in desk.ease.read().flows],
        "asked": (desk.forms.counts().asked, desk.forms.counts().asked_twice),
        "encounters": desk.encounters.count(purpose="analytics"),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "story", [cy_refuses_on_the_site, cy_is_in_a_file_that_asks_for_consent, cy_agreed_and_withdrew]
)
def test_no_file_of_the_lake_names_anybody(house: House, story: Any, tmp_path: Path) -> None:
    bo_agrees(house)
    story(house, tmp_path)
    house.digest()

    identifiers = [f"cy-{CANARY}", f"{CANARY}-phone", f"@{CANARY}.example", "bo-phone", "bo@plain.example"]
    for content in lake_files(house):
        for identifier in identifiers:
            assert identifier not in content


def everything_of(house: House, purpose: str = "analytics") -> Iterator[str]:
    """Every table and every desk answer for the purpose, as text."""
    desk, view = house.desk, house.view(purpose)
    for table in (view.events, view.items, view.facts):
        yield str(table.to_pyarrow().to_pylist())
    yield str(desk.tail(purpose=purpose))
    listed = desk.people(purpose=purpose, who="Bo")
    yield str(listed)
    for person in {row.person for row in listed.rows} | cys_tokens(house):
        yield str(desk.person(person, purpose=purpose, who="Bo"))
        yield str(desk.timeline(person, purpose=purpose))
        yield str(view.facts_of_person(person).to_pylist())
        yield from doors.of_one(house, person, purpose=purpose)
    yield from doors.of_everybody(house, HER_WORDS, purpose=purpose)
    for kind, value in HER_NAMES:
        yield from _when_hidden(house, Who(kind, value), purpose)
    for search in (f"cy-{CANARY}", f"{CANARY}-phone", f"cy-{CANARY}@{CANARY}.example"):
        yield str(desk.people(purpose=purpose, search=search, who="Bo"))
    yield str([desk.status(), desk.volumes(), desk.books_by_source(), desk.refusals(), desk.changes(), desk.sources()])


def _when_hidden(house: House, who: Who, purpose: str) -> Iterator[str]:
    """What a server is told of her; while she agrees it may know her, and there is nothing to look for."""
    if not house.desk.stories.visible(cys_tokens(house), purpose=purpose):
        yield from doors.of_an_identifier(house, who, HER_WORDS, purpose=purpose)


def cys_tokens(house: House) -> set[str]:
    found = {house.home.vault.find("user_id", f"cy-{CANARY}"), house.home.vault.find("anonymous_id", f"{CANARY}-phone")}
    return {token for token in found if token}


def printed(house: House, capsys: pytest.CaptureFixture[str]) -> Iterator[str]:
    """What the command line says of the workspace and of her."""
    home = ["--home", str(house.home.folder)]
    commands = [
        ["status", "--json", *home],
        ["people", *home],
        ["people", "find", f"cy-{CANARY}", *home],
        ["people", "resolve", f"cy-{CANARY}", *home],
        ["digest", *home],
        ["doctor", *home],
        ["keys", *home],
    ]
    for command in commands:
        main(command)
        out, err = capsys.readouterr()
        yield out + err


def lake_files(house: House) -> Iterator[str]:
    """Every byte of the lake, and of what imports leave behind, that could be searched; Parquet files as their rows."""
    import pyarrow.parquet as pq

    for path in house.home.folder.rglob("*"):
        if path.is_file() and path.relative_to(house.home.folder).parts[0] in ("lake", "run", "exports"):
            yield path.read_bytes().decode("latin-1")
            if path.suffix == ".parquet":
                yield orjson.dumps(pq.read_table(path).to_pylist(), default=str).decode()
