"""What people did, as arrays: the events of a view, by whom, when and what, ready to be counted over and over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kundskab.metrics.distance.contacts import NO_CONTACT, NOBODY
from kundskab.metrics.periods import epoch_us
from kundskab.metrics.purchases import buying, purchases
from kundskab.metrics.seen import seen

if TYPE_CHECKING:
    from kundskab.consent.view import View

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

# Beyond these a sample of whole persons is read: a trial asks about at most 60,000, and more would change no finding.
MOST_EVENTS = 3_000_000
MOST_PERSONS = 150_000
DAY = 86_400_000_000  # microseconds
_UNSAID = ""
# They tell what was done to people, or follow from it by themselves: nobody chose them.
NOT_CHOSEN = (*NO_CONTACT, "ticket answered", "support ticket answered", "ticket closed", "support ticket closed")


@dataclass(frozen=True, slots=True)
class Deeds:
    """One row per event, sorted by person and time; codes point into the lists of names ("" is not said)."""

    persons: tuple[str, ...]
    person: Whole
    us: Whole  # since 1970, UTC
    action: Whole
    category: Whole
    channel: Whole
    object: Whole
    occasion: Whole
    hour: Whole  # 0-23, by the clock of the workspace
    weekday: Whole  # 0 is Monday
    actions: tuple[str, ...]
    categories: tuple[str, ...]
    channels: tuple[str, ...]
    buying: tuple[str, ...]
    goals: tuple[str, ...]  # the actions of buying, without what undoes it
    bought: Bought
    last_us: int

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True, slots=True)
class Bought:
    """One row per purchase occasion, sorted by person and time.  categories: (row, category code) of what was in it."""

    person: Whole
    us: Whole
    value: Floats  # in the workspace's currency, 0 where it is not said or in another
    first_categories: dict[int, frozenset[int]]  # person -> categories of the first occasion


def read(view: View, *, zone: ZoneInfo, currency: str) -> Deeds | None:
    """All that a view's people did, or a sample of whole persons; None where nobody did anything."""
    span = seen(view)
    if span is None:
        return None
    events = view.events
    chosen = events.action.lower().notin(NOT_CHOSEN) & (events.source != NOBODY)
    asked = events.filter(chosen)
    [there] = asked.agg(events=asked.count(), persons=asked.person.nunique()).to_pyarrow().to_pylist()
    every = max(1, -(-there["events"] // MOST_EVENTS), -(-there["persons"] // MOST_PERSONS))

    def mine(table: ibis.Table) -> Any:
        return table.person.hash().abs() % every == 0 if every > 1 else ibis.literal(True)

    rows = events.filter(chosen, mine(events)).select(
        "person", "action", "category", "channel", "object", "occasion", us=epoch_us(events.occurred_at)
    )
    table = rows.order_by("person", "us", "action", "object").to_pyarrow()
    if not table.num_rows:
        return None
    person, persons = _codes(table["person"])
    us = np.asarray(table["us"].to_numpy(), dtype=np.int64)
    action, actions = _codes(table["action"])
    category, categories = _codes(table["category"])
    channel, channels = _codes(table["channel"])
    local = us + _offsets(us, zone)
    bought = _bought(view, mine, persons, categories, zone, currency)
    names = _buying_names(view)
    return Deeds(
        persons=persons, person=person, us=us, action=action, category=category, channel=channel,
        object=_codes(table["object"])[0], occasion=_codes(table["occasion"])[0], 
        hour=local // (DAY // 24) % 24, weekday=(local // DAY + 3) % 7,
        actions=actions, categories=categories, channels=channels, buying=names[0], goals=names[1], bought=bought,
        last_us=round(span.as_of.timestamp() * 1_000_000),
    )  # fmt: skip


def _buying_names(view: View) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The actions that are purchases with what undoes them, and those alone by which something is bought."""
    found = buying(view)
    goals = (*found.bought, *found.as_good_as)
    return (*goals, *found.undone), goals


def _bought(
    view: View, mine: Any, persons: tuple[str, ...], categories: tuple[str, ...], zone: ZoneInfo, currency: str
) -> Bought:
    table = purchases(view, zone=zone)
    table = table.filter(mine(table))
    rows = table.select(
        "person",
        us=epoch_us(table.occurred_at),
        value=ibis.coalesce((table.currency == currency).ifelse(table.value, 0.0), 0.0),
    )
    got = rows.order_by("person", "us").to_pyarrow()
    place = {name: at for at, name in enumerate(persons)}
    who = np.array([place.get(name, -1) for name in got["person"].to_pylist()], dtype=np.int64)
    us, value = got["us"].to_numpy().astype(np.int64), np.nan_to_num(got["value"].to_numpy().astype(np.float64))
    kept = who >= 0
    who, us, value = who[kept], us[kept], value[kept]
    order = np.lexsort((us, who))
    who, us, value = who[order], us[order], value[order]
    return Bought(who, us, value, _first_categories(view, mine, place, who, us, categories))


def _first_categories(
    view: View, mine: Any, place: dict[str, int], who: Whole, us: Whole, categories: tuple[str, ...]
) -> dict[int, frozenset[int]]:
    """Of each person the categories of their first occasion, from its lines and from the event itself."""
    found = buying(view)
    if not found or not len(who):
        return {}
    first = np.r_[True, who[1:] != who[:-1]]
    began = dict(zip(who[first].tolist(), us[first].tolist(), strict=True))
    code = {name: at for at, name in enumerate(categories) if name}
    names = (*found.bought, *found.as_good_as)
    items, events = view.items, view.events
    lines = items.filter(items.action.isin(names), mine(items), items.category.notnull()).select(
        "person", "category", us=epoch_us(items.occurred_at)
    )
    plain = events.filter(events.action.isin(names), mine(events), events.category.notnull()).select(
        "person", "category", us=epoch_us(events.occurred_at)
    )
    sets: dict[int, set[int]] = {}
    for table in (lines.to_pyarrow(), plain.to_pyarrow()):
        for name, category, at in zip(*(table[c].to_pylist() for c in ("person", "category", "us")), strict=True):
            who_at = place.get(name, -1)
            if category in code and began.get(who_at) == at:
                sets.setdefault(who_at, set()).add(code[category])
    return {person: frozenset(of) for person, of in sets.items()}


def _codes(column: pa.ChunkedArray) -> tuple[Whole, tuple[str, ...]]:
    """Whole numbers in the order of the names; nothing said is ""."""
    plain = pa.compute.fill_null(column.combine_chunks().cast(pa.string()), _UNSAID)
    encoded = plain.dictionary_encode()
    order = pa.compute.array_sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[encoded.indices.to_numpy()], tuple(encoded.dictionary.take(pa.array(order)).to_pylist())


def _offsets(us: Whole, zone: ZoneInfo) -> Whole:
    """Microseconds to add to UTC; looked up once a day, which is wrong for an hour or two on two nights a year."""
    from datetime import UTC, datetime

    days = np.unique(us // DAY)
    offsets = [datetime.fromtimestamp(int(d) * 86_400 + 43_200, UTC).astimezone(zone).utcoffset() for d in days]
    by_day = np.array([round(o.total_seconds() * 1e6) if o else 0 for o in offsets], dtype=np.int64)
    return by_day[np.searchsorted(days, us // DAY)]


def different(first: Whole, second: Whole) -> tuple[Whole, Whole]:
    """The different pairs of two columns of numbers >= 0, in order."""
    width = int(second.max(initial=0)) + 1
    pairs = np.sort(first * width + second)  # one number a pair: ten times quicker than to compare rows of two
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return pairs // width, pairs % width
