"""Room on the disk: stop before it is full, and keep a reserve for the deeds that make room."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

RESERVE_BYTES = 2 << 20
_FLOOR_BYTES = 64 << 20
_FLOOR_SHARE = 0.05
_CHECK_SECONDS = 0.5


class Room:
    """Tells if there is room for more events.

    The journal stops at a floor of free bytes rather than at zero, so that digest, vault and pages can still
    write and the backlog drains; and each slot keeps a reserve file that trimming may burn on a full disk.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._reserve = folder / f"{name}.reserve"
        self._checked = float("-inf")
        self._enough = True

    def enough(self) -> bool:
        """True while free space is above the floor; looks at the disk at most twice a second."""
        now = time.monotonic()
        if now - self._checked >= _CHECK_SECONDS:
            self._enough = _above_floor(self._folder)
            self._checked = now
        return self._enough

    def keep_reserve(self) -> None:
        """Lay the reserve aside when it is missing and the disk is not already short."""
        if self._reserve.exists() or not self.enough():
            return
        with suppress(OSError), open(self._reserve, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)

    def burn_reserve(self) -> bool:
        """Give the reserve back to the disk; False when there was none."""
        try:
            self._reserve.unlink()
        except FileNotFoundError:
            return False
        return True


def _above_floor(folder: Path) -> bool:
    disk = os.statvfs(folder)
    floor = min(_FLOOR_BYTES, int(disk.f_blocks * disk.f_frsize * _FLOOR_SHARE))
    return disk.f_bavail * disk.f_frsize > floor
