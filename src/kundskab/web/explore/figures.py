"""Numbers of a table, ready to print: of 100, what they may also be, and where they lead."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kundskab.metrics.acts import ANYTHING, Act
from kundskab.metrics.dimensions import in_words
from kundskab.metrics.readings import Reading, out_of
from kundskab.web.base.templatetags.say import count

_SECONDS = {"minutes": 60, "hours": 3600, "days": 86400}
_TIMES = (
    (_lazy("days"), 86400),
    (_lazy("hours"), 3600),
    (_lazy("minutes"), 60),
    (_lazy("seconds"), 1),
)


@dataclass(frozen=True, slots=True)
class Told:
    """text: the number.  between: its interval, or nothing.  who: an address behind it, or nothing."""

    text: str
    between: str = ""
    who: str = ""
    hidden: bool = False
    title: str = ""  # the whole of it in words, for a resting pointer
    heat: int = 0  # 0-9: how large among its like


def called(act: Act) -> str:
    """An act by its action alone: its condition is said once, by `only`."""
    return act.action or str(ANYTHING)


def only(act: Act) -> str:
    """The condition of a question's acts as a sentence that follows another; "" where there is none."""
    said = [(in_words(name), _(" or ").join(f"“{value}”" for value in values)) for name, values in act.where]
    return "".join(_(" Only what has %(what)s %(is)s is counted.") % {"what": what, "is": is_} for what, is_ in said)


def of_100(reading: Reading, *, who: str = "", heat: float = 0.0) -> Told:
    """A share, of 100 people; heat: what would be the largest one."""
    if reading.hidden:
        return Told(_("hidden"), hidden=True, title=_("Fewer than five people, or it would tell of such a number"))
    if isnan(reading.value):
        return Told("–", title=_("Nobody yet"))
    value, low, high = _alike(100 * reading.value, 100 * reading.low, 100 * reading.high)
    ends = f"{low}–{high}" if reading.is_sure else ""
    words = {"of": count(reading.n), "low": low, "high": high}
    return Told(
        value,
        ends,
        who,
        title=_("between %(low)s and %(high)s of 100; counted are %(of)s persons") % words if ends else "",
        heat=min(9, round(9 * reading.value / heat)) if heat else 0,
    )


def time(reading: Reading) -> Told:
    """An amount of minutes, hours or days in the unit that tells it best, with what it may also be."""
    if reading.hidden:
        return Told(_("hidden"), hidden=True, title=_("Fewer than five people, or it would tell of such a number"))
    if isnan(reading.value):
        return Told("–")
    seconds = _SECONDS[reading.unit]
    word, size = next((each for each in _TIMES if seconds * reading.value >= each[1]), _TIMES[-1])
    value, low, high = _alike(*(end * seconds / size for end in (reading.value, reading.low, reading.high)))
    return Told(f"{value} {word}", f"{low}–{high}" if reading.is_sure else "")


def counted(reading: Reading, *, who: str = "") -> Told:
    """How many people there were: a plain count needs no interval in a table of shares."""
    if reading.hidden:
        return Told(_("few"), hidden=True)
    return Told(count(round(reading.value)), who=who)


def frequency(reading: Reading, people: str) -> tuple[str, str]:
    """("Of 100 people about 31", "Between 27 and 35, had chance ..."); the second is empty without an interval."""
    of = out_of(reading)
    said = _("Of %(of)s %(people)s about %(n)s") % {
        "of": count(of),
        "people": people,
        "n": count(round(of * reading.value)),
    }
    low, high = round(of * reading.low), round(of * reading.high)
    between = _("Between %(low)s and %(high)s, had chance sent us other people like these.")
    return said, between % {"low": count(low), "high": count(high)} if low != high else ""


def behind(reading: Reading) -> int:
    """How many people are above the line of a share; 0 where that is not told."""
    return 0 if reading.hidden or isnan(reading.value) else round(reading.value * reading.n)


def where(by: str | None, group: str | None) -> str:
    """The end of a sentence about people of one group."""
    if by is None or group is None:
        return ""
    return _(", where the %(dimension)s was %(group)s") % {"dimension": in_words(by), "group": group}


def _alike(value: float, low: float, high: float) -> tuple[str, str, str]:
    """All three with the decimals that their doubt leaves meaning to: 31 (27 to 35), 0.4 (0.1 to 1.6)."""
    width = value if isnan(low) or isnan(high) else high - low
    decimals = 0 if width >= 3 or value == round(value) == low == high else 1
    return tuple(f"{end:,.{decimals}f}" for end in (value, low, high))  # type: ignore[return-value]
