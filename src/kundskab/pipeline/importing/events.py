"""The import of events: a file becomes rows of the lake, each once, however often and however interrupted.

Order of deeds, so that a crash anywhere is harmless: the vault first (tokens, quarantine, permission; all idempotent),
then the files on disk, then one lake commit that carries rows and books together. Until that commit nothing has
happened; the same import run again does the same again, and ids that are already there are duplicates.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

import pyarrow as pa
import pyarrow.compute as pc

from kundskab.consent.collection import OBJECTABLE
from kundskab.lake import LakeState, SourceBooks
from kundskab.lake.intake import IDENTIFIER_KEYS, BadRow, Rows, Staged, Stamp, Written, guess_mapping, staged
from kundskab.lake.reader import pin
from kundskab.pipeline.home import Home
from kundskab.pipeline.importing.aside import aside, quarantine_journal
from kundskab.pipeline.importing.declaration import (
    Progress,
    declaration_note,
    declare,
    nothing,
    refuse_mixing,
    rules_at,
    source_name,
)
from kundskab.pipeline.importing.guess import complete
from kundskab.pipeline.locks import writer_lock
from kundskab.pipeline.permissions import refresh_people
from kundskab.pipeline.writing import writing
from kundskab.types import ImportReport, utc_now
from kundskab.vault import Bad, Link

log = logging.getLogger(__name__)


_Tokens = dict[str, tuple[pa.Array, pa.Array]]  # identifier kind -> (identifiers, their tokens, same order)

WAIT_SECONDS = 60.0
TOKENS_AT_ONCE = 20_000  # identifiers a transaction: a quarter of a second, which is how long a page may wait


def import_events(
    home: Home,
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    purposes: Sequence[str] | None = None,
    basis: Mapping[str, str] | str | None = None,
    source: str | None = None,
    timezone: str | None = None,
    keep: str | Sequence[str] = "all",
    fictitious: bool = False,
    declared_by: str = "the importer",
    progress: Progress = nothing,
    now: Callable[[], datetime] = utc_now,
) -> ImportReport:
    """Import a file of events; rows == stored + duplicates + refused + quarantined.

    mapping: key -> column name or expression; guessed when None.  timezone: of times without one (the workspace's).
    keep: the columns that go into properties.  Raises KundskabError, with one sentence, before anything is written.
    """
    refuse_mixing(home, path, fictitious=fictitious)
    started, name = monotonic(), source or source_name(path)
    with writer_lock(home.run, "import", wait_seconds=WAIT_SECONDS):
        progress("reading the file", 0.0)
        with staged(path, home.run, timezone=timezone or home.settings.timezone) as file:
            received_at = now()
            chosen = dict(mapping) if mapping is not None else complete(guess_mapping(file), file).mapping
            progress("checking rows", 0.25)
            rows = Rows(file, chosen, keep=keep, rules=rules_at(received_at))
            progress("naming people", 0.45)
            in_vault = monotonic()
            entered = _enter_vault(home, rows, name, purposes, basis, declared_by, chosen, received_at)
            vault_seconds = monotonic() - in_vault
            progress("writing rows", 0.6)
            state = home.lake.state()
            written = _write(home, rows, entered, state, name, received_at)
            _commit(home, state, file, entered, written, name, received_at)
            report = ImportReport(
                rows=file.rows,
                stored=written.stored,
                duplicates=written.duplicates,
                refused=written.refused,
                quarantined=sum(rows.reasons.values()),
                import_id=entered.number,
                source=name,
                mapping=chosen,
                reasons=rows.reasons,
                seconds=round(monotonic() - started, 3),
                vault_seconds=round(vault_seconds, 3),
                notes=(*rows.notes, declaration_note(entered.grounds, declared_by)),
            )
    progress("done", 1.0)
    log.info(
        "imported rows=%d stored=%d doubles=%d refused=%d quarantined=%d seconds=%.1f",
        report.rows, report.stored, report.duplicates, report.refused, report.quarantined, report.seconds,
    )  # fmt: skip
    return report


@dataclass(frozen=True, slots=True)
class _Entered:
    """What the vault answered."""

    tokens: _Tokens
    permission: int
    grounds: dict[str, str]
    number: int
    kept_aside: int  # bad rows of this source in quarantine, of all its imports
    refused: pa.Array


def _enter_vault(
    home: Home,
    rows: Rows,
    name: str,
    purposes: Sequence[str] | None,
    basis: Mapping[str, str] | str | None,
    declared_by: str,
    mapping: Mapping[str, str],
    now: datetime,
) -> _Entered:
    """Everything the vault must know of this import, a short transaction at a time, so that pages get theirs between.

    Each may be repeated, so an import that dies here and comes again finds what it knew, and goes on.
    """
    with writing(home, "import") as tx:
        _, grounds, number = declare(home, tx, name, purposes=purposes, basis=basis, mapping=mapping, now=now)
        permission = home.vault.permission_id(tx, name, grounds, declared_by=declared_by, at=now)
        home.vault.audit(
            tx, who=declared_by, action="import", subject=name, purpose=None, reason=", ".join(grounds), at=now
        )
    tokens = {
        kind: (values, _tokens_of(home, kind, values, now))
        for kind in IDENTIFIER_KEYS.values()
        if len(values := rows.identifiers(kind))
    }
    _link(home, rows, tokens, name)
    _keep_aside(home, rows, name, now)
    with home.vault.reading() as tx:
        kept_aside = home.vault.quarantine_count(tx, quarantine_journal(name))
        masks = {purpose.name: purpose.mask for purpose in home.vault.purposes(tx)}
    # After the commit: the links of this very file decide whose refusal covers whom.
    refused = _refusing(home, grounds, sum(masks[purpose] for purpose in grounds))
    return _Entered(tokens, permission, grounds, number, kept_aside, refused)


def _tokens_of(home: Home, kind: str, values: pa.Array, now: datetime) -> pa.Array:
    made = []
    for first in range(0, len(values), TOKENS_AT_ONCE):
        with writing(home, "import") as tx:
            made.append(home.vault.tokens_bulk(tx, kind, values.slice(first, TOKENS_AT_ONCE), now))
    return pa.concat_arrays(made)


def _link(home: Home, rows: Rows, tokens: _Tokens, name: str) -> None:
    """A row that names both a user and a device says that they are one person."""
    token_of: dict[str, dict[str, str]] = {}
    for batch in rows.pairs():
        if not token_of:
            token_of = {kind: dict(zip(*(a.to_pylist() for a in both), strict=True)) for kind, both in tokens.items()}
        users, devices = token_of["user_id"], token_of["anonymous_id"]
        links = [Link(users[u], devices[d], "verified", "import", name, at) for u, d, at in batch]
        with writing(home, "import") as tx:
            refresh_people(home, tx, linked=home.vault.add_links(tx, links))


def _keep_aside(home: Home, rows: Rows, name: str, now: datetime) -> None:
    """Put bad rows into quarantine. Their place is their content, so a bad row is kept once per source, however
    often its file, or another one that holds it too, is imported."""
    for batch in rows.bad_rows():
        with writing(home, "import") as tx:
            home.vault.add_quarantine(tx, [_bad(row, name, now) for row in batch])


def _bad(row: BadRow, name: str, now: datetime) -> Bad:
    return aside(
        quarantine_journal(name), name, now,
        row_id=row.event_id, reason=row.reason, text=row.help, body=row.body, row_number=row.row_number,
    )  # fmt: skip


def _refusing(home: Home, grounds: Mapping[str, str], mask: int) -> pa.Array:
    """The actors who refuse every purpose that was declared: nothing of theirs is kept."""
    if not all(basis in OBJECTABLE for basis in grounds.values()):
        return pa.array([], pa.string())
    people = home.vault.read_map()
    denied = pc.bit_wise_and(people.column("denied").cast(pa.int64()), pa.scalar(mask, pa.int64()))
    return people.filter(pc.equal(denied, mask)).column("actor").combine_chunks()


def _write(home: Home, rows: Rows, entered: _Entered, state: LakeState, name: str, now: datetime) -> Written:
    return rows.write(
        # No run's name: the rows lie in the file's order until compaction sorts them.
        home.lake.new_file("import"),
        tokens=entered.tokens,
        stamp=Stamp(name, entered.permission, now, state.next_seq),
        # A source without rows yet has nothing to be held against.
        lake_files=pin(home.lake).files if name in state.books and state.books[name].stored else (),
        refused=entered.refused,
    )


def _commit(
    home: Home, state: LakeState, file: Staged, entered: _Entered, written: Written, name: str, now: datetime
) -> None:
    """One commit: rows and books together.

    Bad rows that were in quarantine before are duplicates in the books (the report tells of the file, the books of
    the source), counted as the difference to what the books know, so that a crash before this leaves nothing uncounted.
    """
    before = state.books.get(name, SourceBooks())
    quarantined = max(0, entered.kept_aside - before.quarantined)
    change = SourceBooks(
        received=file.rows,
        stored=written.stored,
        duplicate=file.rows - written.stored - written.refused - quarantined,
        quarantined=quarantined,
        refused={"objection": written.refused} if written.refused else {},
        last_received_at=now.isoformat(),
    )
    # Every stored row got the number of its place in the file, so the next numbers begin behind the file.
    span = file.rows if written.stored else 0
    home.lake.commit(written.files, state.advanced(positions={}, books={name: change}, stored=span))
