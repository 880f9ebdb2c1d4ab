"""The front door of the library: the lines of the README work as they stand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import kundskab
from kundskab.types import KundskabError

pytestmark = pytest.mark.slow

ORDERS = """CustomerID,InvoiceDate,StockCode,InvoiceNo,Quantity,UnitPrice
17850,2010-12-01 08:26,85123A,536365,6,2.55
17850,2010-12-01 08:26,71053,536365,6,3.39
13047,2010-12-01 08:34,84879,536367,32,1.69
,2010-12-01 09:00,22752,536368,2,7.65
"""
MAPPING = {
    "actor": "CustomerID",
    "occurred_at": "InvoiceDate",
    "action": "='purchase'",
    "object": "StockCode",
    "occasion": "InvoiceNo",
    "value": "Quantity*UnitPrice",
}


def test_a_file_becomes_a_view_in_three_lines(tmp_path: Path, keys_folder: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)

    with kundskab.open(str(tmp_path / "acme"), timezone="Europe/London") as ws:
        report = ws.import_events(tmp_path / "orders.csv", mapping=MAPPING, purposes=["analytics"])
        view = ws.view("analytics")
        counts = view.events.group_by("action").count().to_pandas()
        people = ws.people.resolve(["17850", "13047", "1"])

        assert (report.rows, report.stored, report.quarantined) == (4, 3, 1)
        assert counts.values.tolist() == [["purchase", 3]]
        assert people[2] is None
        assert set(view.events.person.to_pyarrow().to_pylist()) == {people[0], people[1]}
        assert float(view.events.value.sum().execute()) == pytest.approx(15.30 + 20.34 + 54.08)
        assert ws.books().balanced
        profile = ws.people.find("17850")
        assert profile is not None
        assert profile.person == people[0]


def test_a_workspace_opens_again_with_everything_in_it(tmp_path: Path, keys_folder: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    with kundskab.open(str(tmp_path / "acme")) as ws:
        ws.import_events(tmp_path / "orders.csv", mapping=MAPPING)

    with kundskab.open(str(tmp_path / "acme")) as ws:
        again = ws.import_events(tmp_path / "orders.csv", mapping=MAPPING)
        ws.refresh()

        assert (again.stored, again.duplicates) == (0, 3)
        assert ws.view().events.count().execute() == 3


def test_at_takes_a_text_by_the_workspaces_clock(tmp_path: Path, keys_folder: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    with kundskab.open(str(tmp_path / "acme"), timezone="Asia/Tokyo") as ws:
        ws.import_events(tmp_path / "orders.csv", mapping=MAPPING)

        seen = {at: ws.view(at=at).events.count().execute() for at in ("2010-12-01 08:30", "2010-11-30T23:30:00Z")}
        assert seen == {"2010-12-01 08:30": 2, "2010-11-30T23:30:00Z": 2}
        assert ws.view(at="2010-12-01").facts.count().execute() == 0
        with pytest.raises(KundskabError, match="'soon' is no time"):
            ws.view(at="soon")


def test_the_collector_starts_without_engine_tables_or_pages() -> None:
    code = (
        "import sys, kundskab.collector.app; "
        "print(sorted({'django', 'duckdb', 'ibis', 'pyiceberg', 'pandas'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
