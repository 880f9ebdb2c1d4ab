"""The funnel in an address, and its answer in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import isnan
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from kundskab.metrics.acts import Act
from kundskab.metrics.dimensions import in_words
from kundskab.metrics.funnel import MOST_STEPS, Course, Funnel
from kundskab.metrics.passages import FunnelQuery
from kundskab.metrics.readings import FEWEST
from kundskab.metrics.trend import REST
from kundskab.pipeline.explore import Choices
from kundskab.web.base.templatetags.say import count
from kundskab.web.explore import address, figures
from kundskab.web.explore.kinds import Kind
from kundskab.web.explore.sheet import harmless, number

ORDER_WORDS = {
    "ordered": _lazy("in this order"),
    "strict": _lazy("right after each other"),
    "any": _lazy("in any order"),
}
WINDOW_WORDS = {
    "1": _lazy("an hour"),
    "24": _lazy("a day"),
    "168": _lazy("a week"),
    "720": _lazy("30 days"),
    "2160": _lazy("90 days"),
}
USUAL_DAYS = 90
# What a shop's people often do one after the other, for who has not asked yet.
_USUAL_STEPS = ("Product Viewed", "Product Added", "Checkout Started", "Order Completed")


@dataclass(frozen=True, slots=True)
class FunnelAsking:
    query: FunnelQuery

    @property
    def only(self) -> str:
        return figures.only(self.query.steps[0])

    @property
    def said(self) -> dict[str, Any]:
        query = self.query
        return {
            "step": [step.action for step in query.steps],
            **address.condition(query.steps[0]),
            "window": self.hours,
            "order": query.order if query.order != "ordered" else None,
            "by": query.by,
            "since": query.since,
            "until": query.until,
        }

    @property
    def hours(self) -> str:
        return str(query_hours(self.query))

    @property
    def places(self) -> list[str | None]:
        """The steps of the form: those that are asked for, and room for one more."""
        said = [step.action for step in self.query.steps]
        return [*said, *[None] * (1 if 3 <= len(said) < MOST_STEPS else max(0, 4 - len(said)))]


def query_hours(query: FunnelQuery) -> int:
    return query.window // timedelta(hours=1)


def read(asked: QueryDict, choices: Choices, today: date) -> FunnelAsking:
    until = address.day(asked.get("until")) or min(today, choices.last or today)
    since = address.day(asked.get("since")) or max(
        until - timedelta(days=USUAL_DAYS - 1), min(choices.first or until, until)
    )
    where = address.where(asked)
    return FunnelAsking(
        FunnelQuery(
            steps=address.acts(asked, "step", MOST_STEPS, where) or usual_steps(choices, where),
            since=min(since, until),
            until=max(since, until),
            window=timedelta(hours=address.whole(asked.get("window"), usual=168, most=366 * 24)),
            order=address.one_of(asked.get("order"), ORDER_WORDS) or "ordered",
            by=asked.get("by") or None,
        )
    )


def usual_steps(choices: Choices, where: address.Where = ()) -> tuple[Act, ...]:
    known = [name for name in _USUAL_STEPS if name in choices.actions]
    names = known if len(known) > 1 else list(choices.actions)[:2]
    if len(names) == 1:  # who does it again
        names *= 2
    return tuple(Act(name, where) for name in names)


@dataclass(frozen=True, slots=True)
class Row:
    """A step of the table; lost: who came to the step before and no further."""

    name: str
    first: figures.Told
    before: figures.Told
    after: figures.Told
    lost: figures.Told


def words(asking: FunnelAsking) -> dict[str, Any]:
    own = {} if asking.hours in WINDOW_WORDS else {asking.hours: f"{asking.hours} h"}
    return {"orders": ORDER_WORDS, "windows": WINDOW_WORDS | own}


def told(found: Funnel, asking: FunnelAsking, walks: bool) -> dict[str, Any]:
    course, query = found.together, found.query
    answer, doubt = _answer(found)
    return {
        "title": _title(query),
        "answer": answer + asking.only,
        "doubt": doubt,
        "notes": _notes(found),
        "rows": [] if course.began.hidden else [_row(course, n, asking, walks) for n in range(len(course.steps))],
        "groups": [_group(each, asking, walks) for each in found.groups],
        "split": in_words(query.by) if query.by else "",
        "n": None if course.began.hidden else course.began.n,
        "is_empty": found.is_empty or course.began.hidden or not course.began.n,
        "who": link(asking, course, 0) if walks else "",
    }


def which(asked: QueryDict, query: FunnelQuery) -> tuple[dict[str, Any], str]:
    """Who is asked for, and what they did, in words that follow "40 people"."""
    at = address.whole(asked.get("at"), usual=len(query.steps), most=len(query.steps))
    took, group = asked.get("lost") is None, asked.get("group") or None
    name, before = figures.called(query.steps[at - 1]), figures.called(query.steps[max(0, at - 2)])
    if query.order == "any":
        did = _("took %(n)d of the steps") % {"n": at if took else at - 1}
        did = did if took else _("%(did)s and no more") % {"did": did}
    elif at == 1:
        did = _("began with “%(name)s”") % {"name": name}
    elif took:
        did = _("came as far as “%(name)s”") % {"name": name}
    else:
        did = _("came to “%(before)s” and not on to “%(name)s”") % {"before": before, "name": name}
    return {"step": at - 1, "took": took, "group": group}, did + figures.where(query.by, group)


def link(asking: FunnelAsking, course: Course, n: int, *, lost: bool = False) -> str:
    """The query part that leads to the people behind a number; empty where they are fewer than five."""
    if course.began.hidden or course.name == REST:
        return ""
    people = _people(course, n - 1) - _people(course, n) if lost else _people(course, n)
    if people < FEWEST:
        return ""
    return address.written({**asking.said, "at": n + 1, "lost": 1 if lost else None, "group": course.name})


def sheet(found: Funnel) -> Iterator[list[Any]]:
    yield [
        "group", "step", "name", "began", "of_first", "of_first_low", "of_first_high", "of_before", "of_before_low",
        "of_before_high", "after", "after_low", "after_high", "after_unit", "waiting", "hidden",
    ]  # fmt: skip
    for course in (found.together, *found.groups):
        for n, step in enumerate(course.steps, 1):
            readings = (step.of_first, step.of_before, step.after)
            numbers = [number(end) for each in readings for end in (each.value, each.low, each.high)]
            began = "" if course.began.hidden else course.began.n
            who = harmless(course.name or "everybody")
            hidden = "yes" if course.began.hidden else "no"
            yield [who, n, harmless(step.name), began, *numbers, step.after.unit, course.waiting, hidden]


def figure(found: Funnel, theme: str, to: Any) -> Any:
    from kundskab.charts.funnel import figure as drawn

    return drawn(found, theme=theme, link=to)


def _title(query: FunnelQuery) -> str:
    if query.order == "any":
        return _("How many did all %(n)d of these?") % {"n": len(query.steps)}
    words = {"first": figures.called(query.steps[0]), "last": figures.called(query.steps[-1])}
    return _("How many go on from “%(first)s” to “%(last)s”?") % words


def _answer(found: Funnel) -> tuple[str, str]:
    course, query = found.together, found.query
    if course.began.hidden:
        return _("Fewer than %(n)d people began, so it is not shown.") % {"n": FEWEST}, ""
    if not course.began.n:
        return _("Nobody took the first step and had the whole time for the others."), ""
    window = _window(query)
    began = _("people who took one step,") if query.order == "any" else _("people who did “%(first)s”,")
    said, doubt = figures.frequency(course.through, began % {"first": figures.called(query.steps[0])})
    came = _("%(said)s took all of them within %(window)s.")
    if query.order != "any":
        came = _("%(said)s came to “%(last)s” within %(window)s.")
    return came % {"said": said, "window": window, "last": figures.called(query.steps[-1])}, doubt


def _window(query: FunnelQuery) -> str:
    hours = query_hours(query)
    if hours % 24:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": count(hours)}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": count(hours // 24)}


def _notes(found: Funnel) -> list[str]:
    course, notes = found.together, []
    if course.began.hidden or not course.began.n:
        return notes
    kept = [(step.of_before.value, n) for n, step in enumerate(course.steps) if n and not isnan(step.of_before.value)]
    if kept and len(course.steps) > 2 and found.query.order != "any":
        share, n = min(kept)
        name, before = (figures.called(found.query.steps[at]) for at in (n, n - 1))
        words = {"n": round(100 * (1 - share)), "name": name, "before": before}
        notes.append(
            _("Most are lost before “%(name)s”: of 100 who came to “%(before)s”, %(n)d went no further.") % words
        )
    if course.waiting:
        waiting = ngettext(
            "%(n)s person more has begun and still has time, and is left out.",
            "%(n)s people more have begun and still have time, and are left out.",
            course.waiting,
        )
        notes.append(waiting % {"n": count(course.waiting)})
    return notes


def _row(course: Course, n: int, asking: FunnelAsking, walks: bool) -> Row:
    step = course.steps[n]
    lost = _people(course, n - 1) - _people(course, n) if n else 0
    few = 0 < lost < FEWEST
    return Row(
        figures.called(asking.query.steps[n]),
        figures.of_100(step.of_first, who=link(asking, course, n) if walks else "")
        if n
        else figures.counted(course.began, who=link(asking, course, 0) if walks else ""),
        figures.of_100(step.of_before) if n else figures.Told(""),
        figures.time(step.after) if n else figures.Told(""),
        figures.Told(
            (_("few") if few else count(lost)) if n else "",
            who=link(asking, course, n, lost=True) if walks and n else "",
            hidden=few,
        ),
    )


def _group(course: Course, asking: FunnelAsking, walks: bool) -> dict[str, Any]:
    """A line of the table of groups."""
    cells = [
        figures.of_100(step.of_first, who=link(asking, course, n) if walks else "")
        for n, step in enumerate(course.steps)
        if n
    ]
    began = figures.counted(course.began, who=link(asking, course, 0) if walks else "")
    return {"name": course.name, "began": began, "cells": cells}


def _people(course: Course, n: int) -> int:
    """How many came so far."""
    share = course.steps[n].of_first.value
    return 0 if isnan(share) else round(share * course.began.n)


FUNNEL = Kind("funnel", read, words, told, which, sheet, figure, link)
