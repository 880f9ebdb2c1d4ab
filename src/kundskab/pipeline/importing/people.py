"""The import of people: facts about them, and consents with their proof. Each row once, known again by its content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic

from kundskab.lake.intake import (
    IDENTIFIER_KEYS,
    PEOPLE_KEYS,
    Record,
    Staged,
    bad_lines,
    guess_people,
    records,
    staged,
)
from kundskab.pipeline.home import Home
from kundskab.pipeline.importing.aside import aside, quarantine_journal
from kundskab.pipeline.importing.consents import Speech, UnclearError, speeches
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
from kundskab.types import ImportReport, KundskabError, utc_now
from kundskab.vault import Fact, Link, Purpose, Statement, Tx

WAIT_SECONDS = 60.0


def import_people(
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
    """Import a file about people; rows == stored + duplicates + quarantined.

    A file with purpose and status holds consents, and what no key takes is kept with the proof; columns mapped as
    consent.<purpose> hold a yes or no each. Otherwise every column that no key takes is a fact the person gave.
    Identifiers of one row are one person.  Raises KundskabError for a file or mapping that cannot be used.
    """
    refuse_mixing(home, path, fictitious=fictitious)
    started, received_at, name = monotonic(), now(), source or source_name(path)
    with (
        writer_lock(home.run, "import", wait_seconds=WAIT_SECONDS),
        staged(path, home.run, timezone=timezone or home.settings.timezone) as file,
    ):
        known = {purpose.name: purpose for purpose in home.vault.purposes()}
        chosen = dict(mapping) if mapping is not None else complete(guess_people(file, list(known)), file).mapping
        _require_person(chosen)
        batches = records(file, chosen, keys=PEOPLE_KEYS, keep=keep, rules=rules_at(received_at))
        with writing(home, "import") as tx:
            _, grounds, number = declare(home, tx, name, purposes=purposes, basis=basis, now=received_at)
            permission = home.vault.permission_id(tx, name, grounds, declared_by=declared_by, at=received_at)
            taking = _Taking(home, name, path.name, known, chosen, permission, declared_by, received_at)
            taking.lines(tx, file)
            taking.take(tx, next(batches, []))
            home.vault.audit(
                tx, who=declared_by, action="import", subject=name, purpose=None, reason="people", at=received_at
            )
        for batch in batches:  # a transaction each, so that pages get theirs between
            with writing(home, "import") as tx:
                taking.take(tx, batch)
            progress("reading people", min(0.99, batch[-1].row_number / max(file.rows, 1)))
        rows = file.rows
    progress("done", 1.0)
    return ImportReport(
        rows=rows,
        stored=taking.stored,
        duplicates=taking.duplicates,
        refused=0,
        quarantined=taking.reasons.total(),
        import_id=number,
        source=name,
        mapping=chosen,
        reasons=dict(sorted(taking.reasons.items())),
        seconds=round(monotonic() - started, 3),
        notes=(declaration_note(grounds, declared_by),),
    )


def _require_person(mapping: Mapping[str, str]) -> None:
    if not any(mapping.get(key) for key in IDENTIFIER_KEYS):
        raise KundskabError("The mapping does not say who a row is about; map actor, device or email to a column.")
    if bool(mapping.get("purpose")) != bool(mapping.get("status")):
        raise KundskabError("A consent needs a purpose and a status; map both, or neither.")


@dataclass(slots=True)
class _Taking:
    """One import under way: what all its rows share, and what became of them."""

    home: Home
    source: str
    file_name: str
    purposes: Mapping[str, Purpose]
    mapping: Mapping[str, str]
    permission: int
    declared_by: str
    now: datetime
    stored: int = 0
    duplicates: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def take(self, tx: Tx, batch: Sequence[Record]) -> None:
        """Record a batch of rows; those whose content was recorded before are duplicates."""
        known = self.home.vault.known_positions(tx, {self._position(record) for record in batch})
        new: dict[str, tuple[Record, list[Speech]]] = {}
        for record in batch:
            position = self._position(record)
            if position in known or position in new:
                self.duplicates += 1
                continue
            try:
                self._check(record)
                new[position] = record, list(speeches(record, self.purposes))
            except UnclearError as unclear:
                self._keep_aside(tx, record.row_number, record.row_id, unclear.reason, str(unclear), record.body)
        self._record(tx, new)
        self.stored += len(new)

    def lines(self, tx: Tx, file: Staged) -> None:
        """Keep the lines aside that could not be read at all."""
        for n, reason, text, body in bad_lines(file):
            self._keep_aside(tx, n, f"{n}:{body}", reason, text, body)

    def _check(self, record: Record) -> None:
        if not _identifiers(record):
            raise UnclearError("no_actor", "The row does not say who it is about; fill an identifier's column.")
        occurred_at = record.values.get("occurred_at")
        if self.mapping.get("occurred_at") and occurred_at is None and self.mapping.get("purpose"):
            raise UnclearError("bad_time", "A consent needs the time when it was given; the time could not be read.")
        if occurred_at is not None and occurred_at > rules_at(self.now).latest:
            raise UnclearError("future_time", "The time lies more than 24 hours ahead; put it right.")

    def _record(self, tx: Tx, new: Mapping[str, tuple[Record, list[Speech]]]) -> None:
        named = {identifier: None for record, _ in new.values() for identifier in _identifiers(record)}
        tokens = self.home.vault.tokens(tx, list(named), self.now)
        token_of = dict(zip(named, tokens, strict=True))
        links: list[Link] = []
        facts: list[Fact] = []
        statements: list[Statement] = []
        for position, (record, said) in new.items():
            actors = [token_of[identifier] for identifier in _identifiers(record)]
            at = record.values.get("occurred_at") or self.now
            links += [Link(actors[0], other, "verified", "import", self.source, at) for other in actors[1:]]
            statements += [self._statement(actors[0], speech, record, at, position) for speech in said]
            if not self.mapping.get("purpose"):
                facts += self._facts(actors[0], record, at, position)
        linked = self.home.vault.add_links(tx, links)
        spoke = self.home.vault.add_statements(tx, statements)
        self.home.vault.add_facts(tx, facts)
        refresh_people(self.home, tx, linked=linked, spoke=spoke)

    def _facts(self, actor: str, record: Record, at: datetime, position: str) -> list[Fact]:
        given = {**record.rest, **({"email": email} if (email := record.values.get("email")) else {})}
        return [
            Fact(actor, name, value, "given", self.source, at, self.now, position, self.permission)
            for name, value in given.items()
            if value is not None
        ]

    def _statement(self, actor: str, speech: Speech, record: Record, at: datetime, position: str) -> Statement:
        values = record.values
        proof = {"file": self.file_name, "row": record.row_number, "declared_by": self.declared_by}
        if values.get("proof"):
            proof["proof"] = values["proof"]
        if self.mapping.get("purpose"):
            proof |= {"columns": dict(record.rest)}
        return Statement(
            actor=actor,
            purpose=speech.purpose,
            status=speech.status,
            strength="verified",  # the company says so, and shows how it knows
            basis=self.purposes[speech.purpose].basis,
            notice_version=values.get("notice_version"),
            source=self.source,
            channel=values.get("channel"),
            occurred_at=at,
            received_at=self.now,
            position=position,
            proof=proof,
        )

    def _position(self, record: Record) -> str:
        return f"import:{self.source}:{record.row_id}"

    def _keep_aside(self, tx: Tx, row_number: int, row_id: str, reason: str, text: str, body: str) -> None:
        self.reasons[reason] += 1
        journal = quarantine_journal(self.source, "people")
        bad = aside(
            journal, self.source, self.now,
            row_id=row_id, reason=reason, text=text, body=body, row_number=row_number,
        )  # fmt: skip
        self.home.vault.add_quarantine(tx, [bad])


def _identifiers(record: Record) -> list[tuple[str, str]]:
    """(kind, value) of all that the row names, the one that best names the person first."""
    found = ((kind, record.values.get(key)) for key, kind in IDENTIFIER_KEYS.items())
    return [(kind, value) for kind, value in found if value]
