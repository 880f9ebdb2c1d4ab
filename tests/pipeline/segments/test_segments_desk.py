"""desk.segments over real derived tables: what is read, what is hidden, and who is gone after a withdrawal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from tests.house import NOON, YES, House, track

from kundskab.consent.derived import NotComputed
from kundskab.lake import derived
from kundskab.pipeline.refresh import Stage, Work, refresh
from kundskab.pipeline.segments import read_kept
from kundskab.segments.standing import ACROSS, EARLY
from kundskab.types import KundskabError

LATER = NOON + timedelta(days=30)
# Ann and eleven others pitch tents, Bo and six others ride bikes, Cy crosses, Dag is hardly known.
TENTS, BIKES = ["ann", *(f"t{n}" for n in range(11))], ["bo", *(f"b{n}" for n in range(6))]


def rows(table: str, *given: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(given), schema=derived.own_schema(table))


def weight(person: str, segment: str, weight: float, *, sure: bool = True) -> dict[str, Any]:
    return {
        "person": person, "segment": segment, "weight": weight, "low": weight * 0.9, "high": min(1, weight * 1.1),
        "events": 40.0, "sure": sure,
    }  # fmt: skip


def segment(name: str, words: str, size: float, born_at: datetime, **given: Any) -> dict[str, Any]:
    plain = {"segment": name, "name": words, "size": size, "share": size / 21, "born_at": born_at, "status": "living"}
    return {**plain, "description": "", **given}


def stage(token: dict[str, str]) -> Stage:
    def run(work: Work) -> None:
        first = work.as_of == NOON
        rides = [(who, "s1" if first and who == "bo" else "s2") for who in BIKES]
        belong = [weight(token[who], "s1", 1.0) for who in TENTS] + [weight(token[who], s, 1.0) for who, s in rides]
        belong += [weight(token["cy"], "s1", 0.5), weight(token["cy"], "s2", 0.5)]
        belong += [weight(token["dag"], "s1", 0.9, sure=False)]
        work.write("memberships", rows("memberships", *belong))
        living = [segment("s1", "Tents", 13.4, NOON), segment("s2", "Bikes", 7.5, NOON)]
        work.write("segments", rows("segments", *living))
        counts = [{"person": token[who], "behaviour": "tents", "count": 5.0 + n} for n, who in enumerate(TENTS)]
        counts += [{"person": token[who], "behaviour": "bikes", "count": 3.0} for who in [*TENTS, *BIKES]]
        work.write("behaviours", rows("behaviours", *counts))
        profiles = [("s1", "tents", 0.8, 2.0), ("s1", "bikes", 0.2, 0.4), ("s2", "bikes", 1.0, 2.5)]
        names = ("segment", "behaviour", "share", "lift")
        work.write("profiles", rows("profiles", *(dict(zip(names, row, strict=True)) for row in profiles)))
        born = {"segment": "s2", "happening": "born", "other": "s1", "occurred_at": NOON, "reason": "New.", "mass": 7.0}
        work.write("lineage", rows("lineage", {**born, "distance": 0.4}))
        stay = {"person": token["ann"], "segment": "w1", "entered_at": NOON, "left_at": None, "reason": "4 orders"}
        work.write("written_segments", rows("written_segments", stay))

    tables = ("memberships", "segments", "behaviours", "profiles", "lineage", "written_segments")
    return Stage("segments", run, tables)


@pytest.fixture
def refreshed(house: House) -> House:
    """Two refreshes, a month apart."""
    everybody = [*TENTS, *BIKES, "cy", "dag"]
    house.take(*(track(who, consent=YES) for who in everybody), key="server")
    token = {who: house.person(who) for who in everybody}
    house.token = token  # type: ignore[attr-defined]
    for when in (NOON, LATER):
        house.now = when
        refresh(house.home, stages=[stage(token)], as_of=when, now=lambda: house.now, force=True)
    return house


@pytest.mark.slow
def test_one_visit_to_all_of_it(refreshed: House) -> None:
    """One story, since each workspace takes a second to make."""
    desk, token = refreshed.desk.segments, refreshed.token  # type: ignore[attr-defined]

    found = desk.overview()
    assert (found.persons, found.known, found.before, found.as_of) == (21, 20, NOON, LATER)
    assert [card.name for card in found.cards] == ["Tents", "Bikes"]
    assert found.cards[0].mostly.value == pytest.approx(12 / 20)
    assert found.cards[0].doing == ("tents",)
    assert found.crossing.hidden  # one person
    assert found.early.hidden
    assert found.pairs == ()

    portrait = desk.portrait("s1")
    assert portrait is not None
    assert portrait.doing[0].behaviour == "tents"
    assert portrait.doing[0].share.low < 0.8 < portrait.doing[0].share.high
    assert portrait.doing[0].everybody == pytest.approx(0.4)
    assert [each.happening for each in portrait.tree] == ["born"]
    assert [size.as_of for size in portrait.sizes] == [NOON, LATER]
    assert desk.portrait("s9") is None

    flow = desk.flow()
    assert (flow.since, flow.until) == (NOON, LATER)
    moved = {(move.source, move.target): move.persons for move in flow.moves}
    assert moved == {("s1", "s1"): 12, ("s2", "s2"): 6, ("s1", "s2"): 1, (ACROSS, ACROSS): 1, (EARLY, EARLY): 1}

    members = desk.members("s2")
    assert members.total == 8  # Cy does a good part of what she does there
    assert members.rows[-1].person == token["cy"]
    with pytest.raises(KundskabError, match="so few are not listed"):
        desk.members("s9")

    cy, dag = desk.of_person(token["cy"]), desk.of_person(token["dag"])
    assert cy.crosses
    assert cy.now is not None
    assert [part.name for part in cy.now.parts] == ["Tents", "Bikes"]
    assert len(cy.history) == 2
    assert dag.now is not None
    assert not dag.now.sure

    assert desk.memberships().column_names[:6] == ["person", "segment", "weight", "low", "high", "as_of"]
    assert desk.profiles().num_rows == 3
    assert desk.behaviours().num_rows == 31
    assert desk.lineage()["reason"].to_pylist() == ["New."]

    refreshed.says("bo", "withdraw")
    assert desk.overview().persons == 20
    assert desk.of_person(token["bo"]).now is None
    assert token["bo"] not in desk.memberships()["person"].to_pylist()


@pytest.mark.slow
def test_a_name_is_kept_with_who_and_when_and_can_be_taken_back(refreshed: House) -> None:
    desk = refreshed.desk.segments

    desk.rename("s1", "  Campers ", who="bo@example.com")
    assert desk.names() == {"s1": "Campers", "s2": "Bikes"}
    portrait = desk.portrait("s1")
    assert portrait is not None
    assert portrait.named is not None
    assert (portrait.named.who, portrait.named.proposed) == ("bo@example.com", "Tents")
    assert refreshed.desk.changes(1)[0].action == "name segment"

    for wrong, why in (("bikes", "already"), ("x" * 61, "at most 60")):
        with pytest.raises(KundskabError, match=why):
            desk.rename("s1", wrong, who="bo@example.com")
    with pytest.raises(KundskabError, match="no segment"):
        desk.rename("s9", "Nobody", who="bo@example.com")

    desk.rename("s1", "", who="ann@example.com")
    assert desk.names()["s1"] == "Tents"
    assert [each.name for each in read_kept(refreshed.home).namings] == ["Campers", ""]


def test_before_the_first_refresh_it_says_so(house: House) -> None:
    with pytest.raises(NotComputed, match="kundskab refresh"):
        house.desk.segments.overview()


def test_a_damaged_file_is_refused_in_words(house: House) -> None:
    (house.home.folder / "segments.json").write_text("{")

    with pytest.raises(KundskabError, match="damaged"):
        read_kept(house.home)
