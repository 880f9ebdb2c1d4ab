"""What the door knows of the source behind a write key, and its one thought about consent."""

from __future__ import annotations

from dataclasses import dataclass, field

from kundskab.consent.collection import Declaration, grounds
from kundskab.events import Signal


@dataclass(frozen=True, slots=True)
class Rules:
    """A key's source as its settings say now."""

    source: str
    key_id: int
    key_kind: str  # "browser": public, so who it speaks of is only claimed; "server": believed
    declaration: Declaration = field(default_factory=lambda: Declaration({}))
    events_per_second: float | None = None  # None: the worker's own limit


def refusal(signal: Signal, rules: Rules) -> str | None:
    """Why the event may not be kept at all, judged by its own signal and its source; None when it may.

    What the person said elsewhere is for the digest to weigh, which asks the same rule.
    """
    if not signal.preferences and not signal.gpc:
        return None
    if not rules.declaration.purposes or grounds(rules.declaration, signal.preferences, gpc=signal.gpc):
        return None
    return "signal" if signal.preferences else "gpc"
