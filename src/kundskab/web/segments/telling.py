"""Segments in words: the answer with its doubt, how a segment changes, how it came to be, where people go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from kundskab.metrics.readings import FEWEST, Reading
from kundskab.pipeline.segments.answers import Card, Happening, Overview, Portrait
from kundskab.segments.flows import Flow, Move
from kundskab.segments.standing import ACROSS, AWAY, EARLY
from kundskab.web.base.templatetags.say import count, day

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
    said = ngettext("One way of being a customer", "%(n)d ways of being a customer", living) % {"n": living}
    largest = next((card for card in found.living if not card.size.hidden), None)
    if largest is None:
        return _("%(ways)s, each of fewer than %(few)d people.") % {"ways": said, "few": FEWEST}
    said += ", " + _("and people do some of several.")
    said += " " + _("The largest is “%(name)s”: %(n)s of 100 customers, each counted by the part of what they do.") % {
        "n": frequency(largest.size), "name": largest.name,
    }  # fmt: skip
    if not found.crossing.hidden and found.crossing.value > 0:
        crossing = _("Of 100 whom we know well enough %(n)s go across several and are put in none.")
        said += " " + crossing % {"n": frequency(found.crossing)}
    return said


def doubt(found: Overview) -> str:
    largest = next((card for card in found.living if not card.size.hidden), None)
    said = []
    if largest and between(largest.size):
        said.append(_("The largest may be anything %(between)s.") % {"between": between(largest.size)})
    if not found.early.hidden and found.early.value > 0:
        early = _("Of %(n)s of 100 it is too early to say: we have seen too little of them.")
        said.append(early % {"n": frequency(found.early)})
    return " ".join(said)


def portrait_answer(found: Portrait) -> str:
    card = found.card
    if card.status == "merged":
        return _("It is no more: it became one with another.")
    if card.status == "died":
        return _("It is no more: too few behave like that.")
    if card.size.hidden:
        return _("Fewer than %(n)d customers are here, so how many is not shown.") % {"n": FEWEST}
    said = _("Of 100 customers %(n)s are here, each counted by the part of what they do.") % {"n": frequency(card.size)}
    if not card.mostly.hidden and card.mostly.value > 0:
        said += " " + _("Of 100 whom we know well enough %(n)s do most of all this.") % {"n": frequency(card.mostly)}
    if card.doing:
        said += " " + _("What sets them apart is %(what)s.") % {"what": spoken(card.doing)}
    return said


def portrait_doubt(found: Portrait) -> str:
    if not found.card.is_living or not between(found.card.size):
        return ""
    said = _("It may be %(between)s, had chance sent us other people like these.")
    return said % {"between": between(found.card.size)}


def spoken(behaviours: Sequence[str]) -> str:
    """“Product Viewed · tents”, “Order Completed” and “Workshop”."""
    quoted = [f"“{each}”" for each in behaviours]
    return quoted[0] if len(quoted) == 1 else _("%(most)s and %(last)s") % {
        "most": ", ".join(quoted[:-1]), "last": quoted[-1],
    }  # fmt: skip


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
    said = _("Of 100 customers whom we knew well enough both times about %(n)d do what they did.") % {
        "n": round(100 * stayed / there)
    }
    aside = (EARLY, AWAY)
    largest = next((move for move in flow.moves if not move.stays and _shown(move)
                    and move.source not in aside and move.target not in aside), None)  # fmt: skip
    if largest:
        said += " " + _("Most of the others went from “%(source)s” to “%(target)s”: about %(n)s.") % {
            "source": place(largest.source, names, before=True),
            "target": place(largest.target, names, before=False),
            "n": count(round(largest.persons)),
        }
    return said


def moved_doubt(flow: Flow) -> str:
    hidden = sum(not _shown(move) for move in flow.moves)
    early = sum(move.persons for move in flow.moves if move.source in (EARLY, AWAY) and move.target in (EARLY, AWAY))
    said = []
    if round(early) >= FEWEST:
        known = _("%(n)s people, of whom it is too early to say, are not in the picture.")
        said.append(known % {"n": count(round(early))})
    if hidden:
        few = ngettext("%(n)d move of fewer than %(few)d people is left out.",
                       "%(n)d moves of fewer than %(few)d people are left out.", hidden)  # fmt: skip
        said.append(few % {"n": hidden, "few": FEWEST})
    return " ".join(said)


def as_of(found: Overview | Portrait) -> str:
    return _("As of %(day)s.") % {"day": day(found.as_of)}
