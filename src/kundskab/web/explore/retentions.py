"""Retention in an address, and its answer in words."""

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

from kundskab.metrics.dimensions import in_words
from kundskab.metrics.periods import STEPS
from kundskab.metrics.readings import FEWEST
from kundskab.metrics.retention import Cell, Cohort, Retention, RetentionQuery, Span
from kundskab.metrics.trend import REST
from kundskab.pipeline.explore import Choices
from kundskab.web.base.templatetags.say import count, day
from kundskab.web.explore import address, figures
from kundskab.web.explore.kinds import Kind
from kundskab.web.explore.question import STEP_WORDS
from kundskab.web.explore.sheet import harmless, number

KIND_WORDS = {
    "on": _lazy("in that period"),
    "rolling": _lazy("in it or any later one"),
    "bracket": _lazy("in spans of periods"),
}
USUAL = {"day": 12, "week": 12, "month": 12}  # periods of beginning that are looked at
_DAYS = {"day": 1, "week": 7, "month": 31}
_MOST = 26  # periods a page shows
_BRACKETS = (0, 1, 4, 8)


@dataclass(frozen=True, slots=True)
class RetentionAsking:
    query: RetentionQuery

    @property
    def only(self) -> str:
        return figures.only(self.query.first)

    @property
    def said(self) -> dict[str, Any]:
        query = self.query
        return {
            "first": query.first.action,
            "back": query.back.action,
            **address.condition(query.first),
            "step": query.step,
            "kind": query.kind if query.kind != "on" else None,
            "periods": query.periods if query.kind != "bracket" else None,
            "brackets": self.brackets if query.kind == "bracket" else None,
            "by": query.by,
            "since": query.since,
            "until": query.until,
        }

    @property
    def brackets(self) -> str:
        return ",".join(str(each) for each in self.query.brackets)


def read(asked: QueryDict, choices: Choices, today: date) -> RetentionAsking:
    step = address.one_of(asked.get("step"), STEPS) or "week"
    until = address.day(asked.get("until")) or min(today, choices.last or today)
    usual = until - timedelta(days=USUAL[step] * _DAYS[step] - 1)
    since = address.day(asked.get("since")) or max(usual, min(choices.first or until, until))
    where = address.where(asked)
    return RetentionAsking(
        RetentionQuery(
            since=min(since, until),
            until=max(since, until),
            first=address.act(asked.get("first"), where),
            back=address.act(asked.get("back"), where),
            step=step,
            kind=address.one_of(asked.get("kind"), KIND_WORDS) or "on",
            periods=address.whole(asked.get("periods"), usual=9, most=_MOST),
            brackets=_brackets(asked.get("brackets")),
            by=asked.get("by") or None,
        )
    )


def _brackets(said: str | None) -> tuple[int, ...]:
    parts = [part.strip() for part in (said or "").split(",")][:12]
    if len(parts) > 1 and all(part.isascii() and part.isdecimal() and len(part) < 4 for part in parts):
        return tuple(int(part) for part in parts)  # whether they rise is for the metric to say
    return _BRACKETS


def words(asking: RetentionAsking) -> dict[str, Any]:
    return {"kinds": KIND_WORDS, "steps": STEP_WORDS, "most": _MOST}


def told(found: Retention, asking: RetentionAsking, walks: bool) -> dict[str, Any]:
    query = found.query
    most = max((_height(cell) for row in (found.together, *found.cohorts) for cell in row.cells), default=0)
    answer, doubt = _answer(found)
    return {
        "title": _title(query),
        "answer": answer + asking.only,
        "doubt": doubt,
        "notes": _notes(found),
        "spans": [str(span) for span in found.spans],
        "when": _("Group") if query.by else _("Began in the") + f" {query.step}",
        "rows": [_row(row, found, asking, walks, most) for row in (found.together, *reversed(_ordered(found)))],
        "split": in_words(query.by) if query.by else "",
        "step_one": query.step,
        "n": None if found.together.size.hidden else found.together.size.n,
        "is_empty": found.is_empty or found.together.size.hidden,
        "who": link(asking, found.together) if walks else "",
    }


def which(asked: QueryDict, query: RetentionQuery) -> tuple[dict[str, Any], str]:
    """Who is asked for, and what they did, in words that follow "40 people"."""
    cohort = asked.get("cohort") or None
    span = address.whole(asked.get("span"), usual=0, most=60)
    came = asked.get("lost") is None
    did = _("began with “%(first)s”") % {"first": figures.called(query.first)}
    if cohort and query.by is None:
        did += _(" in the %(step)s of %(day)s") % {"step": query.step, "day": day(address.day(cohort)) or cohort}
    did += figures.where(query.by, cohort)
    if span:
        came_back = _("came back in %(span)s") if came else _("did not come back in %(span)s")
        did += _(" and ") + came_back % {"span": span_words(query, span - 1)}
    return {"span": span - 1 if span else None, "came": came, "cohort": cohort}, did


def span_words(query: RetentionQuery, n: int) -> str:
    from kundskab.metrics.retention import spans_of

    spans = spans_of(query)
    return _span(query, spans[n]) if n < len(spans) else str(n)


