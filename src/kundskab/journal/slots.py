"""Slots: who may write which journal file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kundskab.types import Busy

_MOST = 100


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to write one journal file; the kernel takes it back when the process dies, however it dies."""

    name: str
    handle: int

    def release(self) -> None:
        os.close(self.handle)


def take_first_free(folder: Path) -> Slot:
    """Take the lowest slot that nobody holds, so that a restarted worker goes on with its predecessor's file."""
    for name in _names():
        slot = take(folder, name)
        if slot is not None:
            return slot
    raise Busy(f"all {_MOST} journal slots in {folder} are taken; start fewer collector workers")


def take(folder: Path, name: str) -> Slot | None:
    """Take this slot, or None when another process (or another Journal of this one) holds it."""
    # The lock file is never deleted: two processes could then each lock a file of the same name.
    handle = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return Slot(name, handle)


def _names() -> Iterator[str]:
    return (f"{number:02d}" for number in range(_MOST))
