"""Whether an error means that the disk is full, or fails: every library below us says it in words of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EIO, ENOSPC

from kundskab.types import KundskabError

_FULL = ("no space left", "disk is full", "max_temp_directory_size")
_FAILING = ("disk i/o error", "input/output error")  # SQLite says the first of some full disks, too


class DiskTrouble(KundskabError):
    """The disk is full or fails: nothing that anybody asked wrongly."""


def is_full_disk(error: BaseException) -> bool:
    """Whether this error means that there was no room left to write."""
    return _says(error, ENOSPC, _FULL)


def is_disk_trouble(error: BaseException) -> bool:
    """Whether this error means that the disk is full, or cannot be read or written."""
    return is_full_disk(error) or _says(error, EIO, _FAILING)


def plain(error: Exception, kept: str = "Nothing acknowledged is lost", again: str = "try again") -> Exception:
    """The error; of a full or failing disk as one sentence of what happened and one of what is kept and what helps."""
    if isinstance(error, KundskabError) or not is_disk_trouble(error):
        return error
    if is_full_disk(error):
        told = DiskTrouble(f"The disk is full. {kept}; free some space and {again}.")
    else:
        told = DiskTrouble(
            f"The disk could not be read or written. {kept}; see whether it is full or failing, and {again}."
        )
    told.__cause__ = error
    return told


@contextmanager
def plainly(kept: str = "Nothing acknowledged is lost", again: str = "try again") -> Iterator[None]:
    """Raises DiskTrouble in the place of what a full or failing disk makes libraries raise; see `plain`."""
    try:
        yield
    except Exception as error:
        told = plain(error, kept, again)
        if told is error:
            raise
        raise told from error


def _says(error: BaseException, number: int, words: tuple[str, ...]) -> bool:
    said = str(error).lower()
    return getattr(error, "errno", 0) == number or any(each in said for each in words)
