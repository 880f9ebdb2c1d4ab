"""Which people a list shows and in which order, as far as an address can ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as lazy

from kundskab.pipeline.listing import ORDERS, Wanted

ORDERS_SAID = {
    "last seen": lazy("seen last first"),
    "first seen": lazy("newcomers first"),
    "events": lazy("most events first"),
}
SEEN = {
    "": (lazy("at any time"), None, None),
    "week": (lazy("in the last 7 days"), 7, None),
    "month": (lazy("in the last 30 days"), 30, None),
    "quiet": (lazy("not for 30 days"), None, 30),
    "away": (lazy("not for 180 days"), None, 180),
}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    said: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Sieve:
    """wanted: what the desk is asked for; the rest: what the form offers."""

    wanted: Wanted
    seen: tuple[Choice, ...]
    channels: tuple[Choice, ...]
    orders: tuple[Choice, ...]

    @property
    def narrow(self) -> bool:
        """Whether anybody is left out."""
        return (self.wanted.seen_days, self.wanted.quiet_days, self.wanted.channel) != (None, None, None)


def choose(asked: Mapping[str, str], channels: Sequence[str]) -> Sieve:
    """What is asked for where it can be had; anything else is as if nothing was asked."""
    order = asked.get("order") if asked.get("order") in ORDERS else ORDERS[0]
    seen = asked.get("seen") if asked.get("seen") in SEEN else ""
    channel = asked.get("channel") if asked.get("channel") in channels else None
    _said, seen_days, quiet_days = SEEN[seen or ""]
    anywhere = Choice("", str(lazy("any channel")), channel is None)
    return Sieve(
        Wanted(order or ORDERS[0], seen_days, quiet_days, channel),
        tuple(Choice(value, str(said), value == seen) for value, (said, _within, _without) in SEEN.items()),
        (anywhere, *(Choice(each, each, each == channel) for each in channels)),
        tuple(Choice(value, str(said), value == order) for value, said in ORDERS_SAID.items()),
    )
