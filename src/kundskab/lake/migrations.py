"""From an older lake to this program's: one step a version, each repeatable, the version raised after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kundskab.lake.schema import SCHEMA_VERSION
from kundskab.types import KundskabError

if TYPE_CHECKING:
    from kundskab.lake.tables import Lake

VERSION = "kundskab.schema_version"

# version -> the step that leads from the one before to it. Columns are added by Iceberg's own schema evolution, so old
# files need no rewriting; a step that was released is never changed.
STEPS: Mapping[int, Callable[[Lake], None]] = {}


def migrate(lake: Lake, *, steps: Mapping[int, Callable[[Lake], None]] = STEPS, to: int = SCHEMA_VERSION) -> None:
    """Bring the lake up to version `to`. Killed in between, it goes on at the step it had not finished.

    Raises KundskabError for a lake that is newer than this program.
    """
    found = int(lake.table("events").properties.get(VERSION, "1"))
    _refuse_newer(found, to, lake.folder)
    for version in range(found + 1, to + 1):
        steps[version](lake)
        lake.set_schema_version(version)


def _refuse_newer(found: int, known: int, folder: Path) -> None:
    if found > known:
        raise KundskabError(
            f"The lake in {folder} was written by a newer Kundskab (schema {found}; this program knows {known}); "
            "upgrade the program to open it."
        )
