"""Where everybody stands: most of all in one segment, across several, or too early to say.

Nobody is forced into a box: whose two largest parts are nearly alike crosses; of whom we saw little nothing is said.
Most people do some of many things, so that no half of what they do needs to lie in one segment for it to be theirs.
Tables are Ibis expressions with many rows per person: person, segment, weight, low, high, events, sure, as_of.
"""

from __future__ import annotations

import ibis

PART = 0.2  # of what somebody does, from which they are in a segment at all
ALIKE = 2 / 3  # of the largest part, from which another one is nearly as large
LEAST = 0.1  # a smaller part moves nobody from one place to another

ACROSS = "~across"  # no segment's id begins so
EARLY = "~early"
AWAY = "~away"
APART = (ACROSS, EARLY, AWAY)  # places that are no segment


def standings(memberships: ibis.Table) -> ibis.Table:
    """One row per person: person, stands: the segment that they are most of all in, ACROSS, or EARLY.

    memberships: of one refresh.
    """
    known = _known(memberships)
    found = known.group_by("person").agg(
        sure=known.sure.max(),
        most=known.weight.max(),
        alike=known.alike.max(),
        mostly=known.segment.argmax(known.weight),
    )
    return found.select("person", stands=_stands(found, found.mostly))


def places(memberships: ibis.Table) -> ibis.Table:
    """Many rows per person and refresh: person, as_of, place, weight.

    Who is sure and does not cross is in each segment by weight; who crosses is wholly in ACROSS, of whom it is too
    early to say wholly in EARLY (in several rows, their weights summing to what the memberships sum to).
    """
    known = _known(memberships)
    placed = known.mutate(place=_stands(known, known.segment))
    # Of whom the largest part is small, that is all there is to place.
    return placed.filter((placed.weight >= LEAST) | (placed.weight == placed.most)).select(
        "person", "as_of", "place", "weight"
    )


def _known(memberships: ibis.Table) -> ibis.Table:
    """The same rows with what is known of the whole person at that refresh: sure, most, alike (parts nearly as
    large as the largest, itself included)."""
    each = ibis.window(group_by=["person", "as_of"])
    known = memberships.mutate(sure=memberships.sure.max().over(each), most=memberships.weight.max().over(each))
    return known.mutate(alike=(known.weight >= ALIKE * known.most).cast("int64").sum().over(each))


def _stands(known: ibis.Table, mostly: ibis.Column) -> ibis.Column:
    crosses = (known.alike >= 2) | (known.most < PART)
    return ibis.cases((~known.sure, EARLY), (crosses, ACROSS), else_=mostly)
