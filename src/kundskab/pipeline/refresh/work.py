"""What a stage of refresh works with: views as of one moment, what was there before, and where its tables go."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.consent.derived import NotComputed
from kundskab.consent.view import View
from kundskab.lake import derived
from kundskab.pipeline.home import Home
from kundskab.pipeline.locks import writer_lock
from kundskab.pipeline.views import Views
from kundskab.types import VERSION, KundskabError

WAIT_FOR_WRITER = 3600.0  # seconds; an import of a year of orders may hold it for a while
HORIZON_DAYS = 30
SHARED = ("forecasts", "contests")  # tables into which several stages write, each its own kinds of rows


class TooLittle(KundskabError):
    """A stage has too little to learn from: said in the report, and the others go on."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of refresh.  tables: what it writes.  after: stages that must have run before, where they run at all.

    kinds: of rows that it writes into tables which other stages write into too (see SHARED).  models: states that it
    keeps of what it has learnt of people, and that go when there is too little to learn from.
    """

    name: str
    run: Callable[[Work], None]
    tables: tuple[str, ...]
    after: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


@dataclass(slots=True)
class Work:
    """One stage of one refresh for one purpose. Nothing after `as_of` is looked at."""

    home: Home
    views: Views
    purpose: str
    as_of: datetime
    stage: str
    horizon_days: int = HORIZON_DAYS
    report: Callable[[float], None] = lambda share: None
    _seen: tuple[int, int, int] | None = field(default=None, init=False)  # snapshot, ledger_seq, links_seq
    _written: set[str] = field(default_factory=set, init=False)  # tables

    @property
    def zone(self) -> ZoneInfo:
        """By whose days and weeks the company counts."""
        return self.home.zone

    @property
    def currency(self) -> str:
        return self.home.settings.currency

    def view(self) -> View:
        """A fresh view as of `as_of`; it lives five minutes, so open one a question."""
        view = self.views.open(self.purpose, self.as_of)
        if self._seen is None:  # what is written says of the first: nothing that came later is promised to be in it
            self._seen = (view.snapshot, view.ledger_seq, view.links_seq)
        return view

    def previous(self, table: str) -> pa.Table:
        """The rows of the newest moment before this one, of persons permitted now; no rows when there is none."""
        rows = self.history(table)
        if not rows.num_rows:
            return rows
        moments = rows["as_of"]
        return rows.filter(pc.equal(moments, pc.max(moments)))

    def history(self, table: str) -> pa.Table:
        """All that is kept from moments before this one, with its provenance; of persons permitted now."""
        try:
            rows = self.views.open(self.purpose).derived(table, history=True)
        except NotComputed:
            return derived.empty(table)
        return rows.filter(rows.as_of < ibis.literal(self.as_of)).to_pyarrow()

    def current(self, table: str) -> pa.Table:
        """What an earlier stage of this same refresh wrote; no rows when it wrote none."""
        try:
            rows = self.views.open(self.purpose).derived(table)
        except NotComputed:
            return derived.empty(table)
        return rows.filter(rows.as_of == ibis.literal(self.as_of)).to_pyarrow()

    def write(self, table: str, rows: pa.Table) -> None:
        """Put rows, without the provenance columns, in the place of the table's rows of this moment (or of any)."""
        self._write(table, rows, "all")

    def write_kinds(self, table: str, rows: pa.Table, *kinds: str, why: str = "") -> None:
        """Put rows in the place of those of these kinds, beside what other stages wrote at this moment.

        why: there can be none of these.
        """
        there = self.current(table).select(derived.own_schema(table).names)
        others = there.filter(pc.invert(pc.is_in(there["kind"].cast(pa.string()), pa.array(kinds, pa.string()))))
        rows = pa.concat_tables([others, rows.select(others.column_names).cast(others.schema)])
        self._write(table, rows, "all", "" if rows.num_rows else why)

    def leave(self, stage: Stage, why: str) -> None:
        """Put nothing in the place of what the stage has not written, and why: what was learnt earlier, perhaps from
        people who have withdrawn since, is not what is known now. Earlier moments of a history stay, dated as they are.
        """
        for table in stage.tables:
            if table in self._written:
                continue
            if table in SHARED:
                self.write_kinds(table, derived.empty(table), *stage.kinds, why=why)
            else:
                self._write(table, derived.empty(table), "all", why)
        self._drop(lambda part: part.part in stage.models and part.as_of <= self.as_of)

    def spare(self, table: str) -> None:
        """This table stays as it is, also where the stage turns out to have too little for the others."""
        self._written.add(table)

    def state(self, name: str) -> bytes | None:
        """What a model kept at the newest moment before this one."""
        lake = self.home.lake
        kept = [p for p in derived.parts(lake, "models", self.purpose) if p.part == name and p.as_of < self.as_of]
        return derived.body(kept[-1]) if kept else None

    def keep(self, name: str, body: bytes) -> None:
        """Keep a model's state: npz or JSON, never pickle.  name: letters, digits, "-" and "_"."""
        self._write("models", pa.table({"name": [name], "body": pa.array([body], pa.large_binary())}), name)

    def forget(self, name: str) -> None:
        """No longer keep a state of this moment: one that belongs to what was kept before it is kept anew."""
        self._drop(lambda part: (part.part, part.as_of) == (name, self.as_of))

    def rng(self) -> np.random.Generator:
        """The same numbers for the same workspace and stage."""
        return np.random.default_rng(zlib.crc32(f"{self.home.settings.workspace_id} {self.stage}".encode()))

    def progress(self, share: float) -> None:
        """Which share of this stage is done, 0-1."""
        self.report(share)

    def _drop(self, goes: Callable[[derived.Part], bool]) -> None:
        """Take states out of what is kept."""
        lake = self.home.lake
        with writer_lock(self.home.run, f"refresh of {self.stage}", wait_seconds=WAIT_FOR_WRITER):
            old = [part for part in derived.parts(lake, "models", self.purpose) if goes(part)]
            if old:
                derived.commit(lake, "models", [], old)

    def _write(self, table: str, rows: pa.Table, part: str, why: str = "") -> None:
        if self._seen is None:
            self.view()
        assert self._seen is not None
        snapshot, ledger_seq, links_seq = self._seen
        rows = derived.with_provenance(
            rows.select(derived.own_schema(table).names).cast(derived.own_schema(table)),
            {
                "purpose": self.purpose,
                "as_of": self.as_of,
                "snapshot": snapshot,
                "ledger_seq": ledger_seq,
                "links_seq": links_seq,
                "code_version": VERSION,
            },
        )
        lake = self.home.lake
        with writer_lock(self.home.run, f"refresh of {table}", wait_seconds=WAIT_FOR_WRITER):
            path = derived.write(lake, table, rows, purpose=self.purpose, as_of=self.as_of, part=part, why=why)
            derived.commit(lake, table, [path], derived.outdated(lake, table, self.purpose, self.as_of, part))
        self._written.add(table)
