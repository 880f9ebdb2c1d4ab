"""Writes a fictitious company into a folder of files, as an importer would get them from a real one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from kundskab.synthetic.generate import Company
from kundskab.synthetic.rhythms import Story
from kundskab.synthetic.tables import EVENTS

Kind = Literal["parquet", "csv"]
# only these are what a company has; the truth is kept apart, for tests and for looking up the answer
FILES = ("events", "people", "consents", "objects", "facts", "encounters")
TRUTHS = ("truth", "truth_people", "truth_devices", "truth_driver", "truth_worth", "truth_forms")


def write(
    company: Company,
    folder: Path,
    *,
    kind: Kind = "parquet",
    told: Callable[[int, float], None] = lambda rows, share: None,
) -> dict[str, int]:
    """Writes FILES, TRUTHS and declaration.yaml into `folder`, which is made when missing; returns rows per file name.

    kind: parquet, or csv, where the items of an order are JSON.
    told: called with the number of events written so far and the share of the story told (0 to 1), for a progress bar.
    """
    folder.mkdir(parents=True, exist_ok=True)
    events = f"{FILES[0]}.{kind}"
    rows = {events: _write_events(company, folder / events, kind, told)}
    for stem, table in zip((*FILES[1:], *TRUTHS), _small(company), strict=True):
        with _open(folder / f"{stem}.{kind}", table.schema, kind) as file:
            file.write_table(table)
        rows[f"{stem}.{kind}"] = table.num_rows
    (folder / "declaration.yaml").write_text(company.declaration.source, encoding="utf-8")
    return rows


def _small(company: Company) -> Iterator[pa.Table]:
    """All tables but the events, in the order of FILES and TRUTHS."""
    yield from (company.people, company.consents, company.objects, company.facts, company.encounters)
    yield from (company.truth, company.humans, company.devices, company.driver, company.worth, company.forms)


def _write_events(company: Company, path: Path, kind: Kind, told: Callable[[int, float], None]) -> int:
    rows = 0
    with _open(path, EVENTS if kind == "parquet" else _flat(EVENTS.empty_table()).schema, kind) as file:
        for table in company.events():
            file.write_table(table if kind == "parquet" else _flat(table))
            rows += table.num_rows
            told(rows, _share_told(company.story, table))
    return rows


def _share_told(story: Story, table: pa.Table) -> float:
    last = table["occurred_at"][-1].cast(pa.int64()).as_py()
    return float((last - story.start) / (story.until - story.start))


def _open(path: Path, schema: pa.Schema, kind: Kind) -> Any:
    return pq.ParquetWriter(path, schema, compression="zstd") if kind == "parquet" else pc.CSVWriter(path, schema)


def _flat(table: pa.Table) -> pa.Table:
    """CSV knows no lists: the items become JSON, and where there are none, nothing."""
    orders = np.flatnonzero(table["items"].is_valid())
    # default=str: a price is a decimal, and a decimal told as a float would no longer be exact
    told = [
        json.dumps(one, default=str, ensure_ascii=False) for one in table["items"].take(pa.array(orders)).to_pylist()
    ]
    place = np.full(table.num_rows, -1)
    place[orders] = np.arange(len(orders))
    items = pa.array(told, pa.string()).take(pa.array(place, mask=place < 0))
    return table.set_column(table.schema.get_field_index("items"), "items", items)
