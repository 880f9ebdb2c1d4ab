"""Short ways of saying what metrics take."""

from __future__ import annotations

from kundskab.metrics.acts import Act


def acts(*names: str) -> tuple[Act, ...]:
    return tuple(Act(name) for name in names)
