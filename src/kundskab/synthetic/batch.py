"""A batch of events as numpy arrays: the form in which behaviour is simulated, before it becomes a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from kundskab.synthetic.columns import NOTHING
from kundskab.synthetic.rhythms import Array, Ints

# as clients send them; "page viewed" is what our own digest calls a page call
ACTIONS = (
    "page viewed",
    "Application Opened",
    "Account Created",
    "Signed In",
    "Products Searched",
    "Product Viewed",
    "Product Added",
    "Checkout Started",
    "Order Completed",
    "Order Refunded",
    "Review Written",
    "Mailing Sent",
    "Mailing Opened",
    "Mailing Clicked",
    "Unsubscribed",
    "Ticket Opened",
    "Ticket Answered",
    "Ticket Closed",
    "Guide Read",
    "Repair Booked",
    "Friend Invited",
    "Encounter",
    "Form Viewed",
    "Form Error",
    "Form Submitted",
    "Form Abandoned",
    "Question Asked",
)
ACTION = {name: number for number, name in enumerate(ACTIONS)}
OCCASIONS = ("visit", "order", "ticket", "mailing")
OCCASION = {name: number for number, name in enumerate(OCCASIONS)}


@dataclass(frozen=True)
class Batch:
    """One entry per event.  Codes are numbers in a list of words; -1 (or NOTHING) is no value.

    lines_from, lines: where the event's order lines begin in line_object, line_quantity and line_price, and how many.
    """

    person: Array
    device: Array
    known: Array  # the user id is on the event ...
    second: Array  # ... and it is that of the person's second account
    at: Ints
    action: Array
    object: Array
    category: Array
    quantity: Array
    value: Ints  # ten-thousandths of the market's currency
    channel: Array
    occasion: Array  # number in OCCASIONS
    number: Ints  # of that occasion
    properties: Array
    lines_from: Ints
    lines: Array
    line_object: Array
    line_quantity: Array
    line_price: Ints

    def __len__(self) -> int:
        return len(self.at)


_LINES = ("line_object", "line_quantity", "line_price")
_BLANK: Mapping[str, tuple[Any, Any]] = {
    "person": (np.int32, -1),
    "device": (np.int32, -1),
    "known": (np.bool_, False),
    "second": (np.bool_, False),
    "at": (np.int64, 0),
    "action": (np.int8, -1),
    "object": (np.int32, -1),
    "category": (np.int16, -1),
    "quantity": (np.int32, -1),
    "value": (np.int64, NOTHING),
    "channel": (np.int8, -1),
    "occasion": (np.int8, -1),
    "number": (np.int64, -1),
    "properties": (np.int32, 0),
    "lines_from": (np.int64, 0),
    "lines": (np.int32, 0),
    "line_object": (np.int32, -1),
    "line_quantity": (np.int32, 0),
    "line_price": (np.int64, 0),
}


def batch(count: int, **columns: Any) -> Batch:
    """A batch of `count` events; a column may be one value for all, and those left out have no value."""
    filled = {}
    for name, (kind, blank) in _BLANK.items():
        length = len(columns["line_object"]) if name in _LINES and "line_object" in columns else count
        if name in _LINES and "line_object" not in columns:
            length = 0
        filled[name] = np.ascontiguousarray(np.broadcast_to(np.asarray(columns.get(name, blank), kind), (length,)))
    return Batch(**filled)


def join(parts: Iterable[Batch]) -> Batch:
    """One batch after the other; order lines move along."""
    parts = [part for part in parts if len(part)] or [batch(0)]
    columns = {field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Batch)}
    before = np.cumsum([0] + [len(part.line_object) for part in parts[:-1]])
    columns["lines_from"] = columns["lines_from"] + np.repeat(before, [len(part) for part in parts])
    return Batch(**columns)


def choose(whole: Batch, rows: Array) -> Batch:
    """The given rows in the given order, with their order lines."""
    columns = {name: getattr(whole, name)[rows] for name in _BLANK if name not in _LINES}
    lines = spans(columns["lines_from"], columns["lines"])
    columns |= {name: getattr(whole, name)[lines] for name in _LINES}
    columns["lines_from"] = np.cumsum(columns["lines"], dtype=np.int64) - columns["lines"]
    return Batch(**columns)


def spans(starts: Ints, lengths: Array) -> Ints:
    """Positions start, start+1, ... for each span, one span after the other: [5, 0], [2, 1] -> [5, 6, 0]."""
    total = int(lengths.sum())
    ends = np.cumsum(lengths, dtype=np.int64)
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total, dtype=np.int64)
