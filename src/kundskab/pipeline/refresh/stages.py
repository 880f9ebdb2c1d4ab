"""The stages of refresh, in the order in which they run."""

from __future__ import annotations

import importlib

from kundskab.pipeline.refresh.work import Stage

# Each is a file beside this one with its STAGE; what is heavy is imported when a refresh runs, not before.
_NAMES: tuple[str, ...] = ("segments", "worth", "drivers", "objects", "undervalued", "actions", "report")


def stages() -> tuple[Stage, ...]:
    """All of them; every one comes after those that it needs."""
    return tuple(importlib.import_module(f"kundskab.pipeline.refresh.{name}").STAGE for name in _NAMES)
