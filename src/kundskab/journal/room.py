"""Room on the disk: stop before it is full, and keep a reserve for the deeds that make room."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

RESERVE_BYTES = 6 << 20  # deleting writes the deleted pages to the log once; the biggest body is 4 MB
_FLOOR_BYTES = 64 << 20
_FLOOR_SHARE = 0.05


class Room:
    """Tells if there is room for more events.

    The journal stops at a floor of free bytes rather than at zero, so that digest, vault and pages can still
    write and the backlog drains; and each slot keeps a reserve file that trimming may burn on a full disk.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._reserve = folder / f"{name}.reserve"
        self._log = folder / f"{name}.sqlite-wal"

    def enough(self, coming_bytes: int = 0) -> bool:
        """True when so many bytes more leave the floor untouched. Looks at the disk each time: it costs 3 us."""
        # What comes is written twice, to the log and then to the file; what the log holds now, once more.
        return _spare_bytes(self._folder) > 2 * coming_bytes + self._log_bytes()

    def keep_reserve(self) -> None:
        """Lay the reserve aside when it is missing and the disk is not already short."""
        if self._reserve.exists() or not self.enough(RESERVE_BYTES):
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

    def _log_bytes(self) -> int:
        try:
            return self._log.stat().st_size
        except FileNotFoundError:
            return 0


def _spare_bytes(folder: Path) -> int:
    """Free bytes above the floor; negative below it."""
    disk = os.statvfs(folder)
    floor = min(_FLOOR_BYTES, int(disk.f_blocks * disk.f_frsize * _FLOOR_SHARE))
    return disk.f_bavail * disk.f_frsize - floor
