"""Reading the distance from a view: contacts are made in the engine, what comes out is sums and one row per person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import numpy.typing as npt

from kundskab.consent.view import View
from kundskab.metrics.dimensions import value_of
from kundskab.metrics.distance.answer import LATELY_DAYS, Apart, Distance, Month, PersonDistance
from kundskab.metrics.distance.contacts import ENCOUNTER, HUMAN_CHANNELS, contacts, deeds
from kundskab.metrics.distance.doubt import Sums, clustered_share, median
from kundskab.metrics.periods import Period, edges, midnight, periods
from kundskab.metrics.periods import number as month_number
from kundskab.metrics.readings import FEWEST, Reading, share, too_small
from kundskab.types import KundskabError

MONTHS = 13
UNGROUPED = "not said"
_EPOCH = date(1970, 1, 1)
_OLD = timedelta(days=365)
Ints = npt.NDArray[np.int64]


def distance(
    view: View,
    *,
    zone: ZoneInfo,
    human: Collection[str] = HUMAN_CHANNELS,
    by: str | Mapping[str, str] | None = None,
    us: View | None = None,
    months: int = MONTHS,
) -> Distance:
    """The distance of everybody in the view, month by month, and of groups.

    by: a dimension of events ("channel", "property:size"): a person belongs to the value most of their events have; or
    a mapping person -> group, those it leaves out being "not said".  human: the human channels.
    us: the view in which our own encounters are counted (only who of us and when); None: `view`.
    Raises KundskabError for a dimension or number of months that cannot be.
    """
    if not 1 <= months <= 120:
        raise KundskabError(f"{months} months cannot be shown; choose 1 to 120.")
    human = tuple(sorted({name.strip().lower() for name in human}))
    now = view.at or view.opened_at
    span = _span(view.events)
    if span is None:
        return _nothing(view, now, zone, human)
    as_of, from_newest = (span[1], True) if span[1] < now - _OLD else (now, False)
    made = contacts(view.events, zone=zone, human=human, between=span).cache()
    people = _people(made, _day_number(as_of, zone))
    return Distance(
        as_of=as_of.astimezone(zone).date(),
        since=span[0].astimezone(zone).date(),
        everybody=_apart(people, None, view.snapshot),
        months=_months(made, view, us or view, as_of, zone, months),
        groups=() if by is None else _groups(people, _group_of(view, by, people), view.snapshot),
        human_channels=human,
        snapshot=view.snapshot,
        from_newest=from_newest,
    )


def distance_of(view: View, person: str, *, zone: ZoneInfo, human: Collection[str] = HUMAN_CHANNELS) -> PersonDistance:
    """The distance of one person, from their own events."""
    events = view.of_person(person)
    span, whole = _span(events), _span(view.events)
    since = None if whole is None else whole[0].astimezone(zone).date()
    if span is None:
        return PersonDistance(person, 0, 0, None, None, since)
    made = contacts(events, zone=zone, human=human, between=span)
    row = made.agg(c=made.count(), h=made.human.sum(), met=made.day.max(where=made.human)).to_pyarrow().to_pylist()[0]
    last = None if row["met"] is None else _EPOCH + timedelta(days=row["met"])
    today = (view.at or view.opened_at).astimezone(zone).date()
    days = None if last is None else max((today - last).days, 0)
    return PersonDistance(person, row["c"], row["h"] or 0, days, last, since)


@dataclass(frozen=True, slots=True)
class _People:
    """One entry per person. days: since anyone here met them, -1 where nobody did."""

    person: list[str]
    contacts: Ints
    human: Ints
    days: Ints

    def some(self, chosen: npt.NDArray[np.bool_]) -> _People:
        return _People([], self.contacts[chosen], self.human[chosen], self.days[chosen])


def _people(made: ibis.Table, today: int) -> _People:
    """What each person's contacts come to."""
    each = made.group_by("person").agg(c=made.count(), h=made.human.sum(), met=made.day.max(where=made.human))
    table = each.order_by("person").to_pyarrow()
    met = table["met"].fill_null(-1).to_numpy().astype(np.int64)
    days = np.where(met < 0, -1, np.maximum(today - met, 0))
    human = table["h"].fill_null(0).to_numpy().astype(np.int64)
    return _People(table["person"].to_pylist(), table["c"].to_numpy().astype(np.int64), human, days)


def _apart(people: _People, group: str | None, snapshot: int) -> Apart:
    n = len(people.contacts)
    if 0 < n < FEWEST:
        return _withheld(group, snapshot)
    met = people.days[people.days >= 0]
    common: dict[str, Any] = {"snapshot": snapshot, "group": group}
    return Apart(
        group=group,
        human_share=clustered_share(_sums(people.contacts, people.human), **common),
        met_lately=share(int((met < LATELY_DAYS).sum()), n, **common),
        never_met=share(n - len(met), n, **common),
        days_since_met=median(met, **common),
        contacts=int(people.contacts.sum()),
    )


def _withheld(group: str | None, snapshot: int) -> Apart:
    hidden = Reading.withheld("share", snapshot=snapshot, group=group)
    return Apart(group, hidden, hidden, hidden, Reading.withheld("days", snapshot=snapshot, group=group), 0)


def _sums(c: Ints, h: Ints) -> Sums:
    return Sums(len(c), int(c.sum()), int(h.sum()), int((c * c).sum()), int((h * h).sum()), int((c * h).sum()))


def _group_of(view: View, by: str | Mapping[str, str], people: _People) -> list[str]:
    """The group of each person, in the order of `people`."""
    group = _main_value(view.events, by) if isinstance(by, str) else by
    return [group.get(person) or UNGROUPED for person in people.person]


