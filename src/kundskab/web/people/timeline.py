"""A person's events as chapters of months and visits in them, and where the next page of them begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.pipeline.answers import EventRow
from kundskab.profiles.own import OURS
from kundskab.profiles.rhythm import BREAK
from kundskab.web.base.templatetags.say import listed, money
from kundskab.web.people.deeds import BOUGHT, SENT_BACK, Deed, kind, tell_visit

Fetch = Callable[[datetime | None, int], list[EventRow]]  # (before, limit) -> newest first


@dataclass(frozen=True, slots=True)
class Visit:
    """Events without half an hour of silence between them, oldest first; or one thing that we did to them."""

    rows: tuple[EventRow, ...]
    deeds: tuple[Deed, ...]
    ours: bool

    @property
    def at(self) -> datetime:
        return self.rows[0].occurred_at

    @property
    def minutes(self) -> int:
        return round((self.rows[-1].occurred_at - self.rows[0].occurred_at) / timedelta(minutes=1))

    @property
    def where(self) -> str:
        """The channels; the source where an event names none."""
        return listed(dict.fromkeys(row.channel or row.source for row in self.rows))

    @property
    def orders(self) -> tuple[EventRow, ...]:
        """Those with lines worth showing."""
        return tuple(row for row in self.rows if row.lines)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A month, newest visit first. told: "" while a part of the month stands on another page."""

    month: date
    visits: tuple[Visit, ...]
    told: str
    continued: bool  # its heading already stands on the page above


def page(fetch: Fetch, *, before: datetime | None = None, size: int = 100) -> tuple[list[EventRow], datetime | None]:
    """One page of events, and the time before which the next begins (None: this was the last).

    Events of one and the same moment are never torn apart, since the next page asks for strictly older ones, and a
    month is not where that leaves a good part of the page; so a page can be longer or shorter than size.
    """
    rows = fetch(before, size + 1)
    if len(rows) <= size:
        return rows, None
    edge = rows[-1].occurred_at
    whole = [row for row in rows if row.occurred_at > edge]
    if not whole:
        # More events at one moment than fit on a page, as in files that know only the day.
        return page(fetch, before=before, size=size * 4)
    months = [row for row in whole if _month(row) != _month(rows[-1])]
    kept = months if len(months) > size // 3 else whole
    return kept, kept[-1].occurred_at


def chapters(
    rows: Sequence[EventRow], *, after: datetime | None = None, before: datetime | None = None
) -> tuple[Chapter, ...]:
    """Rows, newest first, as months of the workspace's clock.

    after: the time of the row above them, on the page before.  before: where the next page begins, as `page` says.
    """
    above = _local(after).date().replace(day=1) if after else None
    told = [_chapter(month, list(of_month), month == above) for month, of_month in groupby(rows, key=_month)]
    if told and before is not None:
        told[-1] = Chapter(told[-1].month, told[-1].visits, "", told[-1].continued)
    return tuple(told)


def visits(rows: Sequence[EventRow]) -> tuple[Visit, ...]:
    """Rows, newest first, as visits, newest first."""
    theirs = sorted((row for row in rows if not _is_ours(row)), key=lambda row: (row.occurred_at, row.ingested_seq))
    stretches: list[list[EventRow]] = []
    for row in theirs:
        if stretches and row.occurred_at - stretches[-1][-1].occurred_at <= BREAK:
            stretches[-1].append(row)
        else:
            stretches.append([row])
    told = [Visit(tuple(stretch), tell_visit(stretch), ours=False) for stretch in stretches]
    told += [Visit((row,), tell_visit([row]), ours=True) for row in rows if _is_ours(row)]
    return tuple(sorted(told, key=lambda visit: visit.at, reverse=True))


def _chapter(month: date, rows: list[EventRow], continued: bool) -> Chapter:
    of_month = visits(rows)
    return Chapter(month, of_month, "" if continued else _told(of_month), continued)


def _told(of_month: Sequence[Visit]) -> str:
    """4 visits, 1 order for 1,204.00 SEK; 2 messages from us."""
    came = sum(not visit.ours for visit in of_month)
    ours = len(of_month) - came
    rows = [row for visit in of_month for row in visit.rows]
    bought = [row for row in rows if kind(row) in BOUGHT]
    parts = [ngettext("%(n)d visit", "%(n)d visits", came) % {"n": came}] if came else []
    if bought:
        # A file of orders has a row for each line of them.
        orders = len({row.occasion or row.event_id for row in bought})
        paid = total(bought)
        parts.append(
            ngettext("%(n)d order", "%(n)d orders", orders) % {"n": orders}
            + (_(" for %(money)s") % {"money": paid} if paid else "")
        )
    if back := total([row for row in rows if kind(row) == SENT_BACK]):
        parts.append(_("%(money)s back") % {"money": back})
    if ours:
        parts.append(ngettext("%(n)d message from us", "%(n)d messages from us", ours) % {"n": ours})
    return listed(parts)


def total(rows: Iterable[EventRow]) -> str:
    """What these come to in each currency, without its sign: 1,204.00 SEK and 30.00 EUR; "" when it is nothing."""
    sums: Counter[str | None] = Counter()
    for row in rows:
        sums[row.currency] += row.value or Decimal(0)
    return listed(money(abs(value), currency) for currency, value in sums.items() if value)


def _is_ours(row: EventRow) -> bool:
    return row.action.casefold() in OURS


def _month(row: EventRow) -> date:
    return _local(row.occurred_at).date().replace(day=1)


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment)
