"""The import of an object catalogue: id, name, category, valid from a date. The newest file of a source wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
import pyarrow as pa

from kundskab.lake.intake import OBJECT_KEYS, Record, bad_lines, guess_objects, records, staged
from kundskab.lake.schema import arrow_schema
from kundskab.pipeline.home import Home
from kundskab.pipeline.importing.aside import aside, quarantine_journal
from kundskab.pipeline.importing.declaration import Progress, nothing, refuse_mixing, rules_at, source_name
from kundskab.pipeline.importing.guess import complete
from kundskab.pipeline.locks import writer_lock
from kundskab.pipeline.writing import writing
from kundskab.types import ImportReport, KundskabError, utc_now
from kundskab.vault import Bad

WAIT_SECONDS = 60.0

_Key = tuple[str, str, datetime | None]  # source, object, valid from


def import_objects(
    home: Home,
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    source: str | None = None,
    timezone: str | None = None,
    keep: str | Sequence[str] = "all",
    fictitious: bool = False,
    declared_by: str = "the importer",
    progress: Progress = nothing,
    now: Callable[[], datetime] = utc_now,
) -> ImportReport:
    """Import a catalogue; rows == stored + duplicates + quarantined.

    A row takes the place of an earlier one of the same source, object and valid_from; what says nothing new is a
    duplicate. Columns that no key takes become properties. Objects are no people: no permission is declared.
    """
    refuse_mixing(home, path, fictitious=fictitious)
    started, received_at, name = monotonic(), now(), source or source_name(path)
    with (
        writer_lock(home.run, "import", wait_seconds=WAIT_SECONDS),
        staged(path, home.run, timezone=timezone or home.settings.timezone) as file,
    ):
        progress("reading objects", 0.2)
        chosen = dict(mapping) if mapping is not None else complete(guess_objects(file), file).mapping
        if not chosen.get("object"):
            raise KundskabError("The mapping does not say which object a row is about; map object to a column.")
        known = {_key(row): row for row in home.lake.objects().to_pylist()}
        journal = quarantine_journal(name, "objects")
        bad = [_bad_line(journal, name, received_at, *line) for line in bad_lines(file)]
        stored = 0
        for batch in records(file, chosen, keys=OBJECT_KEYS, keep=keep, rules=rules_at(received_at)):
            for record in batch:
                if not record.values["object"]:
                    bad.append(_nameless(journal, name, received_at, record))
                    continue
                row = _row(record, name)
                stored += known.get(_key(row)) != row
                known[_key(row)] = row
        with writing(home, "import") as tx:
            home.vault.add_quarantine(tx, bad)
            home.vault.audit(
                tx, who=declared_by, action="import", subject=name, purpose=None, reason="objects", at=received_at
            )
        if stored:
            home.lake.replace_objects(pa.Table.from_pylist(list(known.values()), schema=arrow_schema("objects")))
        rows = file.rows
    progress("done", 1.0)
    return ImportReport(
        rows=rows,
        stored=stored,
        duplicates=rows - stored - len(bad),
        refused=0,
        quarantined=len(bad),
        source=name,
        mapping=chosen,
        reasons=_counted(bad),
        seconds=round(monotonic() - started, 3),
    )


def _row(record: Record, source: str) -> dict[str, Any]:
    values = record.values
    return {
        "object": values["object"],
        "name": values.get("name"),
        "category": values.get("category"),
        "valid_from": values.get("valid_from"),
        "source": source,
        "properties": orjson.dumps(record.rest, option=orjson.OPT_SORT_KEYS).decode(),
    }


def _key(row: Mapping[str, Any]) -> _Key:
    return row["source"], row["object"], row["valid_from"]


def _nameless(journal: str, source: str, now: datetime, record: Record) -> Bad:
    text = "The row does not say which object it is about; fill that column."
    return aside(
        journal, source, now,
        row_id=record.row_id, reason="no_object", text=text, body=record.body, row_number=record.row_number,
    )  # fmt: skip


def _bad_line(journal: str, source: str, now: datetime, n: int, reason: str, text: str, body: str) -> Bad:
    return aside(journal, source, now, row_id=f"{n}:{body}", reason=reason, text=text, body=body, row_number=n)


def _counted(bad: Sequence[Bad]) -> dict[str, int]:
    reasons: dict[str, int] = {}
    for one in bad:
        reasons[one.reason] = reasons.get(one.reason, 0) + 1
    return reasons
