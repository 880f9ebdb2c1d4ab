"""Paths in an address, and their answer in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from kundskab.metrics.paths import DIRECTIONS, NOTHING, OTHER, TOGETHER, Paths, in_words
from kundskab.metrics.readings import FEWEST
from kundskab.metrics.walks import PathsQuery
from kundskab.pipeline.explore import Choices
from kundskab.web.base.templatetags.say import count
from kundskab.web.explore import address, figures
from kundskab.web.explore.kinds import Kind
from kundskab.web.explore.sheet import harmless, number

DIRECTION_WORDS = {"after": _lazy("after it"), "before": _lazy("before it")}
WITHIN_WORDS = {
    "1": _lazy("an hour"),
    "24": _lazy("a day"),
    "168": _lazy("a week"),
    "720": _lazy("30 days"),
}
USUAL_DAYS = 90
_MOST_STEPS = 5
# Where people often decide, for who has not asked yet.
_USUAL = ("Products Searched", "Product Added", "Product Viewed")


@dataclass(frozen=True, slots=True)
class PathsAsking:
    query: PathsQuery

    @property
    def only(self) -> str:
        return figures.only(self.query.around)

    @property
    def said(self) -> dict[str, Any]:
        query = self.query
        return {
            "around": query.around.action,
            **address.condition(query.around),
            "direction": query.direction,
            "steps": query.steps,
            "within": self.hours,
            "since": query.since,
            "until": query.until,
        }

    @property
    def hours(self) -> str:
        return str(self.query.within // timedelta(hours=1))


def read(asked: QueryDict, choices: Choices, today: date) -> PathsAsking:
    until = address.day(asked.get("until")) or min(today, choices.last or today)
    since = address.day(asked.get("since")) or max(
        until - timedelta(days=USUAL_DAYS - 1), min(choices.first or until, until)
    )
    usual = next((name for name in _USUAL if name in choices.actions), next(iter(choices.actions), None))
    return PathsAsking(
        PathsQuery(
            around=address.act(asked.get("around") or usual, address.where(asked)),
            since=min(since, until),
            until=max(since, until),
            direction=address.one_of(asked.get("direction"), DIRECTIONS) or "after",
            steps=address.whole(asked.get("steps"), usual=3, most=_MOST_STEPS),
            within=timedelta(hours=address.whole(asked.get("within"), usual=24, most=366 * 24)),
            most=7,
        )
    )


def words(asking: PathsAsking) -> dict[str, Any]:
    own = {} if asking.hours in WITHIN_WORDS else {asking.hours: f"{asking.hours} h"}
    return {"directions": DIRECTION_WORDS, "withins": WITHIN_WORDS | own, "most_steps": range(1, _MOST_STEPS + 1)}


def told(found: Paths, asking: PathsAsking, walks: bool) -> dict[str, Any]:
    answer, doubt = _answer(found)
    before = found.query.direction == "before"
    return {
        "title": _title(found.query),
        "answer": answer + asking.only,
        "doubt": doubt,
        "notes": _notes(found),
        "stages": [_stage(found, n, asking, walks) for n in range(1, len(found.stages) + 1)],
        "walks": [_walk(way.names, way.reading, found, before) for way in found.walks],
        "other_walks": None if found.other_walks.hidden else figures.of_100(found.other_walks),
        "before": before,
        "n": found.people.n or None,
        "is_empty": not found.stages,
        "who": "",
    }


def which(asked: QueryDict, query: PathsQuery) -> tuple[dict[str, Any], str]:
    """Who is asked for, and what they did, in words that follow "40 people"."""
    step, action = address.whole(asked.get("at"), usual=1, most=query.steps), asked.get("did") or NOTHING
    words = {"around": figures.called(query.around), "action": action, "n": step}
    if action == NOTHING:
        after = _("had nothing more to do at step %(n)d after “%(around)s”")
        before = _("had done nothing more at step %(n)d before “%(around)s”")
    else:
        after = _("did “%(action)s” as step %(n)d after “%(around)s”")
        before = _("did “%(action)s” as step %(n)d before “%(around)s”")
    return {"step": step, "action": action}, (before if query.direction == "before" else after) % words


def link(asking: PathsAsking, number_: int, action: str, reading: Any = None) -> str:
    """The query part that leads to the people behind a number; empty where they are not to be listed."""
    if action in TOGETHER or (reading is not None and figures.behind(reading) < FEWEST):
        return ""
    return address.written({**asking.said, "at": number_, "did": action})


def sheet(found: Paths) -> Iterator[list[Any]]:
    yield ["what", "step", "action", "share", "low", "high", "persons"]
    for n, stage in enumerate(found.stages, 1):
        for way in stage:
            yield ["step", n, harmless(way.names[0]), *_numbers(way.reading)]
    for way in found.walks:
        yield ["way", "", harmless(" > ".join(way.names)), *_numbers(way.reading)]
    if not found.other_walks.hidden:
        yield ["way", "", OTHER, *_numbers(found.other_walks)]


def figure(found: Paths, theme: str, to: Any) -> Any:
    from kundskab.charts.paths import figure as drawn

    return drawn(found, theme=theme, link=to)


def _numbers(reading: Any) -> list[Any]:
    return [*(number(each) for each in (reading.value, reading.low, reading.high)), reading.n]


def _title(query: PathsQuery) -> str:
    if query.direction == "before":
        return _("What comes before “%(around)s”?") % {"around": figures.called(query.around)}
    return _("What comes after “%(around)s”?") % {"around": figures.called(query.around)}


def _answer(found: Paths) -> tuple[str, str]:
    query = found.query
    if not found.stages:
        few = _("Fewer than %(n)d people did it and had the whole time around it, so it is not shown.")
        return few % {"n": FEWEST}, ""
    way = found.stages[0][0]
    said, doubt = figures.frequency(
        way.reading, _("people who did “%(around)s”,") % {"around": figures.called(query.around)}
    )
    words = {"said": said, "action": way.names[0], "time": _time(query)}
    if way.names[0] == NOTHING:
        after, before = (
            _("%(said)s did nothing more within %(time)s."),
            _("%(said)s had done nothing in %(time)s before."),
        )
    else:
        after, before = _("%(said)s did “%(action)s” next."), _("%(said)s had done “%(action)s” right before.")
    return (before if query.direction == "before" else after) % words, doubt


def _time(query: PathsQuery) -> str:
    hours = query.within // timedelta(hours=1)
    if hours % 24:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": count(hours)}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": count(hours // 24)}


def _notes(found: Paths) -> list[str]:
    notes = [_("Going on with the same is told once; streams of fewer than five people are not drawn.")]
    if found.waiting:
        waiting = ngettext(
            "%(n)s person more, whose time around it is not wholly seen, is left out.",
            "%(n)s people more, whose time around it is not wholly seen, are left out.",
            found.waiting,
        )
        notes.append(waiting % {"n": count(found.waiting)})
    return notes


def _stage(found: Paths, n: int, asking: PathsAsking, walks: bool) -> dict[str, Any]:
    rows = []
    for way in found.stages[n - 1]:
        to = link(asking, n, way.names[0], way.reading) if walks else ""
        rows.append(
            {
                "name": in_words(way.names[0], found.query.direction),
                "told": figures.of_100(way.reading, who=to),
                "reading": way.reading,
            }
        )
    return {"number": n, "rows": rows, "top": max(row["reading"].high for row in rows)}


def _walk(names: tuple[str, ...], reading: Any, found: Paths, before: bool) -> dict[str, Any]:
    """A whole way in the order in which it was gone, told until nothing more came."""
    gone = [name for n, name in enumerate(names) if n == 0 or not (name == NOTHING and names[n - 1] == NOTHING)]
    around = figures.called(found.query.around)
    gone = [in_words(name, found.query.direction) for name in gone]
    return {"names": [*reversed(gone), around] if before else [around, *gone], "told": figures.of_100(reading)}


PATHS = Kind("paths", read, words, told, which, sheet, figure, link)
