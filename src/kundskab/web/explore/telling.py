"""A trend in words: the question, the answer in a sentence, and what is not shown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.metrics.dimensions import in_words as dimension_words
from kundskab.metrics.periods import Period
from kundskab.metrics.readings import FEWEST, Reading
from kundskab.metrics.season import Season
from kundskab.metrics.trend import REST, Point, Trend, TrendQuery
from kundskab.web.base.templatetags.say import count, day, listed
from kundskab.web.explore.figures import only
from kundskab.web.explore.question import Question


def period_words(period: Period, step: str) -> str:
    """How a sentence calls a period: 3 March 2026, that of 3 March 2026, March 2026."""
    if step == "month":
        return f"{period.start:%B %Y}"
    said = day(period.start)
    return _("that of %(day)s") % {"day": said} if step == "week" else said


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the table. who: the address of the people behind it; empty where it leads nowhere."""

    point: Point
    who: str

    @property
    def reading(self) -> Reading:
        return self.point.reading


@dataclass(frozen=True, slots=True)
class Row:
    period: Period
    name: str
    finished: bool
    cells: tuple[Cell, ...]


def title(trend: Trend) -> str:
    """The question, as somebody would ask it."""
    query = trend.query
    what = query.action or _("anything")
    asked = {
        "events": _("How often did “%(what)s” happen?"),
        "persons": _("How many people did “%(what)s”?"),
        "value": _("How much money came with “%(what)s”?"),
    }[query.measure] % {"what": what}
    if query.action is None:
        asked = {
            "events": _("How much happened?"),
            "persons": _("How many people did something?"),
            "value": _("How much money came in?"),
        }[query.measure]
    return asked


def answer(trend: Trend) -> str:
    """One sentence with its doubt, and the condition of the question in another."""
    return _answer(trend) + only(trend.query.act)


def _answer(trend: Trend) -> str:
    if trend.together.hidden:
        return _("By fewer than %(n)d people, so it is not shown.") % {"n": FEWEST}
    if trend.is_empty or not trend.together.n:
        return _("Not once in these %(steps)s.") % {"steps": steps(trend)}
    reading = trend.together
    people = ngettext("%(n)s person", "%(n)s people", reading.n) % {"n": count(reading.n)}
    span = _("from %(since)s to %(until)s") % {"since": day(trend.query.since), "until": day(trend.query.until)}
    if trend.query.measure == "persons":
        return _("%(people)s %(span)s.") % {"people": people, "span": span}
    said = _("%(value)s %(unit)s by %(people)s %(span)s.")
    unit = _("times") if trend.query.measure == "events" else trend.unit
    return said % {"value": count(round(reading.value)), "unit": unit, "people": people, "span": span}


def doubt(trend: Trend) -> str:
    """What else chance could have made of it."""
    reading = trend.together
    if reading.hidden or not reading.n or not reading.is_sure:
        return ""
    ends = {"low": count(round(reading.low)), "high": count(round(reading.high))}
    return _("Chance alone could have made it anything between %(low)s and %(high)s.") % ends


def season(trend: Trend, told: tuple[Period, Season] | None) -> str:
    """Whether the last whole period differs from what season and the level of late would give."""
    if told is None:
        return ""
    period, found = told
    words = {
        "when": period_words(period, trend.query.step),
        "step": trend.query.step,
        "value": count(round(found.value)),
        "expected": count(round(found.expected)),
        "low": count(round(found.low)),
        "high": count(round(found.high)),
        "season": _season_words(found),
    }
    verdict = _("As usual.")
    if found.differs:
        verdict = _("More than usual.") if found.value > found.high else _("Less than usual.")
    said = _("The last whole %(step)s, %(when)s, had %(value)s. By %(season)s we would expect %(expected)s; ")
    said += _("of 100 ordinary %(step)ss 95 lie between %(low)s and %(high)s.")
    return f"{verdict} {said % words}"


def _season_words(found: Season) -> str:
    words = {"weekday": _("the weekday"), "year": _("the time of year")}
    return listed([*(words[kind] for kind in found.kinds), _("how things went lately")])


