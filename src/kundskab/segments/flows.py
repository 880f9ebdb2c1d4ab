"""How people moved between two refreshes: from which segment to which, by weight, so that nobody jumps who leans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import ibis

from kundskab.metrics.readings import compound
from kundskab.segments.standing import AWAY, places


@dataclass(frozen=True, slots=True)
class Move:
    """Expected people who went from one place to another, or stayed; a place is a segment, ACROSS, EARLY or AWAY."""

    source: str
    target: str
    persons: float
    low: float  # 95 %, had chance sent other people
    high: float
    n: int  # people who have any part in it

    @property
    def stays(self) -> bool:
        return self.source == self.target


@dataclass(frozen=True, slots=True)
class Flow:
    """All moves between two refreshes, the largest first."""

    since: datetime
    until: datetime
    moves: tuple[Move, ...]

    @property
    def persons(self) -> float:
        """Who were there at either time."""
        return sum(move.persons for move in self.moves)

    def into(self, place: str) -> tuple[Move, ...]:
        """From where people came to a place; without those who were there before."""
        return tuple(move for move in self.moves if move.target == place and not move.stays)

    def out_of(self, place: str) -> tuple[Move, ...]:
        """Whereto people left a place."""
        return tuple(move for move in self.moves if move.source == place and not move.stays)


def flow(memberships: ibis.Table, *, since: datetime, until: datetime) -> Flow:
    """The moves between two refreshes; memberships: those of many refreshes, of which these two are looked at.

    A person's weight that is in the same place both times stayed; the rest moved, from each place that shrank to each
    that grew, in proportion: the least movement that explains the two standings.  Who is not there at one time comes
    from, or goes to, AWAY.
    """
    moved = _moved(_both(memberships.filter(memberships.as_of.isin([since, until])), since))
    counted = moved.group_by("source", "target").agg(
        persons=moved.weight.sum(),
        squares=(moved.weight * moved.weight).sum(),
        largest=moved.weight.max(),
        n=moved.person.nunique(),
    )
    moves = [
        Move(row["source"], row["target"], row["persons"], *_doubt(row), row["n"])
        for row in counted.to_pyarrow().to_pylist()
    ]
    ranked = sorted(moves, key=lambda move: (-move.persons, move.source, move.target))
    return Flow(since, until, tuple(ranked))


def _both(memberships: ibis.Table, since: datetime) -> ibis.Table:
    """Many rows per person: person, place, was, now, each summing to 1 where the person was there."""
    placed = places(memberships)
    then = placed.as_of == since
    nothing = ibis.literal(0.0, "float64")
    weight = placed.weight.cast("float64")
    side = placed.group_by("person", "place").agg(
        was=ibis.ifelse(then, weight, nothing).sum(), now=ibis.ifelse(then, nothing, weight).sum()
    )
    each = ibis.window(group_by="person")
    summed = side.mutate(was_all=side.was.sum().over(each), now_all=side.now.sum().over(each))
    return summed.mutate(
        was=ibis.ifelse(summed.was_all > 0, summed.was / summed.was_all, nothing),
        now=ibis.ifelse(summed.now_all > 0, summed.now / summed.now_all, nothing),
    )


def _moved(both: ibis.Table) -> ibis.Table:
    """Many rows per person: person, source, target, weight; the weights of a person sum to 1."""
    away = ibis.literal(AWAY)
    here = both.filter(both.was_all > 0, both.now_all > 0)
    still = here.select("person", source="place", target="place", weight=ibis.least(here.was, here.now))
    each = ibis.window(group_by="person")
    changed = here.mutate(gave=ibis.greatest(here.was - here.now, 0.0), got=ibis.greatest(here.now - here.was, 0.0))
    changed = changed.mutate(share=changed.got / ibis.greatest(changed.got.sum().over(each), 1e-12))
    left = changed.filter(changed.gave > 0).select("person", "gave", source="place")
    came = changed.filter(changed.got > 0).select("person", "share", target="place")
    joined = left.join(came, "person")
    went = joined.select("person", "source", "target", weight=joined.gave * joined.share)
    new = both.filter(both.was_all == 0).select("person", source=away, target="place", weight="now")
    gone = both.filter(both.now_all == 0).select("person", source="place", target=away, weight="was")
    # What the arithmetic leaves over is nobody.
    return ibis.union(still, went, new, gone).filter(ibis._.weight > 1e-6)


def _doubt(row: dict[str, float]) -> tuple[float, float]:
    low, high = compound(row["persons"], row["squares"], min(1.0, row["largest"]))
    return min(low, row["persons"]), max(high, row["persons"])
