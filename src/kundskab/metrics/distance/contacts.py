"""Contacts: the days on which a person and the company had to do with each other, and whether a human took part.

A *contact* is one person, one channel, one local day with at least one event that the person did, or that was done
with them. What we only sent to them, and what merely says who they are, is none.
A contact is *human* when it holds an encounter, or an event of a channel in which people of ours stand (the
workspace's human channels). What a machine answered, or nobody yet, makes no contact human (the categories "automatic"
and "unanswered").
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from kundskab.metrics.periods import local_day

ENCOUNTER = "Encounter"
UNMET = ("automatic", "unanswered")  # categories of what no human of ours answered
UNKNOWN_CHANNEL = "not said"
NOBODY = "encounters-unknown"  # the source of meetings with somebody we do not know: nobody's distance
HUMAN_CHANNELS = ("chat", "letter", "phone", "shop", "support", "visit", "workshop")
# In lower case: sent by us whether they look or not, and bookkeeping about who somebody is.
NO_CONTACT = (
    "mailing sent",
    "email sent",
    "email delivered",
    "email bounced",
    "sms sent",
    "push notification sent",
    "identified",
    "aliased",
    "joined group",
    "segment consent preference updated",
)


def contacts(
    events: ibis.Table, *, zone: ZoneInfo, human: Collection[str], between: tuple[datetime, datetime]
) -> ibis.Table:
    """One row per contact, many per person: person, channel, day (since 1970, int64), human (bool).

    events: a view's; between: the first and last moment of theirs.  human: the human channels, in lower case.
    """
    events = deeds(events)
    channel = ibis.coalesce(events.channel, UNKNOWN_CHANNEL)
    met = _met(events, human)
    rows = events.select(
        person=events.person, channel=channel, day=local_day(events.occurred_at, between, zone), met=met
    )
    return rows.group_by("person", "channel", "day").agg(human=rows.met.max())


def deeds(events: ibis.Table) -> ibis.Table:
    """The events that make a contact: done by somebody we know of, or with them."""
    return events.filter(events.action.lower().notin(NO_CONTACT), events.source != NOBODY)


def _met(events: ibis.Table, human: Collection[str]) -> Any:
    unmet = ibis.coalesce(events.category, "").isin(UNMET)
    stands_there = ibis.coalesce(events.channel, "").isin(sorted(human))
    return ((events.action == ENCOUNTER) | stands_there) & ~unmet
