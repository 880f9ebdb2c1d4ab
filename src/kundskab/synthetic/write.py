"""Writes a fictitious company into a folder of files, as an importer would get them from a real one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kundskab.synthetic.generate import Company
from kundskab.synthetic.tables import EVENTS

# only the first four files are what a company has; the truth is kept apart, for tests and for looking up the answer
FILES = ("events.parquet", "people.parquet", "consents.parquet", "objects.parquet")
TRUTHS = ("truth.parquet", "truth_people.parquet", "truth_devices.parquet")


def write(company: Company, folder: Path, *, told: Callable[[int], None] = lambda rows: None) -> dict[str, int]:
    """Writes FILES, TRUTHS and declaration.yaml into `folder`, which is made when missing; returns rows per file.

    told: called with the number of events written so far, for a progress bar.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = {FILES[0]: _write_events(company, folder / FILES[0], told)}
    small = (company.people, company.consents, company.objects, company.truth, company.humans, company.devices)
    for name, table in zip((*FILES[1:], *TRUTHS), small, strict=True):
        _write_table(table, folder / name)
        rows[name] = table.num_rows
    (folder / "declaration.yaml").write_text(company.declaration.source, encoding="utf-8")
    return rows


def _write_events(company: Company, path: Path, told: Callable[[int], None]) -> int:
    rows = 0
    with pq.ParquetWriter(path, EVENTS, compression="zstd") as file:
        for table in company.events():
            file.write_table(table)
            rows += table.num_rows
            told(rows)
    return rows


def _write_table(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd")
