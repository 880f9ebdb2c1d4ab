"""The persons behind a number: a page of them, never fewer than five in all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import ibis

from kundskab.metrics.readings import FEWEST
from kundskab.types import KundskabError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person and when the act was that brought them here."""

    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Persons:
    """A page of persons, the latest first; total counts all pages."""

    rows: list[Someone]
    total: int
    page: int  # from 1
    size: int


def listed(each: ibis.Table, *, page: int = 1, size: int = 50) -> Persons:
    """A page of one row per person: person, at (us since 1970).

    Raises KundskabError when they are fewer than FEWEST: so few are not listed.
    """
    each = each.mutate(total=each.count().over(ibis.window()))
    ranked = each.order_by(ibis.desc("at"), "person").limit(size, offset=(page - 1) * size)
    rows = ranked.to_pyarrow().to_pylist()
    total = rows[0]["total"] if rows else int(each.count().execute())
    if total < FEWEST:
        raise KundskabError(f"Fewer than {FEWEST} persons are behind this number; so few are not listed.")
    return Persons(
        [Someone(row["person"], _EPOCH + timedelta(microseconds=row["at"])) for row in rows], total, page, size
    )
