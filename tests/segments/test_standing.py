"""Where everybody stands, how segments overlap, and how people move between two refreshes."""

from __future__ import annotations

from datetime import UTC, datetime

import ibis
import pyarrow as pa
import pytest

from kundskab.segments.flows import Flow, flow
from kundskab.segments.overlaps import crowd
from kundskab.segments.standing import ACROSS, AWAY, EARLY, standings

MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
SCHEMA = pa.schema([("person", pa.string()), ("segment", pa.string()), ("weight", pa.float64()), ("sure", pa.bool_()),
                    ("as_of", pa.timestamp("us", "UTC"))])  # fmt: skip


def memberships(*rows: tuple[str, str, float], at: datetime = JUNE, unsure: tuple[str, ...] = ()) -> pa.Table:
    plain = [(person, segment, weight, person not in unsure, at) for person, segment, weight in rows]
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in plain], schema=SCHEMA)


ANN = ("ann", "tents", 0.9), ("ann", "bikes", 0.1)
BO = ("bo", "tents", 0.55), ("bo", "bikes", 0.45)
CY = ("cy", "tents", 0.5), ("cy", "bikes", 0.5)


@pytest.fixture(scope="module")
def moves() -> Flow:
    """Ann stays, Bo begins to cross, Cy comes, Dag goes, Eva leans further, Finn becomes known."""
    before = memberships(
        *ANN, ("bo", "tents", 1.0), ("dag", "bikes", 1.0), ("eva", "tents", 0.998), ("eva", "bikes", 0.002),
        ("finn", "tents", 0.6), ("finn", "bikes", 0.4), at=MAY, unsure=("finn",),
    )  # fmt: skip
    after = memberships(*ANN, *BO, ("cy", "tents", 1.0), ("eva", "tents", 0.8), ("eva", "bikes", 0.2),
                        ("finn", "bikes", 1.0))  # fmt: skip
    return flow(ibis.memtable(pa.concat_tables([before, after])), since=MAY, until=JUNE)


def moved(found: Flow) -> dict[tuple[str, str], float]:
    return {(move.source, move.target): round(move.persons, 3) for move in found.moves}


def test_people_are_mostly_in_one_segment_or_cross_or_it_is_too_early_to_say() -> None:
    table = ibis.memtable(memberships(*ANN, *BO, ("cy", "tents", 1.0), unsure=("cy",)))

    told = {row["person"]: row["stands"] for row in standings(table).to_pyarrow().to_pylist()}

    assert told == {"ann": "tents", "bo": ACROSS, "cy": EARLY}


def test_a_crowd_counts_people_and_pairs() -> None:
    found = crowd(ibis.memtable(memberships(*ANN, *BO, *CY, ("dag", "tents", 1.0), unsure=("dag",))))

    assert (found.persons, found.known, found.early, found.crossing) == (4, 3, 1, 2)
    assert found.mostly == {"tents": 1}
    assert found.size["tents"] == pytest.approx(0.9 + 0.55 + 0.5 + 1)
    assert [(each.one, each.other, each.persons, each.share) for each in found.both] == [("bikes", "tents", 2, 1.0)]


def test_who_leans_further_moves_by_that_much(moves) -> None:
    assert moved(moves)["tents", "bikes"] == 0.2
    assert moved(moves)["tents", "tents"] == 1.7  # Ann's 0.9 and Eva's 0.8


def test_who_comes_and_goes_is_told_as_away(moves) -> None:
    assert moved(moves)[AWAY, "tents"] == 1
    assert moved(moves)["bikes", AWAY] == 1


def test_who_begins_to_cross_is_shown_as_such(moves) -> None:
    assert moved(moves)["tents", ACROSS] == 1


def test_of_whom_it_was_too_early_to_say_nobody_jumps_between_segments(moves) -> None:
    assert moved(moves)[EARLY, "bikes"] == 1


def test_all_moves_together_are_all_people_and_each_has_its_doubt(moves) -> None:
    assert moves.persons == pytest.approx(6)
    assert all(move.low <= move.persons <= move.high for move in moves.moves)
    assert [move.source for move in moves.into(ACROSS)] == ["tents"]
