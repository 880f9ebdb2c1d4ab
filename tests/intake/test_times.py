"""Times as people write them."""

from __future__ import annotations

import duckdb
import pytest

from kundskab.lake.intake import Column
from kundskab.lake.intake.expressions import compile_expression
from kundskab.lake.intake.times import read_time


def read(*cells: str, timezone: str = "Europe/Stockholm") -> tuple[list[str | None], str]:
    """Each cell in UTC, and what was guessed."""
    connection = duckdb.connect()
    connection.execute(f"SET TimeZone = '{timezone}'")
    connection.execute("CREATE TABLE t AS SELECT unnest($1::VARCHAR[]) AS c0", [list(cells)])
    reading = read_time(connection, "t", compile_expression("x", [Column("x", "c0", "VARCHAR")]))
    found = connection.execute(f"SELECT strftime(({reading.sql}) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%g') FROM t")
    return [None if value is None else value.removesuffix(".000") for (value,) in found.fetchall()], reading.note


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2024-01-02 10:00:00", "2024-01-02 09:00:00"),
        ("2024-07-02 10:00:00", "2024-07-02 08:00:00"),
        ("2024-07-02T10:00:00Z", "2024-07-02 10:00:00"),
        ("2024-07-02T10:00:00+0300", "2024-07-02 07:00:00"),
        ("2024-07-02 10:00:00.25-05:00", "2024-07-02 15:00:00.250"),
        ("  2024-07-02T10:00:00Z ", "2024-07-02 10:00:00"),
        ("2024-01-02", "2024-01-01 23:00:00"),
        ("19970101", "1996-12-31 23:00:00"),
        ("20240105103000", "2024-01-05 09:30:00"),
        ("1396437466.94", "2014-04-02 11:17:46.940"),
        ("1726860583813", "2024-09-20 19:29:43.813"),
        ("1726860583813000", "2024-09-20 19:29:43.813"),
        ("1726860583813000000", "2024-09-20 19:29:43.813"),
        ("31/12/2024 23:59", "2024-12-31 22:59:00"),
        ("12/31/2024 11:59 PM", "2024-12-31 22:59:00"),
        ("31.12.2024", "2024-12-30 23:00:00"),
        ("20 Sep 2024 14:29", "2024-09-20 12:29:00"),
        ("Sep 20, 2024", "2024-09-19 22:00:00"),
        ("Fri, 20 Sep 2024 14:29:00 +0000", "2024-09-20 14:29:00"),
        ("yesterday", None),
        ("", None),
        ("2024-02-30 10:00:00", None),
        ("1e300", None),
        ("99999999999999999999999", None),
    ],
)
def test_it_reads(cell: str, utc: str | None) -> None:
    assert read(cell)[0] == [utc]


def test_one_high_day_tells_which_comes_first() -> None:
    assert read("01/02/2024", "13/02/2024", timezone="UTC")[0] == ["2024-02-01 00:00:00", "2024-02-13 00:00:00"]
    assert read("01/02/2024", "01/13/2024", timezone="UTC")[0] == ["2024-01-02 00:00:00", "2024-01-13 00:00:00"]


def test_what_stays_ambiguous_is_said() -> None:
    assert "day/month was taken" in read("01/02/2024", "03/04/2024")[1]


def test_several_ways_of_writing_may_stand_in_one_column() -> None:
    found, _ = read("2024-01-01", "1396437466", "05.06.2024 10:00", timezone="UTC")

    assert found == ["2024-01-01 00:00:00", "2014-04-02 11:17:46", "2024-06-05 10:00:00"]


def test_summer_time_never_invents_or_loses_an_event() -> None:
    gap, twice = read("2024-03-31 02:30:00", "2024-10-27 02:30:00")[0]

    assert gap is not None
    assert twice in ("2024-10-27 00:30:00", "2024-10-27 01:30:00")
