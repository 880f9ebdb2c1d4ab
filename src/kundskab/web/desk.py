"""How a page gets the desk: one per process, opened when the first page asks for it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

_lock = Lock()
_desk: Desk | None = None


def the_desk() -> Desk:
    """The desk of the workspace in KUNDSKAB_HOME. Raises KundskabError when there is none."""
    global _desk
    with _lock:
        if _desk is None:
            # Imported late: signing in and making links must not wait for the lake's engine to load.
            from kundskab.pipeline.desk import Desk

            _desk = Desk.open(settings.HOME)
        return _desk


def use(desk: Desk | None) -> None:
    """Answer with this desk from now on; None forgets it, so that the next page opens one."""
    global _desk
    with _lock:
        _desk = desk
