"""Where everybody stands: in one segment for the most part, across several, or too early to say.

Nobody is forced into a box: who does much in several segments crosses them, and of whom we saw little nothing is said.
Tables are Ibis expressions with many rows per person: person, segment, weight, low, high, events, sure, as_of.
"""

from __future__ import annotations

import ibis

MOSTLY = 0.5  # of what somebody does, from which they are mostly in a segment
PART = 0.25  # of what somebody does, from which they are in a segment at all; in two or more of them: they cross
LEAST = 0.01  # below it a membership is what the arithmetic leaves over

ACROSS = "~across"  # no segment's id begins so
EARLY = "~early"
AWAY = "~away"
APART = (ACROSS, EARLY, AWAY)  # places that are no segment


def standings(memberships: ibis.Table) -> ibis.Table:
    """One row per person: person, sure, most (their largest weight), parts (segments they are in), stands.

    memberships: of one refresh.  stands: the segment that they are mostly in, ACROSS, or EARLY.
    """
    found = memberships.group_by("person").agg(
        sure=memberships.sure.any(),
        most=memberships.weight.max(),
        parts=(memberships.weight >= PART).sum(),
        mostly=memberships.segment.argmax(memberships.weight),
    )
    return found.mutate(stands=_stands(found, found.mostly)).drop("mostly")


def places(memberships: ibis.Table) -> ibis.Table:
    """Many rows per person and refresh: person, as_of, place, weight.

    Who is sure and does not cross is in each segment by weight; who crosses is wholly in ACROSS, of whom it is too
    early to say wholly in EARLY (in several rows, their weights summing to what the memberships sum to).
    """
    each = ibis.window(group_by=["person", "as_of"])
    known = memberships.mutate(
        sure=memberships.sure.max().over(each),
        most=memberships.weight.max().over(each),
        parts=(memberships.weight >= PART).sum().over(each),
    )
    placed = known.mutate(place=_stands(known, known.segment))
    return placed.filter(placed.weight >= LEAST).select("person", "as_of", "place", "weight")


def _stands(known: ibis.Table, mostly: ibis.Column) -> ibis.Column:
    crosses = (known.parts >= 2) | (known.most < MOSTLY)
    return ibis.cases((~known.sure, EARLY), (crosses, ACROSS), else_=mostly)
