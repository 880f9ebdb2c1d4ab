"""What people decided about segments: names that they gave, and segments that they wrote by hand. segments.json.

Each is a record with who and when; taking it back is another record. A refresh reads the definitions, pages read all.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import orjson

from kundskab.pipeline.home import Home
from kundskab.types import KundskabError

SCHEMA_VERSION = 1
FILE = "segments.json"


@dataclass(frozen=True, slots=True)
class Naming:
    """Somebody called a segment so; "" takes the given name back, and the proposed one holds again."""

    segment: str
    name: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """A hand-written segment as it was written at a time. when: its condition in JSON; None: it was given up."""

    id: str
    name: str
    when: dict[str, Any] | None
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """Every record, oldest first."""

    namings: tuple[Naming, ...] = field(default=())
    writings: tuple[Written, ...] = field(default=())

    @property
    def names(self) -> dict[str, Naming]:
        """segment -> the newest naming that holds."""
        newest = {each.segment: each for each in self.namings}
        return {segment: each for segment, each in newest.items() if each.name}

    @property
    def written(self) -> dict[str, Written]:
        """id -> the newest writing of each hand-written segment that was not given up."""
        return {id: each for id, each in self.ever_written.items() if each.when is not None}

    @property
    def ever_written(self) -> dict[str, Written]:
        """id -> the newest writing, also of those given up."""
        return {each.id: each for each in self.writings}

    def definitions(self) -> list[dict[str, Any]]:
        """What `kundskab.segments.written.definitions` reads: id, name and when of each that holds."""
        return [{"id": each.id, "name": each.name, "when": each.when} for each in self.written.values()]


def read_kept(home: Home) -> Kept:
    """What segments.json says now; nothing when there is none.  Raises KundskabError when it cannot be read."""
    path = home.folder / FILE
    try:
        raw = orjson.loads(path.read_bytes())
        if raw["schema_version"] > SCHEMA_VERSION:
            raise KundskabError(f"{path} was made by a newer Kundskab; upgrade the program to read it.")
        return Kept(
            tuple(Naming(**_timed(each)) for each in raw["names"]),
            tuple(Written(**_timed(each)) for each in raw["written"]),
        )
    except FileNotFoundError:
        return Kept()
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        raise KundskabError(f"{path} is damaged; restore it from a backup.") from None


def write_kept(home: Home, kept: Kept) -> None:
    """Write segments.json so that it is the old one or the new one, whatever happens meanwhile."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "names": [asdict(each) for each in kept.namings],
        "written": [asdict(each) for each in kept.writings],
    }
    path = home.folder / FILE
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    handle = os.open(home.folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _timed(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "at": datetime.fromisoformat(record["at"])}
