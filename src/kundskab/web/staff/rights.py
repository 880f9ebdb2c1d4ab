"""Who may do what: one table and one question.

owner    everything
privacy  everything about people, their identifiers and requests; no settings
analyst  sees persons under their pseudonyms, joins and parts them, names segments, works with what could not be read
reader   sees counts and logs whom they met; never a person
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SEE_COUNTS = "see counts"
SEE_PEOPLE = "see people"
MEET_PEOPLE = "meet people"  # write down an encounter
LINK_PEOPLE = "link people"  # join, part, decide what is suggested
REVEAL = "reveal identifiers"  # with a reason, which is kept
REPLAY = "replay quarantine"
SET_SEGMENTS = "set segments"  # name them, write some by hand
SETTLE_REQUESTS = "settle requests"
SET_SOURCES = "set sources"
SET_TEAM = "set team"
SET_WORKSPACE = "set workspace"
OWN_ACCOUNT = "own account"

_READER = frozenset({SEE_COUNTS, MEET_PEOPLE, OWN_ACCOUNT})
_ANALYST = _READER | {SEE_PEOPLE, LINK_PEOPLE, REPLAY, SET_SEGMENTS}
_PRIVACY = _ANALYST | {REVEAL, SETTLE_REQUESTS}
RIGHTS: dict[str, frozenset[str]] = {
    "owner": _PRIVACY | {SET_SOURCES, SET_TEAM, SET_WORKSPACE},
    "privacy": _PRIVACY,
    "analyst": _ANALYST,
    "reader": _READER,
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
