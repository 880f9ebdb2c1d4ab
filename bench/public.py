"""Where the public data sets lie that some measures need; they are never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "KUNDSKAB_DATA"
MISSING = f"not measured, ${VARIABLE} names no folder with the sets"


def folder() -> Path:
    """The folder of the public sets, or one that holds none."""
    return Path(os.environ.get(VARIABLE) or "no-public-data")
