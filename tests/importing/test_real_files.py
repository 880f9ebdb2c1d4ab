"""Public files, imported and held against a direct query over the same file: counts, people and sums.

They lie outside the project: in $KUNDSKAB_DATA, or in ../shared/data beside the checkout. What is missing is skipped
aloud.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from tests.importing.conftest import balanced, stored

from kundskab.pipeline.home import Home
from kundskab.pipeline.importing import import_events

pytestmark = pytest.mark.slow

DATA = Path(os.environ.get("KUNDSKAB_DATA") or Path(__file__).parents[3] / "shared" / "data")


@dataclass(frozen=True)
class Case:
    """direct: SQL over {path} giving rows, good rows, people, sum of values (of the good rows)."""

    file: str
    direct: str
    mapping: dict[str, str] | None = None  # None: guessed
    timezone: str = "UTC"


def plain(actor: str, value: str = "NULL") -> str:
    """A CSV in which every row is good."""
    return (
        f"SELECT count(*), count(*), count(DISTINCT {actor}), sum(CAST({value} AS DECIMAL(18,4))) "
        "FROM read_csv('{path}', all_varchar = true, header = true)"
    )


LINES = """
    SELECT count(*), count(*), count(DISTINCT cells[1]), sum(CAST(cells[{value}] AS DECIMAL(18,4)))
    FROM (SELECT string_split_regex(trim(line), ' +') AS cells
          FROM read_csv('{{path}}', columns = {{line: 'VARCHAR'}}, header = {header}, delim = '\x01', quote = ''))
"""
VOTES = plain('"voter-id"')
LOG = plain("CaseID")

CASES = [
    Case("cdnow/CDNOW_master.txt.gz", LINES.format(value=4, header="true")),
    Case(
        "cdnow/CDNOW_sample.txt.gz",
        LINES.format(value=5, header="false"),
        {"actor": "column1", "occurred_at": "column3", "action": "='purchase'", "quantity": "column4",
         "value": "column5"},
    ),
    Case(
        "online_retail/online_retail.parquet",
        "SELECT count(*), count(CustomerID), count(DISTINCT CustomerID), "
        "sum(CAST(Quantity * UnitPrice AS DECIMAL(18,4))) FILTER (CustomerID IS NOT NULL) FROM '{path}'",
        {"actor": "CustomerID", "occurred_at": "InvoiceDate", "action": "='purchase'", "object": "StockCode",
         "occasion": "InvoiceNo", "value": "Quantity*UnitPrice"},
        "Europe/London",
    ),
    Case("retentioneering_ecom/ecom.csv.gz", plain("user_id")),
    Case(
        "dunnhumby_journey/transactions_sample.parquet",
        "SELECT count(*), count(*), count(DISTINCT household_id), sum(CAST(sales_value AS DECIMAL(18,4))) "
        "FROM '{path}'",
        timezone="America/New_York",
    ),
    Case(
        "dunnhumby_journey/coupon_redemptions.parquet",
        "SELECT count(*), count(*), count(DISTINCT household_id), NULL FROM '{path}'",
    ),
    Case("process_logs/helpdesk.csv.gz", LOG),
    Case("process_logs/bpi_12_w.csv.gz", LOG),
    Case("process_logs/bpi_12_w_no_repeat.csv.gz", LOG),
    Case("process_logs/bpi_13_incidents.csv.gz", LOG),
    Case("polis-bg2050/votes.csv.gz", VOTES),
    Case("polis-biodiversity/votes.csv.gz", VOTES),
    Case("polis-bg2050/comments.csv.gz", plain('"author-id"')),
    Case("yoochoose_100k/yoochoose-clicks-100k_train_full.txt.gz", plain("SessionId")),
    Case("yoochoose_100k/yoochoose-clicks-100k_test.txt.gz", plain("SessionId")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file.split("/")[-1])
def test_what_is_imported_is_what_is_in_the_file(home: Home, case: Case) -> None:
    path = _found(case.file)

    report = import_events(home, path, mapping=case.mapping, timezone=case.timezone)

    rows, good, people, paid = _direct(case, path)
    assert (report.rows, report.stored, report.quarantined) == (rows, good, rows - good)
    ((count, actors, paid_here),) = stored(home, "count(*), count(DISTINCT actor), sum(value)")
    assert (count, actors) == (good, people)
    if paid is not None:
        # Prices are binary fractions in some files: a product may round either way in the fifth place.
        assert abs(paid_here - paid) <= Decimal("0.0001") * (1 + good // 10_000)
    assert balanced(home)


@pytest.mark.parametrize("case", [CASES[0], CASES[3]], ids=lambda case: case.file.split("/")[-1])
def test_importing_it_again_stores_nothing_new(home: Home, case: Case) -> None:
    path = _found(case.file)
    first = import_events(home, path)

    again = import_events(home, path)

    assert (again.stored, again.duplicates) == (0, first.stored)
    assert balanced(home)


def test_times_of_a_real_file_are_the_shops_own(home: Home) -> None:
    path = _found("online_retail/online_retail.parquet")

    import_events(home, path, timezone="Europe/London")

    direct = duckdb.sql(
        f"SELECT min(InvoiceDate), max(InvoiceDate) FROM '{path}' WHERE CustomerID IS NOT NULL"
    ).fetchall()
    first_and_last = "(min(occurred_at) AT TIME ZONE 'Europe/London'), (max(occurred_at) AT TIME ZONE 'Europe/London')"
    assert stored(home, first_and_last) == direct


def _found(file: str) -> Path:
    path = DATA / file
    if not path.exists():
        pytest.skip(f"{path} is not there; set KUNDSKAB_DATA to the folder of the public data sets")
    return path


def _direct(case: Case, path: Path) -> tuple[int, int, int, Decimal | None]:
    ((rows, good, people, paid),) = duckdb.sql(case.direct.replace("{path}", str(path))).fetchall()
    return rows, good, people, paid
