"""A full or failing disk is one sentence, whichever library says it; everything else flies up untouched."""

from __future__ import annotations

import sqlite3

import duckdb
import pytest

from kundskab.lake.full import DiskTrouble, is_disk_trouble, is_full_disk, plainly
from kundskab.types import KundskabError

FULL = [
    OSError(28, "No space left on device"),
    sqlite3.OperationalError("database or disk is full"),
    duckdb.IOException('IO Error: Could not write file "temp": No space left on device'),
]
FAILING = [OSError(5, "Input/output error"), sqlite3.OperationalError("disk I/O error")]


@pytest.mark.parametrize("error", FULL)
def test_a_full_disk_says_what_helps(error: Exception) -> None:
    assert is_full_disk(error)
    with (
        pytest.raises(DiskTrouble, match=r"^The disk is full\. All is kept; free some space and go on\.$"),
        plainly("All is kept", "go on"),
    ):
        raise error


@pytest.mark.parametrize("error", FAILING)
def test_a_failing_disk_says_where_to_look(error: Exception) -> None:
    assert not is_full_disk(error)
    assert is_disk_trouble(error)
    with pytest.raises(DiskTrouble, match=r"could not be read or written\. .*whether it is full or failing"), plainly():
        raise error


@pytest.mark.parametrize("error", [ValueError("too many"), KundskabError("The disk is full of hope.")])
def test_all_else_flies_up_untouched(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, plainly():
        raise error

    assert raised.value is error
