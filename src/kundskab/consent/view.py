"""The view: the only door to personal rows, for one purpose, with permission judged now, short-lived.

Each stored row names a permission: for each purpose of its source, the ground it stands on. "consent" needs the
person's grant now; "signal" (the event's own consent signal granted it) and any other lawful basis stand until the
person refuses. No permission, no row: an unknown purpose, an unknown permission or an empty map all give nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.sql.datatypes import DuckDBType

from kundskab.consent.alone import Alone, Behind, OwnEvent
from kundskab.consent.derived import allow, attach_derived, counted_now, some
from kundskab.consent.facts import FactSeen, histories, newest, permitted
from kundskab.consent.permitted import Standing, actors_of, choice, events_sql, rows_sql, who_of
from kundskab.consent.whole_people import PEOPLE_ROWS, map_whole_people
from kundskab.lake import Lake
from kundskab.lake.derived import TABLES, why_nothing
from kundskab.lake.engine import Engine, connect
from kundskab.lake.reader import Snapshot, attach, pin
from kundskab.types import Expired, KundskabError, utc_now

LIFETIME = timedelta(minutes=5)  # so that a withdrawal holds everywhere within minutes


@dataclass(frozen=True, slots=True)
class Deeds:
    """How often somebody did one thing, and when first and last."""

    action: str
    events: int
    first: datetime
    last: datetime


class View:
    """Rows of people that may be used for `purpose`; tables are Ibis expressions over one pinned snapshot."""

    def __init__(
        self,
        connection: Engine,
        *,
        purpose: str,
        at: datetime | None,
        snapshot: Snapshot,
        standing: Standing,
        now: Callable[[], datetime],
        load_facts: Callable[[Collection[str] | None], pa.Table],
        behind: Behind,
    ) -> None:
        self.purpose = purpose
        self.at = at
        self.snapshot = snapshot.snapshot_id
        self.ledger_seq = standing.ledger_seq
        self.links_seq = standing.links_seq
        self.opened_at = now()
        self._now = now
        self._connection = connection
        self._people = standing.people
        self._ibis = ibis.duckdb.from_connection(connection)
        self._tables: dict[str, ibis.Table] = {}
        self._load_facts = load_facts
        self._has_facts = False
        self._behind = behind
        self._has_allowed = False
        self._alone = Alone(connection, behind, purpose=purpose, at=at)

    @property
    def events(self) -> ibis.Table:
        """One row per event, many per person: person, then the canonical columns, purposes, properties (JSON)."""
        return self._table("events")

    @property
    def items(self) -> ibis.Table:
        """One row per order line, many per event: person, event_id, occasion, object, category, quantity, price."""
        return self._table("items")

    @property
    def facts(self) -> ibis.Table:
        """One row per person and fact name, the newest: person, name, value (JSON), how, source, occurred_at."""
        if not self._has_facts:  # sealed values are opened only when somebody asks for them
            self._connection.register("facts", newest(self._load_facts(None)))
            self._has_facts = True
        return self._table("facts")

    def derived(self, name: str, *, history: bool = False) -> ibis.Table:
        """What refresh understood, by the name of the table; rows of persons who may be used now, and were counted.

        The newest moment, or with `history` all that are kept.  `ws.view().derived("memberships")`.
        Raises KundskabError when it is not computed yet, or there is no such table.
        """
        self._refuse_when_old()
        table = f"derived_{name}_history" if history else f"derived_{name}"
        if table not in self._tables:
            if name in TABLES and TABLES[name].is_personal:
                self._make_allowed()
            attach_derived(
                self._connection, self._behind.lake, name, purpose=self.purpose, at=self.at, history=history, view=table
            )
        return self._table(table)

    def moments_of(self, name: str) -> list[datetime]:
        """As of when a derived table is kept, oldest first. Raises as `derived` does."""
        self._refuse_when_old()
        found = some(self._behind.lake, name, self.purpose, at=self.at, history=True)
        return sorted({part.as_of for part in found if not why_nothing(part)}) or [self.moment_of(name)]

    def moment_of(self, name: str) -> datetime:
        """As of when a derived table was computed last. Raises as `derived` does."""
        self._refuse_when_old()
        return some(self._behind.lake, name, self.purpose, at=self.at, history=False)[-1].as_of

    def counted(self) -> pa.Table:
        """One row per person with a permitted row: person, actors (None: only this one), asked, devices.

        What derived rows rest on, for whoever writes them; see `consent.derived`.
        """
        self._refuse_when_old()
        self._make_allowed()
        return counted_now(self._connection, self._behind.asked)

    def map_people(
        self,
        kernel: Callable[[pa.Table], pa.Table],
        schema: pa.Schema,
        *,
        columns: Sequence[str] = ("person", "action", "object", "occurred_at"),
    ) -> pa.Table:
        """The kernel over everybody's events, whole persons at a time, in parallel; its tables one after another.

        kernel: gets these columns of some persons' events, ordered by person and time, and answers in `schema`; it
        must be safe to run in several threads.  Memory holds a few hundred thousand events at a time.
        """
        self._refuse_when_old()
        ordered = self.events.select("person", *(c for c in columns if c != "person")).order_by("person", "occurred_at")
        batches = self._connection.sql(ibis.to_sql(ordered, dialect="duckdb")).to_arrow_reader(PEOPLE_ROWS)
        return map_whole_people(batches, kernel, schema)

    def _make_allowed(self) -> None:
        if not self._has_allowed:
            allow(self._connection, self._behind.lake, self.purpose, self._behind.who(None))
            self._has_allowed = True

    def facts_of_person(self, person: str) -> pa.Table:
        """The facts of one person, in the columns of `facts`; opens nobody else's."""
        return newest(self.fact_history_of_person(person))

    def fact_history_of_person(self, person: str) -> pa.Table:
        """Many rows per name: all that one person ever told us and that may be used, oldest first."""
        self._refuse_when_old()
        facts = self._load_facts(self._actors_of(person))
        return facts.filter(pc.equal(facts["person"], person))

    def histories_of(self, persons: Collection[str]) -> dict[str, list[FactSeen]]:
        """person -> every fact of hers that may be used, oldest first; who has none is left out."""
        self._refuse_when_old()
        people = self._people
        joined = people.filter(pc.is_in(people["person"], pa.array(sorted(persons), pa.string())))["actor"]
        found = histories(self._load_facts({*persons, *joined.to_pylist()}))
        return {person: found[person] for person in persons if person in found}

    def counts_of(self, person: str, actors: Collection[str]) -> list[Deeds]:
        """What some actors of a person did, by action, the commonest first.

        Plain SQL, which for a dozen rows takes a third of the time that composing the same question takes.
        """
        self._refuse_when_old()
        marks = ", ".join("?" * len(actors))
        rows = self._connection.execute(
            f"SELECT action, count(*), min(occurred_at), max(occurred_at) FROM events "
            f"WHERE actor IN ({marks}) AND person = ? GROUP BY action ORDER BY 2 DESC, 1",
            [*actors, person],
        ).fetchall()
        return [Deeds(action, n, first.astimezone(UTC), last.astimezone(UTC)) for action, n, first, last in rows]

    def of_person(self, person: str) -> ibis.Table:
        """The events of one person; asks for her actors by name, so that sorted files are read in one place only."""
        events = self.events
        return events.filter(events.actor.isin(self._actors_of(person)) & (events.person == person))

    def events_of(self, person: str) -> tuple[OwnEvent, ...]:
        """What one person did, oldest first; read once while one asks of nobody else, see `alone`."""
        self._refuse_when_old()
        return self._alone.events(person)

    def timeline_of(
        self, person: str, columns: Sequence[str], *, before: datetime | None, limit: int, action: str | None = None
    ) -> list[dict[str, Any]]:
        """The newest events of one person as rows of these columns of `events`; before: none from then on."""
        self._refuse_when_old()
        return self._alone.timeline(person, columns, before=before, limit=limit, action=action)

    def derived_of(self, name: str, person: str, *, history: bool = False) -> list[dict[str, Any]]:
        """The rows of one person in a derived table: the same as `derived` has, and refused as there."""
        self._refuse_when_old()
        return self._alone.derived(name, person, history=history)

    def permissions_of(self, person: str) -> set[int]:
        """The numbers of the permissions that her rows name, whatever the purpose; of the rows themselves nothing."""
        self._refuse_when_old()
        actors = self._actors_of(person)
        marks = ", ".join("?" * len(actors))
        sql = f"SELECT DISTINCT permission FROM lake_events WHERE actor IN ({marks})"
        return {number for (number,) in self._connection.execute(sql, actors).fetchall()}

    def _actors_of(self, person: str) -> list[str]:
        return actors_of(self._behind.standing, person)

    def _table(self, name: str) -> ibis.Table:
        self._refuse_when_old()
        if name not in self._tables:
            described = self._connection.execute(f"DESCRIBE {name}").fetchall()
            columns = _columns(tuple((column, kind, null == "YES") for column, kind, null, *_ in described))
            self._tables[name] = ops.DatabaseTable(name, columns, source=self._ibis).to_expr()
        return self._tables[name]

    def _refuse_when_old(self) -> None:
        if self._now() - self.opened_at > LIFETIME:
            raise Expired("This view is older than five minutes; open a new one, so that withdrawals since then hold.")


