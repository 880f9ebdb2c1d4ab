"""An invented company as a workspace of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
import pytest

import kundskab
from kundskab import synthetic
from kundskab.cli import main
from kundskab.cli.inventing import build_fictitious
from kundskab.pipeline.desk import Desk


@pytest.mark.slow
def test_it_becomes_a_new_fictitious_workspace_and_mixes_with_nobody(
    tmp_path: Path, keys_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["synth", "--home", str(tmp_path / "home"), "--people", "60"]

    first, second = main(words), main(words)

    assert (first, second) == (0, 1)
    assert "already a workspace" in capsys.readouterr().err
    with Desk.open(tmp_path / "home") as desk:
        assert desk.about.fictitious
        assert desk.books().balanced
        assert desk.books().stored > 1_000


@pytest.mark.slow
def test_everything_that_was_invented_comes_in_by_its_own_door(tmp_path: Path, keys_folder: Path) -> None:
    company = synthetic.generate(synthetic.fjallhandel(), seed=3, people=150, until=datetime(2026, 11, 1, tzinfo=UTC))

    build_fictitious(
        tmp_path / "home", company.declaration, seed=3, people=150, until=datetime(2026, 11, 1, tzinfo=UTC)
    )

    moved = company.facts.filter(pc.is_valid(company.facts["city"])).to_pylist()[-1]
    with kundskab.open(tmp_path / "home") as ws:
        found = ws.people.find(moved["user_id"], purpose="necessary")
        encounters = ws.desk.encounters.latest(who="Cy", limit=1_000)
        invented = sum(table.num_rows for table in company.events())
        books = ws.books()
    assert {fact.name: fact.value for fact in found.page.facts}["city"] == moved["city"]
    assert {one.id: one.words for one in encounters} == dict(
        zip(*(company.encounters[name].to_pylist() for name in ("event_id", "words")), strict=True)
    )
    assert books.balanced
    assert books.stored >= invented
