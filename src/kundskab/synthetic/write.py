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
MARK = "fictitious"  # what imports look for
TRUTHS = ("truth", "truth_people", "truth_devices", "truth_driver", "truth_worth", "truth_forms")


def write(
    company: Company,
    folder: Path,
    *,
    kind: Kind = "parquet",
    told: Callable[[int, float], None] = lambda rows, share: None,
) -> dict[str, int]:
    """Writes FILES, TRUTHS and declaration.yaml into `folder`, which is made when missing; returns rows per file name.

    kind: parquet, or csv, where the items of an order are JSON.  Every file says that it is fictitious: Parquet in
    its metadata, CSV in its name and in a column; so no real workspace takes it in, whoever carries it there.
    told: called with the number of events written so far and the share of the story told (0 to 1), for a progress bar.
    """
    folder.mkdir(parents=True, exist_ok=True)
    events = _name(FILES[0], kind)
    rows = {events: _write_events(company, folder / events, kind, told)}
    for stem, table in zip((*FILES[1:], *TRUTHS), _small(company), strict=True):
        name, marked = _name(stem, kind), _marked(table, kind)
        with _open(folder / name, marked.schema, kind) as file:
            file.write_table(marked)
        rows[name] = table.num_rows
    (folder / "declaration.yaml").write_text(company.declaration.source, encoding="utf-8")
    return rows


def _small(company: Company) -> Iterator[pa.Table]:
    """All tables but the events, in the order of FILES and TRUTHS."""
    yield from (company.people, company.consents, company.objects, company.facts, company.encounters)
    yield from (company.truth, company.humans, company.devices, company.driver, company.worth, company.forms)


def _write_events(company: Company, path: Path, kind: Kind, told: Callable[[int, float], None]) -> int:
    rows = 0
    with _open(path, _for_file(EVENTS.empty_table(), kind).schema, kind) as file:
        for table in company.events():
            file.write_table(_for_file(table, kind))
            rows += table.num_rows
            told(rows, _share_told(company.story, table))
    return rows


def _name(stem: str, kind: Kind) -> str:
    return f"{stem}.parquet" if kind == "parquet" else f"{MARK}-{stem}.csv"


def _for_file(table: pa.Table, kind: Kind) -> pa.Table:
    return _marked(table if kind == "parquet" else _flat(table), kind)


def _marked(table: pa.Table, kind: Kind) -> pa.Table:
    if kind == "parquet":
        return table.replace_schema_metadata({MARK: "yes"})
    return table.append_column(MARK, pa.array(["yes"] * table.num_rows, pa.string()))


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
