from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from kundskab import synthetic

pytestmark = pytest.mark.slow


def test_it_writes_what_a_company_has_and_the_truth_apart(
    company: synthetic.Company, events: pa.Table, tmp_path: Path
) -> None:
    steps: list[tuple[int, float]] = []

    rows = synthetic.write(company, tmp_path / "new" / "folder", told=lambda *step: steps.append(step))

    written = pq.read_table(tmp_path / "new" / "folder" / "events.parquet")
    assert written.equals(events)
    assert rows["events.parquet"] == steps[-1][0] == events.num_rows
    assert 0.99 < steps[-1][1] <= 1
    assert pq.read_table(tmp_path / "new" / "folder" / "people.parquet").equals(company.people)
    assert pq.read_table(tmp_path / "new" / "folder" / "truth.parquet").equals(company.truth)
    assert (tmp_path / "new" / "folder" / "declaration.yaml").read_text(encoding="utf-8") == company.declaration.source
    assert set(rows) == {f"{stem}.parquet" for stem in synthetic.FILES + synthetic.TRUTHS}


def test_every_file_says_that_it_is_fictitious(company: synthetic.Company, tmp_path: Path) -> None:
    synthetic.write(company, tmp_path / "parquet")
    rows = synthetic.write(company, tmp_path / "csv", kind="csv")

    assert all(b"fictitious" in pq.read_schema(path).metadata for path in (tmp_path / "parquet").glob("*.parquet"))
    assert all(name.startswith("fictitious-") for name in rows)
    for name in rows:
        header = (tmp_path / "csv" / name).read_text(encoding="utf-8").partition("\n")[0]
        assert header.endswith('"fictitious"'), name


def test_csv_says_the_same_as_parquet(company: synthetic.Company, events: pa.Table, tmp_path: Path) -> None:
    synthetic.write(company, tmp_path, kind="csv")

    words = pc.ConvertOptions(column_types={"value": pa.string(), "items": pa.string(), "account": pa.string()})
    written = pc.read_csv(tmp_path / "fictitious-events.csv", convert_options=words)
    assert written.column_names == [*events.column_names, "fictitious"]
    assert written["event_id"].to_pylist() == events["event_id"].to_pylist()
    values = [Decimal(value) if value else None for value in written["value"].to_pylist()]
    assert values == events["value"].to_pylist()


def test_the_lines_of_an_order_are_exact_in_csv(company: synthetic.Company, events: pa.Table, tmp_path: Path) -> None:
    synthetic.write(company, tmp_path, kind="csv")

    words = pc.ConvertOptions(column_types={"items": pa.string()}, include_columns=["items"])
    told = [
        json.loads(one) if one else None
        for one in pc.read_csv(tmp_path / "fictitious-events.csv", convert_options=words)["items"].to_pylist()
    ]
    meant = events["items"].to_pylist()
    assert [one is None for one in told] == [one is None for one in meant]
    for line, item in (
        (line, item) for a, b in zip(told, meant, strict=True) if a for line, item in zip(a, b, strict=True)
    ):
        assert Decimal(line["price"]) == item["price"]
        assert (line["object"], line["quantity"]) == (item["object"], item["quantity"])
