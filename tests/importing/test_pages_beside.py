"""While a file is imported, people go on reading: the page of a person notes who read it, and waits for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.house import House, track

from kundskab.pipeline import writing
from kundskab.pipeline.importing import events as importing_events
from kundskab.pipeline.importing import import_events, import_people
from kundskab.pipeline.locks import writer_lock

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "WAIT_SECONDS", 0.0)


def test_a_person_can_be_read_at_every_step_of_an_import(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing_events, "TOKENS_AT_ONCE", 2)
    house.take(track("ann"))
    ann = house.person("ann")
    path = tmp_path / "visits.csv"
    path.write_text("who,at,what\n" + "".join(f"u{n},2026-01-01,visit\n" for n in range(7)) + ",2026-01-01,visit\n")
    read_at: list[str] = []

    def read(step: str, _: float) -> None:
        assert house.desk.person(ann, who="Cy") is not None
        read_at.append(step)

    report = import_events(
        house.home, path, mapping={"actor": "who", "occurred_at": "at", "action": "what"}, progress=read
    )

    assert read_at == ["reading the file", "checking rows", "naming people", "writing rows", "done"]
    assert (report.stored, report.quarantined) == (7, 1)
    assert house.desk.books().balanced


def test_a_person_can_be_read_between_the_rows_of_a_people_file(house: House, tmp_path: Path) -> None:
    house.take(track("ann"))
    ann = house.person("ann")
    path = tmp_path / "people.csv"
    path.write_text("who,city\n" + "".join(f"u{n},Mora\n" for n in range(4_001)))
    read = 0

    def look(*_: object) -> None:
        nonlocal read
        assert house.desk.person(ann, who="Cy") is not None
        read += 1

    report = import_people(house.home, path, mapping={"actor": "who"}, progress=look)

    assert report.stored == 4_001
    assert read >= 3


def test_a_person_can_be_read_while_somebody_else_writes_the_lake(house: House) -> None:
    house.take(track("ann"))

    with writer_lock(house.home.run, "compaction"):
        page = house.desk.person(house.person("ann"), who="Cy")

    assert page is not None
    assert house.home.vault.audit_rows(limit=1)[0].action == "read person"