def steps(trend: Trend) -> str:
    """26 weeks."""
    n = len(trend.periods)
    said = {
        "day": ngettext("%(n)s day", "%(n)s days", n),
        "week": ngettext("%(n)s week", "%(n)s weeks", n),
        "month": ngettext("%(n)s month", "%(n)s months", n),
    }[trend.query.step]
    return said % {"n": count(n)}


def notes(trend: Trend) -> list[str]:
    """What one must know to read the picture: gaps, what is pooled, what is not over yet."""
    found = []
    if trend.hidden:
        gaps = ngettext(
            "%(n)s number is left out: fewer than %(few)d people are behind it, or it would give such a number away.",
            "%(n)s numbers are left out: fewer than %(few)d people are behind them, or they would give one away.",
            trend.hidden,
        )
        found.append(gaps % {"n": count(trend.hidden), "few": FEWEST})
    if trend.pooled:
        pooled = ngettext(
            "“%(rest)s” is %(n)s group that is too small for a line of its own.",
            "“%(rest)s” are %(n)s groups, too many or too small for lines of their own.",
            trend.pooled,
        )
        found.append(pooled % {"n": count(trend.pooled), "rest": REST})
        if trend.overshadowing:
            found.append(_("They are so many that the lines would lie flat beneath them: see them in the table."))
    if any(not (point.finished or point.reading.hidden) for series in trend.series for point in series.points):
        found.append(_("The last %(step)s is not over yet; it is drawn apart.") % {"step": trend.query.step})
    return found


def behind(query: TrendQuery, at: Period | None, group: str | None, persons: int) -> str:
    """Who is listed: 41 people did “Order Completed” in the week of 3 March 2026, where the channel was web."""
    people = ngettext("%(n)s person", "%(n)s people", persons) % {"n": count(persons)}
    did = _("%(people)s did “%(what)s”") if query.action else _("%(people)s did something")
    when = (
        _("in the period that begins on %(day)s") % {"day": day(at.start)}
        if at
        else _("from %(since)s to %(until)s") % {"since": day(query.since), "until": day(query.until)}
    )
    where_ = ""
    if group is not None and query.by:
        where_ = _(", where the %(dimension)s was %(group)s") % {"dimension": dimension_words(query.by), "group": group}
    return f"{did % {'people': people, 'what': query.action}} {when}{where_}.{only(query.act)}"


def when(trend: Trend) -> str:
    """What the days of the table are."""
    return {"day": _("Day"), "week": _("Week from"), "month": _("Month")}[trend.query.step]


def longer_steps(trend: Trend, question: Question) -> str:
    """The same question in longer steps, which leave out less; empty where nothing is left out or none are longer."""
    longer = {"day": "week", "week": "month"}.get(trend.query.step)
    return question.with_(step=longer) if trend.hidden and longer else ""


def split_words(trend: Trend) -> str:
    return dimension_words(trend.query.by) if trend.query.by else ""


def table(trend: Trend, question: Question, *, may_walk: bool) -> list[Row]:
    """The numbers of the picture, the newest first."""
    rows = []
    for period, points in reversed(list(zip_longest(trend.periods, _by_period(trend)))):
        name = f"{period.start:%b %Y}" if trend.query.step == "month" else f"{period.start.day} {period.start:%b %Y}"
        cells = tuple(
            Cell(point, where(question, series.group, point) if may_walk else "")
            for series, point in zip(trend.series, points, strict=True)
        )
        rows.append(Row(period, name, all(point.finished for point in points), cells))
    return rows


def where(question: Question, group: str | None, point: Point | None = None) -> str:
    """The query part that leads to the people behind a number; empty for fewer than five, and for the pooled rest."""
    if group == REST or (point is not None and (point.reading.hidden or point.reading.n < FEWEST)):
        return ""
    more: dict[str, Any] = {"group": group, "at": point.period.start if point else None}
    return question.with_(**more)


def _by_period(trend: Trend) -> list[tuple[Point, ...]]:
    return list(zip(*(series.points for series in trend.series), strict=True))
