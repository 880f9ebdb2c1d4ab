"""Guessing: what is offered, how people rank it, and what they believe together; never who."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from kundskab.metrics.readings import FEWEST
from kundskab.pipeline.drivers import Driver, Found
from kundskab.web.drivers.models import Guess, Showing

MOST_OFFERED = 12
MOST_PASSING = 3  # of them about one stretch of time, where no more were found
PLACES = 5


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What everybody ranked, the most important first; all rankings weigh the same, whoever made them."""

    rankings: tuple[tuple[str, ...], ...]  # one per person who guessed, in no order that tells who

    @property
    def guessers(self) -> int:
        return len(self.rankings)

    def believers(self, behaviours: Collection[str]) -> int:
        """How many ranked at least one of these, at any place."""
        return sum(not set(ranking).isdisjoint(behaviours) for ranking in self.rankings)

    @property
    def believed(self) -> frozenset[str]:
        return frozenset(name for ranking in self.rankings for name in ranking)

    @property
    def together(self) -> tuple[str, ...]:
        """The ranking of all (Borda's count: five points for a first place, one for a fifth); none of fewer than five
        people, since it would tell what one of them believes."""
        if self.guessers < FEWEST:
            return ()
        points = Counter[str]()
        for ranking in self.rankings:
            for place, name in enumerate(ranking):
                points[name] += PLACES - place
        return tuple(name for name, _ in sorted(points.items(), key=lambda each: (-each[1], each[0]))[:PLACES])


def offered(user: Any, found: Found) -> list[Driver]:
    """What may be ranked: what was found, what looks strongest by itself, and others; shuffled, for each person anew.

    At least as many that were not found as were, so that the offer gives nothing away.
    """
    # What was only true in one stretch of time nobody can believe in beforehand: it comes last.
    shown = sorted((row for row in found.rows if row.is_shown), key=lambda row: row.is_passing)
    leads = {story.lead.behaviour for story in found.stories}
    chosen = [row for row in shown if row.behaviour in leads][: MOST_OFFERED // 2]
    others = sorted((row for row in shown if not row.found), key=lambda row: (row.is_passing, row.obvious))
    passing = [row for row in others if row.is_passing]
    others = others[: len(others) - len(passing)] + passing[: max(MOST_PASSING, sum(row.is_passing for row in chosen))]
    chosen += others[: MOST_OFFERED - len(chosen)]
    return sorted(chosen, key=lambda row: sha256(f"{user.pk} {found.outcome} {row.behaviour}".encode()).digest())


def may_see(user: Any, outcome: str) -> bool:
    """Whether the list has been shown to them already."""
    return Showing.objects.filter(user=user, outcome=outcome).exists()


@transaction.atomic
def keep(user: Any, found: Found, ranking: Sequence[str], *, now: datetime) -> None:
    """Keep the ranking (none: shown anyway) and that the list is shown. A second guess after it changes nothing."""
    _, is_first = Showing.objects.get_or_create(
        user=user, outcome=found.outcome, defaults={"guessed": bool(ranking), "shown_at": now}
    )
    if is_first:
        known = {row.behaviour for row in offered(user, found)}
        ranked = [name for name in dict.fromkeys(ranking) if name in known][:PLACES]
        Guess.objects.bulk_create(
            Guess(user=user, outcome=found.outcome, behaviour=name, place=place, guessed_at=now)
            for place, name in enumerate(ranked, start=1)
        )


def beliefs(outcome: str) -> Beliefs:
    """What all who guessed believe."""
    rankings: dict[int, list[str]] = {}
    for user, name in Guess.objects.filter(outcome=outcome).order_by("place").values_list("user", "behaviour"):
        rankings.setdefault(user, []).append(name)
    return Beliefs(tuple(sorted(map(tuple, rankings.values()))))


def theirs(user: Any, outcome: str) -> tuple[str, ...]:
    """How somebody ranked themselves; shown to them alone."""
    ranked = Guess.objects.filter(user=user, outcome=outcome).order_by("place")
    return tuple(ranked.values_list("behaviour", flat=True))
