"""What a company gives each person today: meetings with one of us, mailings, discounts, how soon it answers.

As far as the data have it: a measure that nobody has is left out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa

from kundskab.metrics.dimensions import PROPERTY, value_of
from kundskab.metrics.distance.contacts import contacts
from kundskab.metrics.periods import epoch_us, local_day
from kundskab.metrics.purchases import buying
from kundskab.metrics.seen import seen

if TYPE_CHECKING:
    from kundskab.consent.view import View

MEASURES = ("meetings", "mailings", "discounts", "waiting")
SENT = ("mailing sent", "email sent", "sms sent", "push notification sent")
_ASKED = ("help requested", "support ticket opened", "ticket opened", "ticket reopened")
_ANSWERED = ("support ticket answered", "ticket answered")
_HOUR = 3_600_000_000  # microseconds


def given(view: View, *, since: int, until: int, zone: ZoneInfo, human: Collection[str], currency: str) -> pa.Table:
    """One row per person and measure: person, measure, amount, in the days since < day <= until (days since 1970).

    meetings: days on which one of us met them.  mailings: sent to them.  discounts: money taken off their purchases
    (the property "discount"), in `currency`.  waiting: mean hours until an answer, of who asked and got one.
    """
    span = seen(view)
    if span is None:
        return _nobody()
    events = view.events
    edges = (span.first, span.as_of)
    day = local_day(events.occurred_at, edges, zone)
    lately = events.mutate(day=day).filter(lambda row: (row.day > since) & (row.day <= until))
    met = contacts(events, zone=zone, human=human, between=edges)
    met = met.filter(met.human, met.day > since, met.day <= until).select("person", "day").distinct()
    sent = lately.filter(lately.action.lower().isin(SENT))
    bought = buying(view)
    orders = lately.filter(
        lately.action.isin((*bought.bought, *bought.as_good_as)), ibis.coalesce(lately.currency, currency) == currency
    )
    off = orders.select("person", amount=value_of(orders, PROPERTY + "discount").try_cast("float64"))
    parts = {
        "meetings": met.group_by("person").agg(amount=met.count().cast("float64")),
        "mailings": sent.group_by("person").agg(amount=sent.count().cast("float64")),
        "discounts": off.filter(off.amount > 0).group_by("person").agg(amount=lambda row: row.amount.sum()),
        "waiting": _waiting(lately),
    }
    rows = [table.select("person", "amount", measure=ibis.literal(name)).to_pyarrow() for name, table in parts.items()]
    return pa.concat_tables([each.select(_nobody().column_names).cast(_nobody().schema) for each in rows])


def _waiting(events: ibis.Table) -> ibis.Table:
    """Mean hours from each question to the next answer to the same person."""
    action = events.action.lower()
    said = events.filter(action.isin((*_ASKED, *_ANSWERED))).select(
        "person", us=epoch_us(events.occurred_at), answers=action.isin(_ANSWERED)
    )
    order = ibis.window(group_by="person", order_by=["us", "answers"])
    said = said.mutate(next_us=said.us.lead().over(order), then=said.answers.lead().over(order))
    waited = said.filter(~said.answers, said.then)
    return waited.group_by("person").agg(amount=((waited.next_us - waited.us) / _HOUR).mean())


def _nobody() -> pa.Table:
    return pa.table(
        {"person": pa.nulls(0, pa.string()), "measure": pa.nulls(0, pa.string()), "amount": pa.nulls(0, pa.float64())}
    )
