"""Reading times as people write them: the format is guessed from the data, and the guess is told.

The engine's session runs in the import's time zone, so a time without a zone is read as that zone's, a time with an
offset as what it says. Careful: a cast to TIMESTAMP drops an offset silently; only TIMESTAMPTZ is safe.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from kundskab.lake.engine import quoted
from kundskab.lake.intake.expressions import Expression

SAMPLE = 2_000

_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_DAY_FIRST = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y")
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")
_WORDS = ("%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%y")
_OTHERS = ("%Y.%m.%d", "%Y%m%d", "%a %b %d %H:%M:%S %Y")
_WITH_ZONE = ("%a, %d %b %Y %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z", "%d/%b/%Y:%H:%M:%S %z")

_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})(?!\d)")
_SLASHED_SQL = r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d"


@dataclass(frozen=True, slots=True)
class TimeReading:
    """sql: TIMESTAMPTZ or NULL.  original: the time as the file had it.  note: what was guessed, "" when sure."""

    sql: str
    original: str
    note: str = ""


def read_time(connection: duckdb.DuckDBPyConnection, table: str, expression: Expression) -> TimeReading:
    """How to read a column or expression as a time; looks at a sample, and at all rows when days are ambiguous."""
    if expression.kind == "time":
        # A date is its first moment in the session's zone.
        return TimeReading(f"({expression.sql})::TIMESTAMPTZ", expression.text())
    text = expression.text()
    sample = _sample(connection, table, text)
    if expression.kind == "number" or (sample and all(_PLAIN_NUMBER.fullmatch(value) for value in sample)):
        return _read_number(text, sample)
    return _read_text(connection, table, text, sample)


_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def _sample(connection: duckdb.DuckDBPyConnection, table: str, text: str) -> list[str]:
    rows = connection.execute(
        f"""
        SELECT DISTINCT trim(v) FROM (SELECT {text} AS v FROM {table})
        USING SAMPLE reservoir({SAMPLE} ROWS) REPEATABLE (42)
        """
    ).fetchall()
    return sorted(value for (value,) in rows if value)


def _read_number(text: str, sample: Sequence[str]) -> TimeReading:
    digits = [value.split(".")[0] for value in sample]
    for length, pattern in ((8, "%Y%m%d"), (14, "%Y%m%d%H%M%S"), (12, "%Y%m%d%H%M")):
        if digits and all(len(value) == length and "1900" <= value[:4] <= "2199" for value in digits):
            plain = f"split_part(trim({text}), '.', 1)"
            return TimeReading(_strptime(plain, (pattern,)), text, f"Times were read as {pattern}.")
    return TimeReading(_epoch(text), text, "Times were read as seconds, ms, us or ns since 1970, by their size.")


def _epoch(text: str) -> str:
    number = f"try_cast({text} AS DOUBLE)"
    micros = (
        f"CASE WHEN abs({number}) < 1e11 THEN round({number} * 1e6) "
        f"WHEN abs({number}) < 1e14 THEN round({number} * 1e3) "
        f"WHEN abs({number}) < 1e17 THEN {number} WHEN abs({number}) < 1e20 THEN round({number} / 1e3) END"
    )
    return f"make_timestamp(({micros})::BIGINT) AT TIME ZONE 'UTC'"


def _read_text(connection: duckdb.DuckDBPyConnection, table: str, text: str, sample: Sequence[str]) -> TimeReading:
    slashed, note = _day_or_month_first(connection, table, text, sample)
    utc = connection.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]
    chosen = _best(connection, sample, _candidates("v", slashed, utc=utc)) or ["ISO 8601"]
    candidates = _candidates(text, slashed, utc=utc)
    sql = candidates[chosen[0]] if len(chosen) == 1 else f"coalesce({', '.join(candidates[c] for c in chosen)})"
    return TimeReading(sql, text, note if _AMBIGUOUS in chosen else "")


_AMBIGUOUS = "dates with slashes, dots or dashes"


def _candidates(text: str, slashed: Sequence[str], *, utc: bool) -> dict[str, str]:
    """SQL per way of writing a time, each giving TIMESTAMPTZ or NULL."""
    trimmed = f"trim({text})"
    return {
        "ISO 8601": _iso(text, utc=utc),
        _AMBIGUOUS: _strptime(trimmed, _with_clocks(slashed)),
        "dates with month names": _strptime(trimmed, _with_clocks(_WORDS)),
        "other formats": _strptime(trimmed, _OTHERS),
        "times with offsets": _strptime(trimmed, _WITH_ZONE),
        "numbers since 1970": f"CASE WHEN regexp_full_match({trimmed}, '-?[0-9]{{9,19}}(\\.[0-9]+)?') "
        f"THEN {_epoch(trimmed)} END",
    }


def _iso(text: str, *, utc: bool) -> str:
    # Nearly all times are written so, without an offset: then the cast to TIMESTAMP is safe, and thrice as quick.
    plain = f"{text} LIKE '____-__-_____:__:__'" + ("" if utc else f" AND NOT ends_with({text}, 'Z')")
    naive = f"try_cast({text} AS TIMESTAMP)"
    moment = f"make_timestamptz(epoch_us({naive}))" if utc else f"{naive}::TIMESTAMPTZ"
    return f"CASE WHEN {plain} THEN {moment} ELSE try_cast(trim({text}) AS TIMESTAMPTZ) END"


def _with_clocks(days: Sequence[str]) -> tuple[str, ...]:
    return tuple(day + clock for day in days for clock in _CLOCKS)


def _strptime(text: str, patterns: Sequence[str]) -> str:
    return f"try_strptime({text}, [{', '.join(map(quoted, patterns))}])::TIMESTAMPTZ"


def _best(connection: duckdb.DuckDBPyConnection, sample: Sequence[str], candidates: dict[str, str]) -> list[str]:
    """The fewest ways that read what can be read of the sample, the best first. candidates: over a column v."""
    chosen: list[str] = []
    left = list(sample)
    while left and len(chosen) < len(candidates):
        counted = ", ".join(f"count({sql})" for sql in candidates.values())
        counts = connection.execute(f"SELECT {counted} FROM {_VALUES}", [left]).fetchone()
        assert counts is not None
        name, count = max(zip(candidates, counts, strict=True), key=lambda pair: int(pair[1]))
        if not count:
            break
        chosen.append(name)
        unread = connection.execute(f"SELECT v FROM {_VALUES} WHERE {candidates[name]} IS NULL", [left])
        left = [value for (value,) in unread.fetchall()]
    return chosen


_VALUES = "(SELECT unnest($1::VARCHAR[]) AS v)"


def _day_or_month_first(
    connection: duckdb.DuckDBPyConnection, table: str, text: str, sample: Sequence[str]
) -> tuple[tuple[str, ...], str]:
    if not any(_SLASHED.match(value) for value in sample):
        return _DAY_FIRST, ""
    highest = connection.execute(
        f"""
        SELECT max(try_cast(regexp_extract(v, {quoted(_SLASHED_SQL)}, 1) AS INTEGER)),
               max(try_cast(regexp_extract(v, {quoted(_SLASHED_SQL)}, 2) AS INTEGER))
        FROM (SELECT {text} AS v FROM {table})
        """
    ).fetchone()
    assert highest is not None
    first, second = (number or 0 for number in highest)
    if second > 12 and first <= 12:
        return _MONTH_FIRST, "Dates were read as month/day/year: a second number above 12 says so."
    if first > 12 and second <= 12:
        return _DAY_FIRST, "Dates were read as day/month/year: a first number above 12 says so."
    if first > 12:
        return _DAY_FIRST + _MONTH_FIRST, "Dates mix day/month and month/day; day/month was tried first. Look at them."
    return _DAY_FIRST, (
        "Every date reads as day/month and as month/day; day/month was taken. "
        "If that is wrong, map it as parse_time(column, '%m/%d/%Y')."
    )
