"""How segments overlap: how many people each holds, and how many are in two of them at once."""

from __future__ import annotations

from dataclasses import dataclass

import ibis

from kundskab.segments.standing import ACROSS, EARLY, PART, standings


@dataclass(frozen=True, slots=True)
class Together:
    """Two segments and the people who do a good part in both."""

    one: str
    other: str
    persons: int
    share: float  # of the people of the smaller one, 0-1


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody who has memberships. mostly: segment -> people most of all in it.  size: segment -> expected people,
    each counted by the part of what they do."""

    persons: int
    early: int  # too early to say
    crossing: int
    mostly: dict[str, int]
    size: dict[str, float]
    both: tuple[Together, ...]  # those most in common first

    @property
    def known(self) -> int:
        """Those of whom it is not too early to say."""
        return self.persons - self.early


def crowd(memberships: ibis.Table) -> Crowd:
    """Count people by segment and by pairs of segments; memberships: those of one refresh."""
    found = standings(memberships)
    counted = found.group_by("stands").agg(n=found.count()).to_pyarrow().to_pylist()
    stands = {row["stands"]: row["n"] for row in counted}
    sized = memberships.group_by("segment").agg(size=memberships.weight.cast("float64").sum()).to_pyarrow().to_pylist()
    sure = memberships.filter(memberships.sure, memberships.weight >= PART).select("person", "segment")
    pairs = sure.join(sure.view(), "person", rname="other_{name}")
    pairs = pairs.filter(pairs.segment < pairs.other_segment)
    both = pairs.group_by("segment", "other_segment").agg(n=pairs.count()).to_pyarrow().to_pylist()
    within = {row["segment"]: row["n"] for row in sure.group_by("segment").agg(n=sure.count()).to_pyarrow().to_pylist()}
    return Crowd(
        persons=sum(stands.values()),
        early=stands.get(EARLY, 0),
        crossing=stands.get(ACROSS, 0),
        mostly={name: n for name, n in stands.items() if name not in (ACROSS, EARLY)},
        size={row["segment"]: row["size"] for row in sized},
        both=tuple(
            Together(
                row["segment"],
                row["other_segment"],
                row["n"],
                row["n"] / min(within[row["segment"]], within[row["other_segment"]]),
            )
            for row in sorted(both, key=lambda row: (-row["n"], row["segment"], row["other_segment"]))
        ),
    )