def _main_value(events: ibis.Table, dimension: str) -> dict[str, str]:
    """person -> the value that most of their events have; at a tie the first by the alphabet."""
    events = deeds(events)
    valued = events.select(person=events.person, value=value_of(events, dimension))
    valued = valued.filter(valued.value.notnull())
    counted = valued.group_by("person", "value").agg(n=valued.count())
    ranked = counted.mutate(
        place=ibis.row_number().over(group_by="person", order_by=[ibis.desc(counted.n), counted.value])
    )
    main = ranked.filter(ranked.place == 0).select("person", "value").to_pyarrow()
    return dict(zip(main["person"].to_pylist(), main["value"].to_pylist(), strict=True))


def _groups(people: _People, group_of: list[str], snapshot: int) -> tuple[Apart, ...]:
    """Each group apart; small ones, and what would give them away, are hidden."""
    names, place = np.unique(np.asarray(group_of, dtype=object).astype(str), return_inverse=True)
    parts = {str(name): people.some(place == number) for number, name in enumerate(names)}
    hidden = too_small({name: len(part.contacts) for name, part in parts.items()})
    shown = [_apart(part, name, snapshot) for name, part in parts.items() if name not in hidden]
    shown.sort(key=lambda apart: (apart.human_share.value, apart.group))
    return (*shown, *(_withheld(name, snapshot) for name in sorted(hidden)))


def _months(made: ibis.Table, view: View, us: View, as_of: datetime, zone: ZoneInfo, months: int) -> tuple[Month, ...]:
    """The last months up to as_of, those before the records begin left out."""
    until = as_of.astimezone(zone).date()
    within = periods(_months_back(until, months - 1), until, "month")
    sums = _sums_by_month(made, within)
    ours = _us_by_month(us, within, zone)
    first = min([*sums, *ours], default=len(within) - 1)
    end = as_of.astimezone(UTC)
    return tuple(
        Month(
            period=period,
            human_share=_month_share(sums.get(place), f"{period.start:%Y-%m}", view.snapshot),
            contacts=int(sums[place].c) if place in sums and sums[place].n >= FEWEST else 0,
            of_us=ours.get(place, (0, 0))[0],
            encounters=ours.get(place, (0, 0))[1],
            finished=midnight(period.end, zone) <= end,
        )
        for place, period in enumerate(within)
        if place >= first
    )


def _month_share(sums: Sums | None, name: str, snapshot: int) -> Reading:
    if sums is None:
        return clustered_share(Sums(0, 0, 0, 0, 0, 0), snapshot=snapshot, group=name)
    if sums.n < FEWEST:
        return Reading.withheld("share", snapshot=snapshot, group=name)
    return clustered_share(sums, snapshot=snapshot, group=name)


def _sums_by_month(made: ibis.Table, within: tuple[Period, ...]) -> dict[int, Sums]:
    """Place of the month -> the sums of its persons, each person counted within the month only."""
    first, last = ((day - _EPOCH).days for day in (within[0].start, within[-1].end))
    some = made.filter(made.day >= first, made.day < last)
    starts = [(period.end - _EPOCH).days for period in within[:-1]]
    place = ibis.cases(*((some.day < end, n) for n, end in enumerate(starts)), else_=len(within) - 1) if starts else 0
    some = some.mutate(month=place)
    each = some.group_by("month", "person").agg(c=some.count(), h=some.human.sum())
    summed = each.group_by("month").agg(
        n=each.count(), sc=each.c.sum(), sh=each.h.sum(),
        cc=(each.c * each.c).sum(), hh=(each.h * each.h).sum(), ch=(each.c * each.h).sum(),
    )  # fmt: skip
    return {
        row["month"]: Sums(row["n"], *(float(row[name]) for name in ("sc", "sh", "cc", "hh", "ch")))
        for row in summed.to_pyarrow().to_pylist()
    }


def _us_by_month(us: View, within: tuple[Period, ...], zone: ZoneInfo) -> dict[int, tuple[int, int]]:
    """Place of the month -> (how many of us met anybody, how often). Of the customers nothing is read."""
    start, end = edges(within, zone)
    events = us.events.filter(us.events.action == ENCOUNTER)
    events = events.filter(events.occurred_at >= ibis.literal(start), events.occurred_at < ibis.literal(end))
    staff = value_of(events, "property:staff").strip().lower()
    rows = events.select(month=month_number(events.occurred_at, within, "month", zone), staff=staff)
    counted = rows.group_by("month").agg(of_us=rows.staff.nunique(where=rows.staff != ""), n=rows.count())
    return {row["month"]: (row["of_us"], row["n"]) for row in counted.to_pyarrow().to_pylist()}


def _span(events: ibis.Table) -> tuple[datetime, datetime] | None:
    row = events.agg(first=events.occurred_at.min(), last=events.occurred_at.max()).to_pyarrow().to_pylist()[0]
    return None if row["first"] is None else (row["first"], row["last"])


def _months_back(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _day_number(at: datetime, zone: ZoneInfo) -> int:
    return (at.astimezone(zone).date() - _EPOCH).days


def _nothing(view: View, now: datetime, zone: ZoneInfo, human: tuple[str, ...]) -> Distance:
    nobody = _People([], *(np.array([], dtype=np.int64) for _ in range(3)))
    return Distance(
        now.astimezone(zone).date(), None, _apart(nobody, None, view.snapshot), (), (), human, view.snapshot
    )
