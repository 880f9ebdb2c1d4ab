"""Whether an error means that the disk is full: every library below us says it in words of its own."""

from __future__ import annotations

from errno import ENOSPC

_WORDS = ("no space left", "disk is full", "max_temp_directory_size")


def is_full_disk(error: BaseException) -> bool:
    """Whether this error means that there was no room left to write."""
    said = str(error).lower()
    return getattr(error, "errno", 0) == ENOSPC or any(words in said for words in _WORDS)
