"""Guessing: what is offered, who has guessed, and how many believed in what; never who."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kundskab.pipeline.drivers import Driver, Found
from kundskab.web.drivers.models import Guess, Showing

MOST_OFFERED = 12
MOST_MARKED = 3


def offered(found: Found) -> list[Driver]:
    """What may be guessed: what was found, what looks strongest by itself, and others; in an order that tells nothing.

    At least as many that were not found as were, so that the offer gives nothing away.
    """
    # What was only true in one stretch of time nobody can believe in beforehand: it comes last.
    shown = sorted((row for row in found.rows if row.is_shown), key=lambda row: row.is_passing)
    leads = {story.lead.behaviour for story in found.stories}
    chosen = [row for row in shown if row.behaviour in leads][: MOST_OFFERED // 2]
    others = sorted((row for row in shown if not row.found), key=lambda row: (row.is_passing, row.obvious))
    chosen += others[: MOST_OFFERED - len(chosen)]
    return sorted(chosen, key=lambda row: row.did.casefold())


def may_see(user: Any, outcome: str) -> bool:
    """Whether the list has been shown to them already."""
    return Showing.objects.filter(user=user, outcome=outcome).exists()


@transaction.atomic
def keep(user: Any, found: Found, behaviours: Sequence[str], *, now: datetime) -> None:
    """Keep the guesses (none: shown anyway) and that the list is shown. A second guess after it changes nothing."""
    _, is_first = Showing.objects.get_or_create(
        user=user, outcome=found.outcome, defaults={"guessed": bool(behaviours), "shown_at": now}
    )
    if is_first:
        known = {row.behaviour for row in offered(found)}
        marked = [name for name in dict.fromkeys(behaviours) if name in known][:MOST_MARKED]
        Guess.objects.bulk_create(
            Guess(user=user, outcome=found.outcome, behaviour=name, guessed_at=now) for name in marked
        )


def believed(outcome: str) -> tuple[Counter[str], int]:
    """How many guessed each behaviour, and how many guessed at all. All guesses weigh the same, whoever made them."""
    counts = Counter(Guess.objects.filter(outcome=outcome).values_list("behaviour", flat=True))
    return counts, Guess.objects.filter(outcome=outcome).values("user").distinct().count()


def theirs(user: Any, outcome: str) -> set[str]:
    """What somebody guessed themselves; shown to them alone."""
    return set(Guess.objects.filter(user=user, outcome=outcome).values_list("behaviour", flat=True))