@cache  # there are a handful of shapes, and Ibis reads each type's text anew: that takes longer than a small query
def _columns(described: tuple[tuple[str, str, bool], ...]) -> ibis.Schema:
    """The Ibis schema of (column, type as the engine writes it, whether it may be null)."""
    return ibis.schema({name: DuckDBType.from_string(kind, nullable=null) for name, kind, null in described})


def open_view(
    lake: Lake,
    standing: Standing,
    purpose: str,
    *,
    at: datetime | None = None,
    facts: Callable[[Collection[str] | None], Iterable[Mapping[str, Any]]] = lambda actors: (),
    temp: Path,
    snapshot: Snapshot | None = None,
    now: Callable[[], datetime] = utc_now,
) -> View:
    """Open the rows that may be used for `purpose` now; `at` limits occurred_at only (None: no limit).

    facts: asked for some actors, or for all by None, gives their facts as mappings: actor, permission, name, value,
    how, source, occurred_at.

    Raises KundskabError for a purpose the workspace does not know.
    """
    if purpose not in standing.bits:
        known = ", ".join(sorted(standing.bits))
        raise KundskabError(f"There is no purpose {purpose!r} here; this workspace knows {known}.")
    snapshot = snapshot or pin(lake)
    connection = connect(temp)
    attach(connection, "lake_events", snapshot.files)
    chosen = choice(standing, purpose)
    connection.register("who", chosen.who)
    connection.register("refusing", chosen.refusing)
    connection.execute(f"CREATE TEMP VIEW permitted_rows AS {rows_sql(chosen, at)}")
    connection.execute(f"CREATE TEMP VIEW events AS {events_sql(standing.permissions)}")
    connection.execute(f"CREATE TEMP VIEW items AS {_ITEMS}")
    grounds = {p.id: p.purposes.get(purpose) for p in standing.permissions}

    def who(actors: Collection[str] | None) -> pa.Table:
        return who_of(standing, purpose, actors)

    return View(
        connection,
        purpose=purpose,
        at=at,
        snapshot=snapshot,
        standing=standing,
        now=now,
        load_facts=lambda actors: permitted(facts(actors), who(actors), grounds, at),
        behind=Behind(lake, standing, who, chosen.asked, chosen.refusing),
    )


_ITEMS = """
    SELECT person, event_id, actor, action, occasion, currency, occurred_at, source,
           item.object AS object, item.category AS category, item.quantity AS quantity, item.price AS price
    FROM (SELECT *, unnest(items) AS item FROM events)
"""
