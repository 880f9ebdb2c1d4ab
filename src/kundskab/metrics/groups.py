"""Groups of a dimension: the largest get a line of their own, what is small is told together."""

from __future__ import annotations

from collections.abc import Mapping

from kundskab.metrics.readings import FEWEST

MOST_GROUPS = 8  # more cannot be told apart


def largest(persons: Mapping[str, int], *, most: int = MOST_GROUPS) -> tuple[str, ...]:
    """The groups that stand alone, the largest first; the others belong together in one rest.

    Groups of fewer than FEWEST persons never stand alone.
    """
    ranked = sorted((name for name, n in persons.items() if n >= FEWEST), key=lambda name: (-persons[name], name))
    return tuple(ranked if len(persons) <= most else ranked[: most - 1])
