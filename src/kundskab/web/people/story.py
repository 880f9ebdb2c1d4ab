"""The rhythm of a person and what they stand out by, in plain words; and the year of their days as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from kundskab.events.said import goods
from kundskab.pipeline.answers import PersonRow
from kundskab.profiles.rhythm import Gap, Habit, Rhythm
from kundskab.profiles.standout import Standout
from kundskab.web.base.templatetags.say import count, day
from kundskab.web.people.sayings import SAYINGS, plain

YEAR = timedelta(weeks=52)
MOSTLY = 0.5
NEARLY_ALWAYS = 0.75  # of the days of a weekday, from which weekday and hour are said in one breath
UNEVEN = 4  # times the lower end, from which a middle gap is no habit
LONG_PAUSE = 21  # days; shorter ones are not worth a sentence

DAYS = {
    "monday": lazy("on Mondays"), "tuesday": lazy("on Tuesdays"), "wednesday": lazy("on Wednesdays"),
    "thursday": lazy("on Thursdays"), "friday": lazy("on Fridays"), "saturday": lazy("on Saturdays"),
    "sunday": lazy("on Sundays"), "weekend": lazy("at weekends"), "weekdays": lazy("on weekdays"),
}  # fmt: skip
HOURS = {
    "night": lazy("at night"), "morning": lazy("in the morning"),
    "afternoon": lazy("in the afternoon"), "evening": lazy("in the evening"),
}  # fmt: skip
NAMES_OF_DAYS = {
    "monday": lazy("Monday"), "tuesday": lazy("Tuesday"), "wednesday": lazy("Wednesday"), "thursday": lazy("Thursday"),
    "friday": lazy("Friday"), "saturday": lazy("Saturday"), "sunday": lazy("Sunday"), "weekend": lazy("weekend"),
    "weekdays": lazy("weekday"),
}  # fmt: skip
PLURALS = {
    "night": lazy("nights"), "morning": lazy("mornings"),
    "afternoon": lazy("afternoons"), "evening": lazy("evenings"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Telling:
    """One sentence, and the doubt that belongs to it: "" where it is a plain count."""

    said: str
    doubt: str = ""


def opening(known: Rhythm | None, *, ended: date | None = None) -> str:
    """Since when they are here and when they were last, by what they did themselves. ended: the end of old records."""
    if known is None:
        return _("Somebody we know, and have not yet seen doing anything.")
    if known.days == 1:
        return _("Somebody who was here once, on %(day)s.") % {"day": day(known.first)}
    said = _("Somebody who has been here since %(first)s, came on %(days)s days, and was last here %(ago)s.")
    return said % {"first": day(known.first), "days": count(known.days), "ago": _ago(known, ended)}


def _ago(known: Rhythm, ended: date | None) -> str:
    days = known.silent_days
    if ended or days > 60:
        return _("on %(day)s") % {"day": day(known.last)}
    if days < 2:
        return _("yesterday") if days else _("today")
    return _("%(n)d days ago") % {"n": days}


def rhythm(known: Rhythm | None, *, ended: date | None = None) -> Telling:
    """How often they come and when, in one sentence; says so when there is too little to tell."""
    if known is None:
        return Telling(_("They have done nothing themselves yet that we may look at."))
    if known.gap is None:
        seen = ngettext("Seen on %(n)d day so far", "Seen on %(n)d days so far", known.days) % {"n": known.days}
        return Telling(_("%(seen)s: too early to speak of a rhythm.") % {"seen": seen})
    when = habits(known)
    how, doubt = often(known.gap), _doubt(known)
    if ended:
        how = _("came %(often)s") % {"often": how.removeprefix("come ")}
        doubt += " " + _("The records end on %(day)s, which stands for today.") % {"day": day(ended)}
    return Telling(_("They %(often)s%(when)s.") % {"often": how, "when": f", {when}" if when else ""}, doubt)


def often(gap: Gap) -> str:
    """come about every third week; come now and then, at uneven times."""
    if gap.high > UNEVEN * gap.low and gap.high > 7:
        return _("come at uneven times")
    days = gap.days
    if days <= 1.5:
        return _("come nearly every day")
    for most, said in (
        (6, _("come about every %(n)d days") % {"n": round(days)}),
        (8, _("come about once a week")),
        (12, _("come about every %(n)d days") % {"n": round(days)}),
        (17, _("come about every other week")),
        (25, _("come about every third week")),
        (38, _("come about once a month")),
        (50, _("come about every %(n)d weeks") % {"n": round(days / 7)}),
        (75, _("come about every other month")),
    ):
        if days < most:
            return said
    return _("come about every %(n)d months") % {"n": round(days / 30.4)}


def comes(row: PersonRow) -> str:
    """How often, as a cell of a list: about every third week; too early to say."""
    if row.gap is None:
        return _("too early to say")
    said = often(row.gap)
    return said.removeprefix("come ")


def habits(known: Rhythm) -> str:
    """mostly on Sunday evenings; often at weekends; ""."""
    weekday, daypart = known.weekday, known.daypart
    if weekday and daypart and known.both is not None and known.both >= NEARLY_ALWAYS * weekday.times:
        together = _("on %(day)s %(part)s") % {"day": NAMES_OF_DAYS[weekday.what], "part": PLURALS[daypart.what]}
        return f"{_how_often(weekday)} {together}"
    said = [f"{_how_often(habit)} {words[habit.what]}"
            for habit, words in ((weekday, DAYS), (daypart, HOURS)) if habit]  # fmt: skip
    return _(" and ").join(said)


def _how_often(habit: Habit) -> str:
    return _("mostly") if habit.times >= MOSTLY * habit.of else _("often")


def _doubt(known: Rhythm) -> str:
    gap = known.gap
    assert gap is not None
    said = ngettext("Told from %(n)s day", "Told from %(n)s days", known.days) % {"n": count(known.days)}
    if round(gap.low) == round(gap.high):
        return f"{said}."
    between = _("the middle gap between them is somewhere from %(low)d to %(high)d days")
    return f"{said}; {between % {'low': round(gap.low), 'high': round(gap.high)}}."


def pause(known: Rhythm | None, *, ended: date | None = None) -> str:
    """Their longest pause, and today's silence where it is longer; "" when there is nothing to tell."""
    if known is None or known.gap is None or known.pause is None:
        return ""
    if known.never_so_long and known.silent_days > LONG_PAUSE and ended:
        return _("When the records end they had been away for %(n)s days, longer than ever before; until then their "
                 "longest pause was %(longest)s days.") % {"n": count(known.silent_days),
                                                           "longest": count(known.pause.days)}  # fmt: skip
    if known.never_so_long and known.silent_days > LONG_PAUSE:
        return _("They have been away for %(n)s days now, longer than ever before; until now their longest pause was "
                 "%(longest)s days.") % {"n": count(known.silent_days), "longest": count(known.pause.days)}  # fmt: skip
    if known.pause.days <= LONG_PAUSE:
        return ""
    said = _("Their longest pause was %(n)s days, from %(since)s to %(until)s.")
    return said % {"n": count(known.pause.days), "since": day(known.pause.since), "until": day(known.pause.until)}