def link(asking: RetentionAsking, cohort: Cohort, n: int | None = None) -> str:
    """The query part that leads to the people behind a number; empty where they are fewer than five."""
    if cohort.size.hidden or cohort.name == REST:
        return ""
    people = cohort.size.n if n is None else figures.behind(cohort.cells[n].reading)
    if people < FEWEST:
        return ""
    span = None if n is None else n + 1
    return address.written({**asking.said, "span": span, "cohort": cohort.name})


def sheet(found: Retention) -> Iterator[list[Any]]:
    yield ["cohort", "began", "span", "unit", "came_back", "low", "high", "persons", "waiting", "hidden"]
    for row in (found.together, *found.cohorts):
        for cell in row.cells:
            reading = cell.reading
            began = "" if row.size.hidden else row.size.n
            numbers = [number(each) for each in (reading.value, reading.low, reading.high)]
            persons = "" if reading.hidden else reading.n
            unit, hidden = found.query.step, "yes" if reading.hidden else "no"
            yield [
                harmless(row.name or "everybody"),
                began,
                str(cell.span),
                unit,
                *numbers,
                persons,
                cell.waiting,
                hidden,
            ]


def figure(found: Retention, theme: str, to: Any) -> Any:
    from kundskab.charts.retention import figure as drawn

    return drawn(found, theme=theme, link=to)


def _title(query: RetentionQuery) -> str:
    first, back = figures.called(query.first), figures.called(query.back)
    if query.first.action is None:
        return _("Of those who come for the first time, who comes back?")
    if query.back.action in (None, query.first.action):
        return _("Of those who did “%(first)s”, who comes back?") % {"first": first}
    return _("Of those who did “%(first)s”, who does “%(back)s” later?") % {"first": first, "back": back}


def _answer(found: Retention) -> tuple[str, str]:
    if found.is_empty:
        return _("Nobody began in these days."), _(
            "Who came then had begun before, or nobody came: choose earlier days under “Begun from”."
        )
    if found.together.size.hidden:
        return _("Fewer than %(n)d people began, so it is not shown.") % {"n": FEWEST}, ""
    known = [cell for cell in found.together.cells if cell.reading.n and not cell.reading.hidden]
    later = [cell for cell in known if cell.span.start > 0] or known
    if not later:
        return _("Too early to say: for nobody a whole %(step)s has passed.") % {"step": found.query.step}, ""
    began = _("people who come for the first time,")
    if found.query.first.action is not None:
        began = _("people who did “%(first)s”,") % {"first": figures.called(found.query.first)}
    said, doubt = figures.frequency(later[0].reading, began)
    answer = _("%(said)s came back in %(span)s") % {"said": said, "span": _span(found.query, later[0].span)}
    if len(later) > 1:
        n = round(100 * later[-1].reading.value)
        last = _(", and about %(n)d in %(span)s") if n else _(", and none of 100 in %(span)s")
        answer += last % {"n": n, "span": _span(found.query, later[-1].span)}
        if doubt:  # of two numbers, it says whose it is
            doubt = f"{_span(found.query, later[0].span).capitalize()}: {doubt[:1].lower()}{doubt[1:]}"
    return answer + ".", doubt


def _span(query: RetentionQuery, span: Span) -> str:
    several = span.end is not None and span.end > span.start + 1
    step = {"day": _("days"), "week": _("weeks"), "month": _("months")}[query.step] if several else _(query.step)
    return f"{step} {span}"


def _notes(found: Retention) -> list[str]:
    notes = []
    hidden = sum(cell.reading.hidden for row in found.cohorts for cell in row.cells)
    if hidden:
        gaps = ngettext(
            "%(n)s number is left out: fewer than %(few)d people are behind it, or it would give such a number away.",
            "%(n)s numbers are left out: fewer than %(few)d people are behind them, or they would give one away.",
            hidden,
        )
        notes.append(gaps % {"n": count(hidden), "few": FEWEST})
    if any(cell.waiting for row in found.cohorts for cell in row.cells):
        notes.append(_("Who has not had the whole time yet is not counted in a number at all."))
    return notes


def _ordered(found: Retention) -> list[Cohort]:
    """The newest cohort is told first, of groups the largest."""
    return list(reversed(found.cohorts)) if found.query.by else list(found.cohorts)


def _row(row: Cohort, found: Retention, asking: RetentionAsking, walks: bool, most: float) -> dict[str, Any]:
    cells = []
    for n, cell in enumerate(row.cells):
        if not cell.reading.hidden and not cell.reading.n:
            cells.append(figures.Told("", title=_("Not over yet")))
        else:
            to = link(asking, row, n) if walks else ""
            cells.append(figures.of_100(cell.reading, who=to, heat=most))
    return {
        "name": _name(row, found),
        "size": figures.counted(row.size, who=link(asking, row) if walks else ""),
        "cells": cells,
        "finished": row.finished,
    }


def _name(row: Cohort, found: Retention) -> str:
    if row.name is None:
        return _("All together")
    if row.period is None:
        return row.name
    start = row.period.start
    return f"{start:%b %Y}" if found.query.step == "month" else f"{start.day} {start:%b %Y}"


def _height(cell: Cell) -> float:
    # Of those who began all came in their own first period where any act brings one back: that is not to be compared.
    value = cell.reading.value
    return 0.0 if cell.reading.hidden or isnan(value) else value


RETENTION = Kind("retention", read, words, told, which, sheet, figure, link)
