"""What somebody did, as a plain sentence: "viewed Tarn 2 tent in tents", "ordered 3 things".

A visit is told in one sentence of several deeds: "searched; viewed Tarn 2 tent, Fell stove and 3 more in tents and
stoves; put Tarn 2 tent in the cart".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from kundskab.pipeline.answers import EventRow
from kundskab.web.base.templatetags.say import count, listed
from kundskab.web.people.sayings import SAYINGS, plain

NAMED = 3  # things that a sentence names before it counts the rest
BOUGHT = {"order completed", "purchase"}
SENT_BACK = "order refunded"
IN_PASSING = {"page viewed", "screen viewed", "app opened", "application opened", "cart viewed"}
CLAUSES = 5  # what is done in passing is left out of a sentence longer than this


@dataclass(frozen=True, slots=True)
class Deed:
    """A sentence with holes: pattern.format(action=..., object=..., category=...) says it."""

    pattern: str
    action: str
    object: str
    category: str
    of: tuple[EventRow, ...] = ()  # the events it tells

    def __str__(self) -> str:
        return self.pattern.format(action=self.action, object=self.object, category=self.category)


def tell(event: EventRow) -> Deed:
    """One event as a sentence without its subject, its money or its time."""
    # Somebody who looked through tents did so even when no product was named.
    thing = _thing(event) or event.category or ""
    aside = event.category if event.object and _is_shelf(event) else ""
    pattern = _pattern(kind(event), bool(thing)) + (_(" in {category}") if aside else "")
    return Deed(pattern, plain(event.action), thing, aside or "", (event,))


def kind(event: EventRow) -> str:
    """The action as words; a purchase that counts backwards, as files of orders have them, is a thing sent back."""
    action = plain(event.action)
    backwards = (event.quantity or 0) < 0 or (event.value or 0) < 0
    return SENT_BACK if action in BOUGHT and backwards else action


def tell_visit(events: Sequence[EventRow]) -> tuple[Deed, ...]:
    """A visit, oldest event first, as the deeds of one sentence, in the order in which each was done first."""
    by_action: dict[str, list[EventRow]] = {}
    for event in events:
        by_action.setdefault(kind(event), []).append(event)
    weighty = {action: rows for action, rows in by_action.items() if action not in IN_PASSING}
    told = weighty if weighty and len(by_action) > CLAUSES else by_action
    return tuple(_together(rows) for rows in told.values())


def _together(rows: list[EventRow]) -> Deed:
    """Events of one action as one deed: things by name, then how many more; shelves after them."""
    if len(rows) == 1:
        return tell(rows[0])
    if all(row.value or row.quantity for row in rows):
        things, shelves = list(dict.fromkeys(_thing(row) for row in rows)), []
    else:
        things = list(dict.fromkeys(name for row in rows if (name := row.object_name or row.object)))
        shelves = list(dict.fromkeys(row.category for row in rows if row.category and _is_shelf(row)))
    if not things:
        things, shelves = shelves, []
    times = "" if len(things) > 1 else _(" twice") if len(rows) == 2 else _(" {n} times").format(n=count(len(rows)))
    deed = replace(tell(rows[0]), object=_some(things), category=_some(shelves), of=tuple(rows))
    aside = _(" in {category}") if shelves else ""
    return replace(deed, pattern=_pattern(kind(rows[0]), bool(things)) + aside + times)


def _some(names: list[str]) -> str:
    """A, B and C; with more than NAMED of them: A, B and 4 more."""
    if len(names) <= NAMED:
        return listed(names)
    return listed([*names[: NAMED - 1], _("%(n)s more") % {"n": count(len(names) - NAMED + 1)}])


def _is_shelf(event: EventRow) -> bool:
    """Whether the category says where the object stands; "page" of a page viewed only repeats the action."""
    return (
        bool(event.category)
        and event.category != event.object
        and event.category.casefold() not in event.action.casefold()
    )


def _pattern(action: str, has_thing: bool) -> str:
    usual = ("{action}: {object}", "{action}")
    if not any(sign.isalpha() for sign in action):  # a number as an action's name
        usual = ("“{action}”: {object}", "“{action}”")
    with_thing, without = SAYINGS.get(action, usual)
    return _(with_thing) if has_thing else _(without)


def _thing(event: EventRow) -> str:
    many = abs(event.quantity or 1)
    if name := event.object_name or event.object:
        return name if many == 1 else f"{count(many)} × {name}"
    if event.quantity:
        return _("one thing") if many == 1 else _("{n} things").format(n=count(many))
    return ""
