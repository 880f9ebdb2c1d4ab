"""Derived rows behind the same door: whoever may not be used now is not in them, whenever they were computed.

A derived row rests on rows of a person as she was known then. It is shown when she may still be used for the purpose
and is still whoever she was: all the actors that she had then are hers now, no device whose rows were counted has
refused since, and where a row needed her grant she has it now. Everything else waits for the next refresh.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from kundskab.lake import Lake, derived
from kundskab.lake.engine import Engine
from kundskab.lake.reader import parquet
from kundskab.types import KundskabError

ALLOWED = "allowed_people"


class NotComputed(KundskabError):
    """Nobody has computed this yet, or the last refresh had too little to.  why: then, and as of when, in sentences."""

    def __init__(self, said: str, *, why: str = "") -> None:
        super().__init__(said)
        self.why = why


def attach_derived(
    connection: Engine, lake: Lake, name: str, *, purpose: str, at: datetime | None, history: bool, view: str
) -> None:
    """Create `view` over a derived table: its newest moment, or all of them; of permitted persons.

    at: nothing computed as of later.  The caller has made ALLOWED (see `allow`).
    Raises NotComputed when there is nothing for this purpose, KundskabError for a table that there is not.
    """
    found = some(lake, name, purpose, at=at, history=history)
    files = files_of(found)
    where = ""
    if derived.TABLES[name].is_personal:
        where = f"WHERE person IS NULL OR person IN (SELECT person FROM {ALLOWED})"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT * FROM {files} {where}")


def some(lake: Lake, name: str, purpose: str, *, at: datetime | None, history: bool) -> list[derived.Part]:
    """As `chosen`, and refused where there is nothing: see `attach_derived`."""
    if name not in derived.TABLES:
        known = ", ".join(derived.TABLES)
        raise KundskabError(f"There is no derived table {name!r}; there are {known}.")
    found = chosen(lake, name, purpose, at=at, history=history)
    if not history and found and (reason := derived.why_nothing(found[-1])):
        as_of = found[-1].as_of
        why = f"The last refresh, as of {as_of.day} {as_of:%B %Y}, had too little to learn from. {reason}"
        raise NotComputed(f"{name} for {purpose}: {why}", why=why)
    if not found:
        raise NotComputed(
            f"{name} for {purpose} is not computed yet; run: kundskab refresh (it says where there is too little to "
            "learn from)"
        )
    return found


def files_of(found: Sequence[derived.Part]) -> str:
    """The files as an SQL table; a column that an older one lacks is null there."""
    return parquet([part.path for part in found]).removesuffix(")") + ", union_by_name = true)"


def chosen(
    lake: Lake, name: str, purpose: str, *, at: datetime | None = None, history: bool = False
) -> list[derived.Part]:
    """The files to read, the oldest moment first: of the newest moment, or of all, as of the last refresh.

    A refresh of an earlier day than the last one does not throw away what was kept of later days; it is only not
    looked at.
    """
    found = derived.parts(lake, name, purpose)
    if derived.TABLES[name].moments > 1:
        last = max((part.as_of for part in derived.parts(lake, "people", purpose)), default=None)
        found = [part for part in found if last is not None and part.as_of <= last]
    if at is not None:
        found = [part for part in found if part.as_of <= at]
    if history or not found:
        return found
    newest = max(part.as_of for part in found)
    return [part for part in found if part.as_of == newest]


def allow(connection: Engine, lake: Lake, purpose: str, who: pa.Table) -> None:
    """Make the table ALLOWED (person): of those who were counted, the ones who may be used now.

    who: actor, person, granted, denied for this purpose, of everybody in the map.
    """
    connection.register("map_now", who)
    counted = [part.path for part in derived.parts(lake, "people", purpose)]
    if not counted:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {ALLOWED} (person VARCHAR)")
        return
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {ALLOWED} AS
        WITH counted AS (SELECT * FROM {parquet(counted)}),
        standing AS (SELECT person, bool_or(granted) AS granted, bool_or(denied) AS denied FROM map_now GROUP BY 1),
        moved AS (
            SELECT DISTINCT was.person FROM (SELECT person, unnest(actors) AS actor FROM counted) AS was
            LEFT JOIN map_now ON map_now.actor = was.actor
            WHERE coalesce(map_now.person, was.actor) <> was.person
        ),
        refused AS (
            SELECT DISTINCT used.person FROM (SELECT person, unnest(devices) AS device FROM counted) AS used
            JOIN map_now ON map_now.actor = used.device WHERE map_now.denied
        )
        SELECT counted.person FROM counted
        LEFT JOIN map_now AS own ON own.actor = counted.person
        LEFT JOIN standing ON standing.person = counted.person
        WHERE coalesce(own.person, counted.person) = counted.person
          AND NOT coalesce(standing.denied, false)
          AND (NOT counted.asked OR coalesce(standing.granted, false))
          AND counted.person NOT IN (SELECT person FROM moved)
          AND counted.person NOT IN (SELECT person FROM refused)
        """
    )


def allows(was: Mapping[str, Any], who: Sequence[Mapping[str, Any]]) -> bool:
    """The rule of `allow` for one person.  was: her row of `people`.  who: the rows of the map of her actors now, of
    those that she had when she was counted, and of her devices.
    """
    now = {row["actor"]: row for row in who}
    person = was["person"]
    standing = [row for row in who if row["person"] == person]

    def is_hers(actor: str) -> bool:
        return bool(person == (now[actor]["person"] if actor in now else actor))  # who is not in the map is their own

    return (
        all(is_hers(actor) for actor in (person, *(was["actors"] or ())))
        and not any(row["denied"] for row in standing)
        and (not was["asked"] or any(row["granted"] for row in standing))
        and not any(device in now and now[device]["denied"] for device in was["devices"] or ())
    )


def counted_now(connection: Engine, asked: Iterable[int]) -> pa.Table:
    """Who is in the view and what her rows rest on: person, actors, asked, devices; see lake.derived's table people.

    asked: the permissions that need a grant.  The connection has the view `permitted_rows` and the table `map_now`.
    """
    numbers = ", ".join(str(int(number)) for number in asked) or "NULL"
    return connection.sql(
        f"""
        WITH used AS (
            SELECT person, bool_or(coalesce(permission IN ({numbers}), false)) AS asked,
                   list(DISTINCT device) FILTER (device IS NOT NULL AND device <> person) AS devices
            FROM permitted_rows GROUP BY 1
        ),
        bodies AS (SELECT person, list(actor ORDER BY actor) AS actors FROM map_now GROUP BY 1 HAVING count(*) > 1),
        strange AS (
            SELECT each.person, list(DISTINCT each.device) AS devices
            FROM (SELECT person, unnest(devices) AS device FROM used) AS each
            LEFT JOIN map_now ON map_now.actor = each.device
            WHERE coalesce(map_now.person, each.device) <> each.person
            GROUP BY 1
        )
        SELECT used.person, bodies.actors, used.asked, strange.devices
        FROM used LEFT JOIN bodies USING (person) LEFT JOIN strange USING (person)
        ORDER BY 1
        """
    ).to_arrow_table()
