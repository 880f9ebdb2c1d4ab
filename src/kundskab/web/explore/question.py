"""The question in the address: typed, shared, cut off. What cannot be read gives way to what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kundskab.metrics.periods import STEPS, Period, periods
from kundskab.metrics.trend import MEASURES, TrendQuery
from kundskab.pipeline.explore import Choices
from kundskab.web.explore.address import condition, day, one_of, where, written

STEP_WORDS = {"day": _("days"), "week": _("weeks"), "month": _("months")}
MEASURE_WORDS = {"events": _("how often"), "persons": _("how many people"), "value": _("how much money")}
USUAL = {"day": timedelta(days=29), "week": timedelta(weeks=25), "month": timedelta(days=700)}


@dataclass(frozen=True, slots=True)
class Question:
    """A question as an address says it, and as the desk wants it."""

    query: TrendQuery

    @property
    def address(self) -> str:
        """The query part that asks the same again."""
        return self.with_()

    def with_(self, **other: Any) -> str:
        """The same question with something changed or added; None takes a part away."""
        return written({**self.said, **other})

    @property
    def said(self) -> dict[str, Any]:
        query = self.query
        return {
            "action": query.action,
            **condition(query.act),
            "measure": query.measure,
            "by": query.by,
            "step": query.step,
            "since": query.since,
            "until": query.until,
            "currency": query.currency if query.measure == "value" else None,
        }


def read(asked: QueryDict, choices: Choices, *, today: date) -> Question:
    """The question that an address asks, its gaps filled in."""
    step = one_of(asked.get("step"), STEPS) or "week"
    measure = one_of(asked.get("measure"), MEASURES) or "events"
    until = day(asked.get("until")) or min(today, choices.last or today)
    since = day(asked.get("since")) or max(until - USUAL[step], min(choices.first or until, until))
    currency = asked.get("currency") if measure == "value" and asked.get("currency") in choices.currencies else None
    return Question(
        TrendQuery(
            since=min(since, until),
            until=max(since, until),
            action=asked.get("action") or None,
            where=where(asked),
            measure=measure,
            by=asked.get("by") or None,
            step=step,
            currency=currency or (choices.currencies[0] if measure == "value" else None),
        )
    )


def all_periods(asking: Question) -> tuple[Period, ...]:
    """The periods of a question. Raises KundskabError when they cannot be."""
    return periods(asking.query.since, asking.query.until, asking.query.step)


def period(asked: QueryDict, within: tuple[Period, ...]) -> Period | None:
    """The period that an address names by its first day, if it is one of these."""
    return next((each for each in within if each.start == day(asked.get("at"))), None)
