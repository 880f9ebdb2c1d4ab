"""The stage of the next object: from a view to what each person turns to next, in one workspace of three hundred."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import ibis
import pyarrow as pa
import pyarrow.csv
import pytest
from tests.predictions.companies import planted

import kundskab
from kundskab.lake import derived
from kundskab.pipeline.refresh import refresh
from kundskab.pipeline.refresh.objects import MODEL, STAGE
from kundskab.predictions.objects.kept import of_bytes

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("objects")
    events = planted(people=300)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    table = pa.table(
        {
            "actor": [f"p{who}" for who in events.owners],
            "object": [f"o{what:02d}" for what in events.objects],
            "category": ["abcde"[what % 5] for what in events.objects],
            "occurred_at": [(start + timedelta(seconds=at)).isoformat() for at in events.times],
            "action": ["purchase"] * len(events.objects),
        }
    )
    pa.csv.write_csv(table, folder / "bought.csv")
    with kundskab.open(folder / "home") as opened:
        opened.import_events(folder / "bought.csv", purposes=["analytics"], basis="contract")
        refresh(opened.home, stages=(STAGE,), as_of=start + timedelta(seconds=max(events.times)))
        yield opened


def rows(workspace, name: str) -> list[dict]:
    return workspace.view("analytics").derived(name).to_pyarrow().to_pylist()


def test_everybody_has_ten_objects_in_order(workspace) -> None:
    told = [row for row in rows(workspace, "next_object") if row["object"] is not None]
    by_person: dict[str, list[dict]] = {}
    for row in told:
        by_person.setdefault(row["person"], []).append(row)

    assert len(by_person) == 300
    for theirs in by_person.values():
        theirs.sort(key=lambda row: row["rank"])
        assert [row["rank"] for row in theirs] == list(range(1, len(theirs) + 1))
        assert 0 < sum(row["score"] for row in theirs) <= 1 + 1e-9
    assert any(row["reason"].startswith("often follows o") for row in told)
    assert {row["category"] for row in told} == set("abcde")


def test_the_need_is_told_by_category(workspace) -> None:
    needs = [row for row in rows(workspace, "next_object") if row["object"] is None]

    assert {row["category"] for row in needs} == set("abcde")
    assert all(0 < row["score"] <= 1 and row["rank"] > 100 for row in needs)


def test_the_contest_has_the_plain_guess_beside_the_winner(workspace) -> None:
    contest = rows(workspace, "contests")

    assert {row["kind"] for row in contest} == {"object"}
    assert sum(row["chosen"] for row in contest) == 1
    assert sum(row["is_baseline"] for row in contest) == 2
    best_plain = min((row for row in contest if row["is_baseline"]), key=lambda row: row["log_loss"])
    assert (best_plain["low"], best_plain["high"]) == (0, 0)
    for row in contest:
        more = row["log_loss"] - best_plain["log_loss"]
        assert row["low"] - 1e-9 <= more <= row["high"] + 1e-9
        assert row["words"]


def test_forecasts_are_kept_to_be_scored(workspace) -> None:
    kept = rows(workspace, "forecasts")

    assert len(kept) == 300
    assert all(row["kind"] == "object" and row["claim"] and row["forecast"] > row["baseline"] / 10 for row in kept)


def test_the_model_is_kept_to_be_asked_for_one_person(workspace) -> None:
    parts = derived.parts(workspace.home.lake, "models", "analytics")
    model = of_bytes(derived.body(next(part for part in parts if part.part == MODEL)))

    assert model.foretell(["o20"]).objects[0] == "o27"
    needs = model.foretell(["o20"]).needs
    assert needs[0][0] == "abcde"[27 % 5]
    assert 0 < sum(share for _, share in needs) <= 1 + 1e-6


def test_a_new_purchase_changes_what_its_person_turns_to_next(workspace, tmp_path) -> None:
    before = {row["person"]: row["object"] for row in rows(workspace, "next_object") if row["rank"] == 1}
    newest = workspace.view().events.order_by(ibis.desc("occurred_at")).limit(1)
    [(person, at)] = newest.select("person", "occurred_at").to_pandas().itertuples(index=False)
    revealed = workspace.desk.stories.reveal(person, purpose="analytics", reason="only a test", who="me")
    later = pa.table(
        {"actor": [revealed[0].value], "object": ["o20"], "action": ["purchase"]}
        | {"occurred_at": [(at + timedelta(hours=1)).isoformat()]}
    )
    pa.csv.write_csv(later, tmp_path / "later.csv")
    workspace.import_events(tmp_path / "later.csv", purposes=["analytics"], basis="contract")

    move = workspace.predictions.of_person(person)

    assert move.anew == ("objects",)
    assert move.objects[0].what == "o27"
    assert before[person] != "o27"
