"""Who may do what: one table and one question.

owner    everything
analyst  sees persons and works with what could not be read
reader   sees counts; never a person
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SEE_COUNTS = "see counts"
SEE_PEOPLE = "see people"
REPLAY = "replay quarantine"
SET_SOURCES = "set sources"
OWN_ACCOUNT = "own account"

RIGHTS: dict[str, frozenset[str]] = {
    "owner": frozenset({SEE_COUNTS, SEE_PEOPLE, REPLAY, SET_SOURCES, OWN_ACCOUNT}),
    "analyst": frozenset({SEE_COUNTS, SEE_PEOPLE, REPLAY, OWN_ACCOUNT}),
    "reader": frozenset({SEE_COUNTS, OWN_ACCOUNT}),
}


def can(user: Any, right: str) -> bool:
    """Whether the user may. Unknown roles, and those who did not sign in, may nothing."""
    return right in RIGHTS.get(getattr(user, "role", ""), frozenset())


def needs(right: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a view with the right it asks for; `staff.door.Allowed` refuses views without a mark."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.right = right  # type: ignore[attr-defined]
        return view

    return mark
