"""Segments in words: the answer with its doubt, how a segment changes, how it came to be, where people go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from kundskab.metrics.readings import FEWEST, Reading
from kundskab.pipeline.segments.answers import Card, Happening, OneThing, Overview, Portrait
from kundskab.segments.behaviours import BETWEEN
from kundskab.segments.flows import Flow, Move
from kundskab.segments.names import said as spoken
from kundskab.segments.names import said_together
from kundskab.segments.standing import ACROSS, AWAY, EARLY
from kundskab.web.base.templatetags.say import count, day, is_a_code

HAPPENED = {
    "born": lazy("Born"),
    "merged": lazy("Merged"),
    "split": lazy("Split"),
    "died": lazy("Died out"),
}


@dataclass(frozen=True, slots=True)
class Stream:
    """A move as a list shows it. to: the segment that it leads to; "" for what is no segment."""

    place: str
    to: str
    move: Move


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a family tree."""

    happening: Happening
    said: str


def frequency(reading: Reading) -> str:
    """about 31 of 100; fewer than 1 of 100."""
    n = round(100 * reading.value)
    return _("about %(n)d") % {"n": n} if n else _("fewer than one")


def _how_many(reading: Reading) -> int:
    """Whether one or many are spoken of; "fewer than one" is one."""
    return max(1, round(100 * reading.value))


def between(reading: Reading) -> str:
    """between 27 and 35; "" where there is nothing between."""
    if reading.hidden or not reading.is_sure:
        return ""
    low, high = round(100 * reading.low), round(100 * reading.high)
    return _("between %(low)d and %(high)d") % {"low": low, "high": high} if low != high else ""


def answer(found: Overview) -> str:
    living = len(found.living)
    if not living:
        return _("Nobody does anything often enough yet to be told apart from others.")
    said = ngettext("There is one way of being a customer", "There are %(n)d ways of being a customer", living)
    said %= {"n": living}
    largest = next((card for card in found.living if not card.size.hidden), None)
    if largest is None:
        return _("%(ways)s, each of fewer than %(few)d people.") % {"ways": said, "few": FEWEST}
    said += ", " + _("and most people do a little of several.") if living > 1 else "."
    said += " " + _("The largest is “%(name)s”: %(n)s of 100 customers, each counted by the part of what they do.") % {
        "n": frequency(largest.size), "name": largest.name,
    }  # fmt: skip
    if not found.crossing.hidden and found.crossing.value > 0:
        crossing = ngettext("Of 100 whom we know well enough, %(n)s does much of several and is put in none.",
                            "Of 100 whom we know well enough, %(n)s do much of several and are put in none.",
                            _how_many(found.crossing))  # fmt: skip
        said += " " + crossing % {"n": frequency(found.crossing)}
    return said


def doubt(found: Overview) -> str:
    largest = next((card for card in found.living if not card.size.hidden), None)
    said = []
    if largest and between(largest.size):
        said.append(_("Chance alone could have made the largest %(between)s.") % {"between": between(largest.size)})
    if not found.early.hidden and found.early.value > 0:
        early = ngettext("%(n)s of 100 customers has done too little yet for us to say where they belong.",
                         "%(n)s of 100 customers have done too little yet for us to say where they belong.",
                         _how_many(found.early))  # fmt: skip
        said.append(early % {"n": frequency(found.early).capitalize()})
    return " ".join(said)


def portrait_answer(found: Portrait) -> str:
    card = found.card
    if card.status == "merged":
        return _("It is no more: it became one with another.")
    if card.status == "died":
        return _("It is no more: too few behave like that.")
    if card.size.hidden:
        return _("Fewer than %(n)d customers are here, so how many is not shown.") % {"n": FEWEST}
    said = ngettext("Of 100 customers %(n)s is here, each counted by the part of what they do.",
                    "Of 100 customers %(n)s are here, each counted by the part of what they do.",
                    _how_many(card.size)) % {"n": frequency(card.size)}  # fmt: skip
    if not card.mostly.hidden and card.mostly.value > 0:
        said += " " + mostly(card)
    if card.doing:
        said += " " + _("Beyond others, somebody like this %(does)s.") % {"does": said_together(card.doing)}
    return said


def mostly(card: Card) -> str:
    """How many do this more than all else; "" where that is hidden or nobody."""
    if card.mostly.hidden or not card.mostly.value:
        return ""
    return ngettext("Of 100 whom we know well enough, %(n)s does this most of all.",
                    "Of 100 whom we know well enough, %(n)s do this most of all.",
                    _how_many(card.mostly)) % {"n": frequency(card.mostly)}  # fmt: skip


def portrait_doubt(found: Portrait) -> str:
    if not found.card.is_living or not between(found.card.size):
        return ""
    said = _("How many are here may be %(between)s, had chance sent us other people like these.")
    return said % {"between": between(found.card.size)}


def is_by_code(behaviour: str) -> bool:
    """Whether what it is done to seems to be a code, as 85123A, and no name."""
    return is_a_code(behaviour.partition(BETWEEN)[2])


def one_thing(found: OneThing | None) -> str:
    """Where a segment stands out most, of 100 things that they do and of 100 that everybody does."""
    if found is None:
        return ""
    words = {"does": spoken(found.behaviour), "ours": finely(found.value), "usual": finely(found.usual)}
    told = _("%(does)s: %(ours)s of 100 things that they do; of 100 that everybody does, %(usual)s.") % words
    return told[:1].upper() + told[1:]


