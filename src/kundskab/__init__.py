"""Kundskab turns the traces customers leave into understanding a whole company shares and acts on.

import kundskab
ws = kundskab.open("acme")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundskab.types import VERSION

if TYPE_CHECKING:
    from kundskab.workspace import Workspace

__version__ = VERSION


def open(folder: str, **settings: Any) -> Workspace:
    """Open the workspace in this folder, making it when it is new; see `kundskab.workspace.open_workspace`."""
    # Imported here so that the collector, which needs no engine and no tables, starts light.
    from kundskab.workspace import open_workspace

    return open_workspace(folder, **settings)
