"""The import of a service desk's file: each case a meeting, once by its number, on the same way as a logged one.

A case that a human answered is an encounter. One that a machine answered, or nobody yet, is a contact without a human:
it comes in as an event, and its words stay outside, since none of us has heard them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from time import monotonic

from kundskab.lake.intake import ENCOUNTER_KEYS, Record, Staged, bad_lines, guess_encounters, records, staged
from kundskab.pipeline.books import by_source
from kundskab.pipeline.digest import digest_all
from kundskab.pipeline.encounters import LONGEST_TEXT, SOURCE, UNKNOWN, Meeting, Whom
from kundskab.pipeline.encounters.declared import BASIS, PURPOSES
from kundskab.pipeline.encounters.journaling import into_journal
from kundskab.pipeline.encounters.meeting import AUTOMATIC, EARLIEST, LONGEST_NAME, UNANSWERED
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
from kundskab.pipeline.writing import writing
from kundskab.types import ImportReport, KundskabError, utc_now
from kundskab.vault import Bad

# Words of a channel, the first that fits: how we met. What was written and is no chat is a letter.
_KINDS = (
    ("call", re.compile(r"phone|voice|call|telefon|talk")),
    ("chat", re.compile(r"chat|messag|messenger|whatsapp|sms|facebook|twitter|instagram|social|line")),
    ("shop floor", re.compile(r"shop|store|counter|butik")),
    ("visit", re.compile(r"visit|meeting|field")),
)
_LETTER = "letter"
_MACHINE = re.compile(r"\b(\w*bot|robot|automat\w*|auto[ -]?(reply|responder)|autoresponder|no-?reply|system)\b", re.I)
_YES = frozenset({"yes", "true", "1", "1.0", "y", "t", "ja", "x", "automatic", "automated", "bot", "auto"})
_ENDS = " […]"
_LONGEST_CASE = 200


def import_encounters(
    home: Home,
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    purposes: Sequence[str] | None = None,
    basis: Mapping[str, str] | str | None = None,
    source: str | None = None,
    timezone: str | None = None,
    fictitious: bool = False,
    declared_by: str = "the importer",
    progress: Progress = nothing,
    now: Callable[[], datetime] = utc_now,
) -> ImportReport:
    """Import a file of cases; rows == stored + duplicates + refused + quarantined.

    mapping: key -> column or expression, guessed when None. A case is known again by `case` (its number), else by its
    row's content; what a later export adds to a case it already brought is not read.
    purposes, basis: None declares what a logged encounter declares. Raises KundskabError before anything is written.
    """
    refuse_mixing(home, path, fictitious=fictitious)
    started, received_at, name = monotonic(), now(), source or source_name(path)
    if name in (SOURCE, UNKNOWN):
        raise KundskabError(f"{name!r} is where logged encounters go; give the import a source name of its own.")
    with staged(path, home.run, timezone=timezone or home.settings.timezone) as file:
        chosen = dict(mapping) if mapping is not None else complete(guess_encounters(file), file).mapping
        _require(chosen)
        batches = records(file, chosen, keys=ENCOUNTER_KEYS, keep="none", rules=rules_at(received_at))
        declared = (PURPOSES, BASIS) if purposes is None else (purposes, basis)
        with writing(home, "import") as tx:
            _, grounds, number = declare(
                home, tx, name, purposes=declared[0], basis=declared[1], mapping=chosen, now=received_at
            )
            home.vault.audit(tx, who=declared_by, action="import", subject=name, reason="encounters", at=received_at)
        before = _books(home, name)
        taking = _Taking(name, received_at)
        for batch in batches:
            meetings = [(meeting, name) for meeting in taking.meetings(batch)]
            into_journal(home, meetings, received_at=received_at, by=declared_by, audited=False) if meetings else None
            progress("reading cases", min(0.7, batch[-1].row_number / max(file.rows, 1)))
        taking.lines(file)
        rows = file.rows
    with writing(home, "import") as tx:
        home.vault.add_quarantine(tx, taking.bad)
    progress("digesting", 0.8)
    digest_all(home, now=now)
    stored, duplicates, refused, outgrown = (after - was for after, was in zip(_books(home, name), before, strict=True))
    progress("done", 1.0)
    return ImportReport(
        rows=rows,
        stored=stored,
        duplicates=duplicates,
        refused=refused,
        quarantined=len(taking.bad) + outgrown,
        import_id=number,
        source=name,
        mapping=chosen,
        reasons=dict(sorted(taking.reasons.items())),
        seconds=round(monotonic() - started, 3),
        notes=(declaration_note(grounds, declared_by), *taking.notes()),
    )


def _require(mapping: Mapping[str, str]) -> None:
    if not (mapping.get("email") or mapping.get("actor")):
        raise KundskabError("The mapping does not say who asked; map email, or actor to a customer number.")
    if not mapping.get("occurred_at"):
        raise KundskabError("The mapping does not say when it was; map occurred_at.")


def _books(home: Home, source: str) -> tuple[int, int, int, int]:
    """(stored, duplicate, refused, quarantined) of a source so far."""
    found = next((row for row in by_source(home) if row.source == source), None)
    return (found.stored, found.duplicate, found.refused, found.quarantined) if found else (0, 0, 0, 0)


@dataclass(slots=True)
class _Taking:
    """One import under way: its rows as meetings, and the bad ones with their reasons."""

    source: str
    now: datetime
    bad: list[Bad] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    not_human: Counter[str] = field(default_factory=Counter)

    def meetings(self, batch: Sequence[Record]) -> Iterator[Meeting]:
        for record in batch:
            if problem := self._problem(record):
                self._keep_aside(record.row_number, record.row_id, *problem, record.body)
            else:
                yield self._meeting(record)

    def lines(self, file: Staged) -> None:
        """Keep the lines aside that could not be read at all."""
        for n, reason, text, body in bad_lines(file):
            self._keep_aside(n, f"{n}:{body}", reason, text, body)

    def notes(self) -> Iterator[str]:
        """Sentences on those in which no human of ours took part."""
        if n := self.not_human[AUTOMATIC]:
            yield f"{n:,} were answered by a machine: contacts, and no encounters."
        if n := self.not_human[UNANSWERED]:
            yield f"{n:,} name nobody of us who answered: contacts, and no encounters."

    def _problem(self, record: Record) -> tuple[str, str] | None:
        """(reason, what helps) when the row is no case."""
        at = record.values.get("occurred_at")
        if _whom(record) is None:
            return "no_actor", "The row does not say who asked; fill the e-mail or customer number."
        if at is None or at < EARLIEST:
            return "bad_time", "The time when the case began cannot be read or lies before 1990; put it right."
        if at > self.now:
            return "future_time", "The case begins in the future; put its time or time zone right."
        return None

    def _meeting(self, record: Record) -> Meeting:
        values, who = record.values, _whom(record)
        assert who is not None
        staff, answered = _who_answered(values.get("staff"), values.get("automatic"))
        if answered:
            self.not_human[answered] += 1
        return Meeting(
            id=_id(self.source, values.get("case") or record.row_id),
            whom=who,
            kind=_kind(values.get("channel")),
            staff=staff,
            at=values["occurred_at"],
            words=_cut("\n\n".join(text for key in ("subject", "words") if (text := values.get(key)))),
            case=(values.get("case") or "")[:_LONGEST_CASE] or None,
            solved_at=_solved(values.get("occurred_at"), values.get("solved_at")),
            unmet=answered,
        )

    def _keep_aside(self, row_number: int, row_id: str, reason: str, text: str, body: str) -> None:
        self.reasons[reason] += 1
        journal = quarantine_journal(self.source, "encounters")
        self.bad.append(
            aside(
                journal, self.source, self.now,
                row_id=row_id, reason=reason, text=text, body=body, row_number=row_number,
            )
        )  # fmt: skip


def _whom(record: Record) -> Whom | None:
    """The customer number where the file has it, else the address."""
    if actor := record.values.get("actor"):
        return Whom("user_id", actor)
    email = record.values.get("email")
    return Whom("email", email) if email and "@" in email else None


def _who_answered(staff: str | None, automatic: str | None) -> tuple[str, str]:
    """(who of us, "") for a human; ("", AUTOMATIC) for a machine; ("", UNANSWERED) when nobody is named."""
    name = (staff or "").strip()
    if (automatic or "").strip().lower() in _YES or _MACHINE.search(name):
        return "", AUTOMATIC
    return (name[:LONGEST_NAME], "") if name else ("", UNANSWERED)


def _kind(channel: str | None) -> str:
    said = (channel or "").lower()
    return next((kind for kind, words in _KINDS if words.search(said)), _LETTER)


def _solved(at: datetime | None, solved_at: datetime | None) -> datetime | None:
    return solved_at if at is not None and solved_at is not None and solved_at >= at else None


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(_ENDS)] + _ENDS


def _id(source: str, case: str) -> str:
    """One id per source and case: 40 hex digits."""
    return blake2b(f"{source}\0{case}".encode("utf-8", "replace"), digest_size=20).hexdigest()