def standout(found: Standout | None, compared: int | None, days: int) -> Telling:
    """What they stand out by, as a natural frequency; and why nothing is said where nothing is."""
    if compared is None:
        return Telling(_("Too early to say: there are not yet enough people to hold them against."))
    if found is None and days < 5:
        return Telling(_("Too early to say: they were here on too few days."))
    if found is None:
        return Telling(
            _("Nothing. Held against %(n)s people, on days like theirs and at the same time of year, "
              "they do what people do.") % {"n": count(compared)}
        )  # fmt: skip
    said = _("%(what)s on %(days)s of the %(of)s days we saw them. Of people as active, at the same time of year, "
             "it would be on about %(expected)s.")  # fmt: skip
    doubt = _("About %(times)s times as often; between %(low)s and %(high)s times. Held against %(n)s people and drawn "
              "towards them, so that a few days prove nothing.")  # fmt: skip
    return Telling(
        said % {"what": _what(found), "days": count(found.days), "of": count(found.of_days),
                "expected": _about(found.expected)},
        doubt % {"times": _times(found.times), "low": _times(found.low), "high": _times(found.high),
                 "n": count(found.persons)},
    )  # fmt: skip


def _what(found: Standout) -> str:
    if found.kind == "category":
        return _("They turned to %(what)s") % {"what": goods(found.behaviour)}
    if found.kind == "channel":
        return _("They came by %(what)s") % {"what": found.behaviour}
    _with, without = SAYINGS.get(plain(found.behaviour), ("", ""))
    if without:
        return _("They %(did)s") % {"did": _(without)}
    return _("They did “%(what)s”") % {"what": found.behaviour.replace("_", " ")}


def _about(expected: float) -> str:
    if expected < 0.5:
        return _("none")
    return count(round(expected))


def _times(times: float) -> str:
    return f"{times:.1f}" if times < 9.95 else f"{times:.0f}"


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the year picture: column (week), row (Monday 0), shade 1 to 4."""

    day: date
    events: int
    x: int
    y: int
    shade: int


def year(days: Mapping[date, int], *, until: date) -> tuple[Square, ...]:
    """The days with events in 53 weeks, placed as in a calendar; empty days are not in it. days: day -> events."""
    monday = until - timedelta(days=until.weekday()) - YEAR
    return tuple(
        Square(on, events, (on - monday).days // 7, on.weekday(), _shade(events))
        for on, events in sorted(days.items())
        if monday <= on <= until
    )


def _shade(events: int) -> int:
    return 1 + (events > 2) + (events > 6) + (events > 14)
