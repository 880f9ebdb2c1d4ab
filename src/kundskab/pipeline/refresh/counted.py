"""Who is counted, written down before anything else; and what was kept of people who may not be used any more goes."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from kundskab.consent.derived import NotComputed
from kundskab.lake import derived
from kundskab.pipeline.locks import writer_lock
from kundskab.pipeline.refresh.work import WAIT_FOR_WRITER, Stage, Work


def run(work: Work) -> None:
    """Write the table people, and take out of all that stays whom the last one does not permit any more."""
    counted = work.view().counted()
    try:
        still = work.views.open(work.purpose).derived("people")
        before = still.select("person", "actors", "asked", "devices").to_pyarrow()
    except NotComputed:
        before = counted.slice(0, 0)
    _forget_others(work, before["person"].combine_chunks())
    work.write("people", _together(counted, before))


def _together(counted: pa.Table, before: pa.Table) -> pa.Table:
    """Everybody counted now or before. What is kept of before rests on what it rested on then, so both hold."""
    kept = before.filter(pc.invert(pc.is_in(before["person"], counted["person"].combine_chunks())))
    rested = before.filter(pc.or_(before["asked"], pc.is_valid(before["devices"])))
    if rested.num_rows:
        counted = _resting_on(counted, {row["person"]: row for row in rested.to_pylist()})
    return pa.concat_tables([counted, kept.cast(counted.schema)])


def _resting_on(counted: pa.Table, was: dict[str, dict[str, object]]) -> pa.Table:
    rows = counted.to_pylist()
    for row in rows:
        if old := was.get(row["person"]):
            row["asked"] = row["asked"] or old["asked"]
            if old["devices"]:
                row["devices"] = sorted({*(row["devices"] or []), *old["devices"]})  # type: ignore[misc]
    return pa.Table.from_pylist(rows, schema=counted.schema)


def _forget_others(work: Work, allowed: pa.Array) -> None:
    """Out of histories, and out of what this refresh wrote already where it was killed and now goes on."""
    lake = work.home.lake
    for name in [name for name, table in derived.TABLES.items() if table.is_personal and name != "people"]:
        for part in derived.parts(lake, name, work.purpose):
            if derived.TABLES[name].moments == 1 and part.as_of != work.as_of:
                continue  # its stage writes it anew
            if all(pc.all(_stays(persons, allowed)).as_py() is not False for persons in derived.persons_in(part)):
                continue  # nearly always, and told by one column
            rows = derived.read(part)
            kept = rows.filter(_stays(rows["person"], allowed))
            with writer_lock(work.home.run, f"forgetting in {name}", wait_seconds=WAIT_FOR_WRITER):
                path = derived.write(lake, name, kept, purpose=work.purpose, as_of=part.as_of, part=part.part)
                derived.commit(lake, name, [path], [part])


def _stays(persons: pa.Array | pa.ChunkedArray, allowed: pa.Array) -> pa.Array | pa.ChunkedArray:
    """Rows of nobody, and of those who are allowed."""
    return pc.or_(pc.is_null(persons), pc.is_in(persons, allowed))


STAGE = Stage("people", run, ("people",))