def finely(share: float) -> str:
    """0.124 -> 12, 0.0124 -> 1.2, 0.0004 -> fewer than 0.1: of 100."""
    if 0 < share < 0.0005:
        return _("fewer than 0.1")
    return f"{100 * share:.0f}" if share >= 0.0995 or not share else f"{100 * share:.1f}"


def change(card: Card) -> str:
    """How its size went since the refresh before; a change that chance may have made is none."""
    if card.is_new:
        return _("new since the last refresh")
    if card.was is None or not card.is_living or card.size.hidden:
        return ""
    now, was = round(100 * card.size.value), round(100 * card.was)
    if card.size.low <= card.was <= card.size.high or now == was:
        return _("as large as at the refresh before")
    said = _("grown from %(was)d to %(now)d of 100") if now > was else _("shrunk from %(was)d to %(now)d of 100")
    return said % {"was": was, "now": now}


def place(name: str, names: Mapping[str, str], *, before: bool) -> str:
    """What a place of a flow is called."""
    if name == AWAY:
        return _("not here yet") if before else _("no longer here")
    return {ACROSS: _("across several"), EARLY: _("too early to say")}.get(name) or names.get(name, name)


def in_time(found: Portrait) -> Any:
    """Its size over time as a drawing; None where there is only one refresh."""
    from kundskab.pipeline.segments.over_time import line_of
    from kundskab.web.segments.lines import draw

    return draw([line_of(found.card.name, found.sizes)])


def came(flow: Flow, segment: str, names: Mapping[str, str]) -> list[Stream]:
    """From where people came into a segment; those of five people or more."""
    return [Stream(place(move.source, names, before=True), _to(move.source), move)
            for move in flow.into(segment) if _shown(move)]  # fmt: skip


def went(flow: Flow, segment: str, names: Mapping[str, str]) -> list[Stream]:
    """Whereto people left it."""
    return [Stream(place(move.target, names, before=False), _to(move.target), move)
            for move in flow.out_of(segment) if _shown(move)]  # fmt: skip


def _shown(move: Move) -> bool:
    return move.n >= FEWEST and move.persons >= 0.5


def _to(name: str) -> str:
    return "" if name in (ACROSS, EARLY, AWAY) else name


def steps(found: Portrait) -> list[Step]:
    """Its family tree as sentences, oldest first."""
    return [Step(each, _step(each, found.card.segment, found.names)) for each in found.tree]


def _step(each: Happening, segment: str, names: Mapping[str, str]) -> str:
    own = each.segment == segment
    other = names.get((each.other if own else each.segment) or "", each.other or each.segment)
    if each.happening == "merged":
        return _("It became one with “%(other)s”.") % {"other": other} if own else (
            _("“%(other)s” became one with it.") % {"other": other}
        )  # fmt: skip
    if each.happening == "split":
        return _("It split off from “%(other)s”.") % {"other": other} if own else (
            _("“%(other)s” split off from it.") % {"other": other}
        )  # fmt: skip
    if each.happening == "died":
        return _("It died out.")
    if own and each.other:
        return _("It was born, out of “%(other)s”.") % {"other": other}
    return _("It was born.") if own else _("“%(other)s” was born out of it.") % {"other": other}


def moved(flow: Flow, names: Mapping[str, str]) -> str:
    """The answer of the flow page: how many stayed, and the largest move."""
    aside = (EARLY, AWAY)
    both = [move for move in flow.moves if move.source not in aside and move.target not in aside]
    there = sum(move.persons for move in both)
    stayed = sum(move.persons for move in both if move.stays)
    if there < FEWEST:
        return _("Too few people were known well enough both times to tell who moved.")
    said = _("Of 100 customers whom we knew well enough both times, about %(n)d still do what they did.") % {
        "n": round(100 * stayed / there)
    }
    aside = (EARLY, AWAY)
    largest = next((move for move in flow.moves if not move.stays and _shown(move)
                    and move.source not in aside and move.target not in aside), None)  # fmt: skip
    if largest is None or round(largest.persons) < FEWEST:
        return said + " " + _("No move came to %(few)d people.") % {"few": FEWEST}
    return (
        said
        + " "
        + _("The largest move is from “%(source)s” to “%(target)s”: about %(n)s people.")
        % {
            "source": place(largest.source, names, before=True),
            "target": place(largest.target, names, before=False),
            "n": count(round(largest.persons)),
        }
    )


def moved_doubt(flow: Flow) -> str:
    hidden = sum(not _shown(move) for move in flow.moves)
    early = sum(move.persons for move in flow.moves if move.source in (EARLY, AWAY) and move.target in (EARLY, AWAY))
    said = []
    if round(early) >= FEWEST:
        known = _("%(n)s people of whom we had seen too little both times are not in the picture.")
        said.append(known % {"n": count(round(early))})
    if hidden:
        few = ngettext("%(n)d move that fewer than %(few)d people took part in is left out.",
                       "%(n)d moves that fewer than %(few)d people took part in are left out.", hidden)  # fmt: skip
        said.append(few % {"n": hidden, "few": FEWEST})
    return " ".join(said)


def as_of(found: Overview | Portrait) -> str:
    return _("As of %(day)s.") % {"day": day(found.as_of)}
