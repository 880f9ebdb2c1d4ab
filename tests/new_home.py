"""New workspaces for tests, copied from one that was made in earnest: making each costs as much as a whole small test.

How a workspace is made is proven where that is the question (tests/pipeline/test_home.py); elsewhere a test only wants
one. A copy lies in its own folder, with its own copy of the key file; it shares the number of the workspace alone.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kundskab.pipeline.desk import Desk
from kundskab.pipeline.home import Home
from kundskab.vault.keyfile import path_for

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def bare_home(folder: Path) -> Home:
    """A new workspace made at noon, without a source; `folder` ends in "home" and does not exist."""
    return _copied(_bare(), folder)


def home_with_web(folder: Path) -> Home:
    """A new workspace made at noon, with the live source `web`."""
    return _copied(_with_web(), folder)


@cache
def _bare() -> _Pattern:
    return _Pattern(lambda home: None)


@cache
def _with_web() -> _Pattern:
    return _Pattern(lambda home: Desk(home, now=lambda: NOON).create_source("web", who="Cy"))


class _Pattern:
    """A closed workspace and its key file, kept while this process lives."""

    def __init__(self, furnish: Callable[[Home], object]) -> None:
        self._kept = TemporaryDirectory(prefix="kundskab-pattern-")
        self.folder = Path(self._kept.name).resolve() / "home"
        keys = Path(self._kept.name) / "keys"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KUNDSKAB_KEYS", str(keys))
            with Home.create(self.folder, now=NOON) as home:
                furnish(home)
        (self.key_file,) = keys.iterdir()


def _copied(pattern: _Pattern, folder: Path) -> Home:
    folder = folder.resolve()
    assert folder.name == pattern.folder.name, "the workspace is named after its folder"
    shutil.copytree(pattern.folder, folder)
    _lay_down_keys(pattern.key_file, path_for(pattern.key_file.stem))
    _move_lake(folder / "lake", str(pattern.folder), str(folder))
    return Home.open(folder)


def _lay_down_keys(key_file: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        shutil.copy(key_file, place)


def _move_lake(lake: Path, old: str, new: str) -> None:
    """Iceberg writes whole paths: into the catalog and, as long as no rows are there, into one file a table."""
    for path in lake.rglob("*.metadata.json"):
        path.write_text(path.read_text().replace(old + os.sep, new + os.sep))
    with closing(sqlite3.connect(lake / "catalog.sqlite")) as catalog, catalog:
        catalog.execute("UPDATE iceberg_tables SET metadata_location = replace(metadata_location, ?, ?)", (old, new))
