"""Which rows cannot become events, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from kundskab.lake.intake.foreign import Staged
from kundskab.lake.intake.mapping import Mapped, Rules
from kundskab.lake.intake.naming import row_as_json

_BATCH = 10_000

_HELP = {
    "no_actor": "The row does not say who did it; fill the actor's column, or map another one.",
    "bad_time": "The time could not be read; write it as 2026-01-31T08:15:00Z, or map occurred_at with parse_time.",
    "future_time": "The time lies more than 24 hours ahead; put it right.",
    "no_action": "The row does not say what was done; fill the action's column, or map a constant such as ='purchase'.",
    "bad_value": "A cell that should be a number is none, or it is too large; write it as 1234.50.",
}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot become an event. body: the row as JSON, or the line as it was."""

    row_number: int
    event_id: str
    reason: str
    help: str
    body: str


def find_bad(staged: Staged, mapped: Mapped, rules: Rules, *, nobody: str) -> None:
    """Make the table `bad` (n, reason) of the rows that break a rule.  nobody: SQL that is true without an actor.

    A plain filter passes nearly every row at half the price of the question what is wrong with it; materialized, or
    the engine would ask that question beside the filter.
    """
    occurred_at, action = mapped.get("occurred_at", "TIMESTAMPTZ"), mapped.get("action", "VARCHAR")
    staged.connection.execute(
        f"""
        CREATE TEMP TABLE bad AS WITH doubtful AS MATERIALIZED (
            SELECT *, {occurred_at} AS occurred_at, {action} AS action FROM {staged.table} WHERE NOT coalesce(
                NOT ({nobody}) AND {_within(occurred_at, rules)}
                AND {action} IS NOT NULL AND {mapped.good_number}, false))
        SELECT n, reason FROM (
            SELECT n, CASE WHEN {nobody} THEN 'no_actor'
                WHEN occurred_at IS NULL OR occurred_at < $earliest::TIMESTAMPTZ THEN 'bad_time'
                WHEN occurred_at > $latest::TIMESTAMPTZ THEN 'future_time'
                WHEN action IS NULL THEN 'no_action'
                WHEN {mapped.bad_number} THEN 'bad_value' END AS reason
            FROM doubtful
        ) WHERE reason IS NOT NULL
        """,
        {"earliest": rules.earliest, "latest": rules.latest},
    )


def _within(moment: str, rules: Rules) -> str:
    """SQL that is true between earliest and latest. One comparison, since the engine would read the text for each."""
    first, last = rules.earliest.timestamp() * 1e6, rules.latest.timestamp() * 1e6
    return f"abs(epoch_us({moment})::DOUBLE - {(first + last) / 2:.0f}) < {(last - first) / 2 - 1:.0f}"


def reasons(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many rows are bad, by reason; lines that could not be read at all among them."""
    counted = connection.execute(
        "SELECT reason, count(*) FROM (SELECT reason FROM bad UNION ALL SELECT reason FROM bad_lines) GROUP BY 1"
    ).fetchall()
    return dict(sorted(counted))


def bad_rows(staged: Staged, event_id: str) -> Iterator[list[BadRow]]:
    """Every bad row, a batch at a time.  event_id: SQL of a row's id over the staged table t and its `repeats` r."""
    found = staged.connection.execute(
        f"""
        SELECT n, {event_id} AS event_id, reason, NULL AS help, {row_as_json(staged)} AS body
        FROM {staged.table} t JOIN bad USING (n) LEFT JOIN repeats r USING (n)
        UNION ALL
        SELECT n, left(md5(coalesce(body, '')), 24) || CASE WHEN k > 1 THEN '-' || k ELSE '' END, reason, help, body
        FROM (SELECT *, row_number() OVER (PARTITION BY body ORDER BY n) AS k FROM bad_lines)
        """
    )
    while rows := found.fetchmany(_BATCH):
        yield [BadRow(n, name, why, text or _HELP[why], body or "") for n, name, why, text, body in rows]
