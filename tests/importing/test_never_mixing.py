"""Real and fictitious people never share a workspace: every door, both ways, whoever carries the file there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.importing.conftest import Write, stored

from kundskab.pipeline.home import Home
from kundskab.pipeline.importing import import_encounters, import_events, import_objects, import_people
from kundskab.types import KundskabError

EVENTS = "user_id,occurred_at,action\nann,2026-02-01T10:00:00Z,visit\n"
PEOPLE = "user_id,city\nann,Granby\n"
OBJECTS = "id,name,category\ntent-1,A tent,tents\n"
ENCOUNTERS = "id,email,at,channel,agent,message\nt-1,ann@example.com,2026-02-01T10:00:00Z,phone,Cy,Too heavy.\n"

DOORS: list[Any] = [
    pytest.param(import_events, EVENTS, id="events"),
    pytest.param(import_people, PEOPLE, id="people"),
    pytest.param(import_objects, OBJECTS, id="objects"),
    pytest.param(import_encounters, ENCOUNTERS, id="encounters"),
]
Door = Callable[..., Any]


@pytest.mark.parametrize(("door", "text"), DOORS)
def test_a_real_workspace_refuses_what_is_declared_fictitious(home: Home, write: Write, door: Door, text: str) -> None:
    with pytest.raises(KundskabError, match="holds real data"):
        door(home, write(text), fictitious=True)

    assert stored(home) == []


@pytest.mark.parametrize(("door", "text"), DOORS)
def test_a_fictitious_workspace_refuses_what_nobody_declares(
    write: Write, tmp_path: Path, keys_folder: Path, door: Door, text: str
) -> None:
    with Home.create(tmp_path / "invented", fictitious=True) as invented:
        with pytest.raises(KundskabError, match="real data never mix with it"):
            door(invented, write(text))

        assert stored(invented) == []


@pytest.mark.parametrize(("door", "text"), DOORS)
def test_a_real_workspace_refuses_a_file_with_a_fictitious_name(
    home: Home, write: Write, door: Door, text: str
) -> None:
    with pytest.raises(KundskabError, match="the file is fictitious"):
        door(home, write(text, "fictitious-visits.csv"))


@pytest.mark.parametrize(("door", "text"), DOORS)
def test_a_new_name_does_not_make_a_fictitious_file_real(home: Home, write: Write, door: Door, text: str) -> None:
    header, row, _ = text.split("\n")

    with pytest.raises(KundskabError, match="the file is fictitious"):
        door(home, write(f'{header},"fictitious"\n{row},"yes"\n', "ours.csv"))


@pytest.mark.parametrize(("door", "text"), DOORS)
def test_parquet_keeps_its_mark_under_any_name(home: Home, tmp_path: Path, door: Door, text: str) -> None:
    header, row, _ = text.split("\n")
    columns = zip(header.split(","), row.split(","), strict=True)
    table = pa.table({name: [cell] for name, cell in columns})
    pq.write_table(table.replace_schema_metadata({"fictitious": "yes"}), tmp_path / "ours.parquet")

    with pytest.raises(KundskabError, match="the file is fictitious"):
        door(home, tmp_path / "ours.parquet")


@pytest.mark.slow
def test_a_marked_file_needs_no_declaration_in_a_fictitious_workspace(
    write: Write, tmp_path: Path, keys_folder: Path
) -> None:
    with Home.create(tmp_path / "invented", fictitious=True) as invented:
        report = import_events(invented, write(EVENTS, "fictitious-visits.csv"))

    assert report.stored == 1


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"PAR1 and no more", b"\x00\xff\xfe", b"fictitious tents,who\n1,2\n"]
)
def test_what_only_looks_like_a_mark_is_none(tmp_path: Path, content: bytes) -> None:
    from kundskab.lake.intake import says_fictitious

    (tmp_path / "file").write_bytes(content)

    assert not says_fictitious(tmp_path / "file")
    assert not says_fictitious(tmp_path / "nowhere.csv")
