"""Throw-away workspaces: everything in one temporary folder, keys too, gone when the run ends."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kundskab.workspace import open_workspace


@dataclass(slots=True)
class World:
    """What measures share in one run."""

    folder: Path
    events: int  # of the biggest lake
    quick: bool
    found: dict[str, Any] = field(default_factory=dict)  # what one measure leaves for another

    def new_folder(self, name: str) -> Path:
        """An empty folder; whatever an earlier measure left under this name goes."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder


@contextmanager
def throw_away(*, events: int, quick: bool) -> Iterator[World]:
    """A world in the system's temporary folder ($TMPDIR chooses another disk)."""
    with tempfile.TemporaryDirectory(prefix="kundskab-bench-") as folder:
        keys = Path(folder) / "keys"
        keys.mkdir(mode=0o700)
        os.environ["KUNDSKAB_KEYS"] = str(keys)
        yield World(Path(folder), events, quick)


def live_home(folder: Path) -> tuple[Path, str]:
    """A new workspace with one live source; its folder and a server's write key.

    Without a signal events count as declared, so that whether they carry one is the measure's choice.
    """
    with open_workspace(folder, name="Bench") as ws:
        ws.desk.create_source("shop", no_signal="declared", who="bench")
        return folder, ws.desk.create_key("shop", kind="server", who="bench")
