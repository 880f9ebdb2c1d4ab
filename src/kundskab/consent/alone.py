"""One person's rows alone, in plain SQL: what a page about her asks a dozen times while somebody waits.

The rules are those of everybody's rows (`permitted`, `derived`), asked of her few rows of the map: composing the same
questions, and judging everybody for the sake of one, takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pyarrow as pa

from kundskab.consent.derived import allows, files_of, some
from kundskab.consent.permitted import Standing, actors_of, of_one_sql, purposes_sql
from kundskab.lake import Lake
from kundskab.lake.derived import parts
from kundskab.lake.engine import Engine, quoted

_OWN = "action, object, category, channel, occasion, epoch_us(occurred_at), value::DOUBLE, currency, quantity, items"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class OwnEvent(NamedTuple):
    """What one person's event says of what they did; value in `currency`, items as mappings."""

    action: str | None
    object: str | None
    category: str | None
    channel: str | None
    occasion: str | None
    occurred_at: datetime
    value: float | None
    currency: str | None
    quantity: float | None
    items: list[dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Behind:
    """Behind a view: the lake, how everybody stands now, which permissions need a grant, and who refuses."""

    lake: Lake
    standing: Standing
    who: Callable[[Collection[str] | None], pa.Table]
    asked: tuple[int, ...]
    refusing: pa.Table


class Alone:
    """Belongs to a view, which lives as short; remembers whoever was asked for last."""

    def __init__(self, connection: Engine, behind: Behind, *, purpose: str, at: datetime | None) -> None:
        self._connection = connection
        self._behind = behind
        self._purpose = purpose
        self._at = at
        self._own: tuple[str, tuple[OwnEvent, ...]] | None = None
        self._usable: tuple[str, bool] | None = None

    def events(self, person: str) -> tuple[OwnEvent, ...]:
        """What one person did, oldest first; deeds of one moment in an order made from their ids.

        Read once while one asks of nobody else, by the plain SQL of one person's rows: a page asks a dozen times.
        """
        if self._own is None or self._own[0] != person:
            rows = self._connection.execute(f"{self._own_sql(person, _OWN)} ORDER BY occurred_at, hash(event_id)")
            self._own = (
                person,
                tuple(
                    OwnEvent(action, thing, category, channel, occasion, _EPOCH + timedelta(microseconds=us), *rest)
                    for action, thing, category, channel, occasion, us, *rest in rows.fetchall()
                ),
            )
        return self._own[1]

    def timeline(
        self, person: str, columns: Sequence[str], *, before: datetime | None, limit: int, action: str | None = None
    ) -> list[dict[str, Any]]:
        """The newest events of one person as rows of these columns of `events`, the newest first. Plain SQL, as above.

        before: none from then on.  action: only of this one.
        """
        earlier = "" if before is None else f" AND occurred_at < {quoted(before.isoformat())}::TIMESTAMPTZ"
        only = "" if action is None else f" AND action = {quoted(action)}"
        own = self._own_sql(person, self._listed(columns))
        sql = f"{own}{earlier}{only} ORDER BY occurred_at DESC, ingested_seq DESC"
        found: list[dict[str, Any]] = self._connection.sql(f"{sql} LIMIT {limit:d}").to_arrow_table().to_pylist()
        return found

    def _listed(self, columns: Sequence[str]) -> str:
        """The columns as SQL over the lake's."""
        told = {"purposes": f"{purposes_sql(self._behind.standing.permissions)} AS purposes"}
        return ", ".join(told.get(column, column) for column in columns)

    def _own_sql(self, person: str, columns: str) -> str:
        behind = self._behind
        return of_one_sql(behind.standing, self._purpose, person, columns, refusing=behind.refusing, at=self._at)

    def derived(self, name: str, person: str, *, history: bool = False) -> list[dict[str, Any]]:
        """The rows of one person in a derived table, as `derived` has them; judges nobody else.

        Raises KundskabError as `derived` does, also where the rows of a person who may not be used would be none.
        """
        behind = self._behind
        files = files_of(some(behind.lake, name, self._purpose, at=self._at, history=history))
        if not self._may_use(person):
            return []
        found = self._connection.execute(f"SELECT * FROM {files} WHERE person = ?", [person])
        columns = [column for column, *_ in found.description or ()]
        return [dict(zip(columns, map(_utc, row), strict=True)) for row in found.fetchall()]

    def _may_use(self, person: str) -> bool:
        if self._usable is None or self._usable[0] != person:
            self._usable = person, self._is_usable(person)
        return self._usable[1]

    def _is_usable(self, person: str) -> bool:
        counted = parts(self._behind.lake, "people", self._purpose)
        if not counted:
            return False
        sql = f"SELECT person, actors, asked, devices FROM {files_of(counted)} WHERE person = ?"
        rows = self._connection.execute(sql, [person]).fetchall()
        if not rows:
            return False
        was = dict(zip(("person", "actors", "asked", "devices"), rows[0], strict=True))
        asked_for = {*actors_of(self._behind.standing, person), *(was["actors"] or ()), *(was["devices"] or ())}
        return allows(was, self._behind.who(asked_for).to_pylist())


def _utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
