"""How a vault comes to its present shape: a list of steps, each SQL that is never edited once released.

`schema_version` in the meta table is the number of steps taken. A new step goes at the end.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection

from kundskab.types import KundskabError

_FIRST = """
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counters VALUES ('links', 0), ('map', 0);
CREATE TABLE key_checks (key_id TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE kinds (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, actors INTEGER NOT NULL);
CREATE TABLE identifiers (actor TEXT PRIMARY KEY, kind INTEGER NOT NULL REFERENCES kinds(id), key_id TEXT NOT NULL,
    sealed BLOB NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE lookups (lookup BLOB PRIMARY KEY, actor TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE links (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL, b TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('claimed', 'verified', 'suggested', 'manual')), evidence TEXT NOT NULL,
    source TEXT, at INTEGER NOT NULL, by TEXT, position TEXT, CHECK (a < b));
CREATE INDEX links_a ON links (a, b, kind);
CREATE INDEX links_b ON links (b);
CREATE TABLE undoings (link INTEGER PRIMARY KEY REFERENCES links(id), at INTEGER NOT NULL, by TEXT NOT NULL,
    reason TEXT NOT NULL);

CREATE TABLE people_map (actor TEXT PRIMARY KEY, person TEXT NOT NULL, granted INTEGER NOT NULL,
    denied INTEGER NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX people_map_person ON people_map (person);
CREATE INDEX people_map_seq ON people_map (seq);

CREATE TABLE facts (id INTEGER PRIMARY KEY AUTOINCREMENT, actor TEXT NOT NULL, name TEXT NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('given', 'observed', 'inferred')),
    permission INTEGER NOT NULL REFERENCES permissions(id), source TEXT, event_id TEXT, occurred_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL, position TEXT NOT NULL, key_id TEXT NOT NULL, sealed BLOB NOT NULL,
    UNIQUE (position, actor, name));
CREATE INDEX facts_actor ON facts (actor, name);

CREATE TABLE purposes (name TEXT PRIMARY KEY, bit INTEGER NOT NULL UNIQUE CHECK (bit BETWEEN 0 AND 61),
    basis TEXT NOT NULL, description TEXT NOT NULL, notice_version TEXT NOT NULL);
CREATE TABLE notices (purpose TEXT NOT NULL REFERENCES purposes(name), version TEXT NOT NULL, text TEXT NOT NULL,
    at INTEGER NOT NULL, PRIMARY KEY (purpose, version));

CREATE TABLE statements (seq INTEGER PRIMARY KEY AUTOINCREMENT, actor TEXT NOT NULL, purpose TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('grant', 'refuse', 'withdraw', 'object')),
    strength TEXT NOT NULL CHECK (strength IN ('verified', 'claimed')), basis TEXT NOT NULL, notice_version TEXT,
    source TEXT, channel TEXT, occurred_at INTEGER NOT NULL, received_at INTEGER NOT NULL, position TEXT NOT NULL,
    key_id TEXT, sealed BLOB, UNIQUE (position, actor, purpose, status, strength));
CREATE INDEX statements_actor ON statements (actor, purpose);
CREATE TABLE repeats (statement INTEGER PRIMARY KEY REFERENCES statements(seq), last_at INTEGER NOT NULL);

CREATE TABLE sources (name TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('live', 'import')),
    label TEXT NOT NULL, settings TEXT NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE permissions (id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, purposes TEXT NOT NULL,
    declared_by TEXT NOT NULL, declared_at INTEGER NOT NULL, UNIQUE (source, purposes, declared_by));
CREATE TABLE write_keys (id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL REFERENCES sources(name),
    kind TEXT NOT NULL CHECK (kind IN ('browser', 'server')), hash BLOB NOT NULL UNIQUE, last4 TEXT NOT NULL,
    created_at INTEGER NOT NULL, created_by TEXT NOT NULL, expires_at INTEGER, revoked_at INTEGER, revoked_by TEXT,
    last_used_at INTEGER);

CREATE TABLE quarantine (id INTEGER PRIMARY KEY AUTOINCREMENT, journal TEXT NOT NULL, position INTEGER NOT NULL,
    source TEXT NOT NULL, event_id TEXT, reason TEXT NOT NULL, help TEXT NOT NULL, received_at INTEGER NOT NULL,
    row_number INTEGER, key_id TEXT NOT NULL, sealed BLOB NOT NULL, replayed_at INTEGER, outcome TEXT,
    UNIQUE (journal, position));
CREATE INDEX quarantine_reason ON quarantine (replayed_at, reason);

CREATE TABLE audit (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL,
    action TEXT NOT NULL, subject TEXT NOT NULL, purpose TEXT, reason TEXT);
CREATE INDEX audit_subject ON audit (subject);

CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements
    BEGIN SELECT RAISE(ABORT, 'the consent ledger is append-only'); END;
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements
    BEGIN SELECT RAISE(ABORT, 'the consent ledger is append-only'); END;
CREATE TRIGGER permissions_no_update BEFORE UPDATE ON permissions
    BEGIN SELECT RAISE(ABORT, 'permissions are append-only'); END;
CREATE TRIGGER permissions_no_delete BEFORE DELETE ON permissions
    BEGIN SELECT RAISE(ABORT, 'permissions are append-only'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
"""

_SIGNALS = "ALTER TABLE statements ADD COLUMN from_signal INTEGER NOT NULL DEFAULT 0;"

_MEETING_PEOPLE = """
CREATE TABLE read_keys (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, purposes TEXT NOT NULL,
    may_record INTEGER NOT NULL DEFAULT 0, hash BLOB NOT NULL UNIQUE, last4 TEXT NOT NULL,
    created_at INTEGER NOT NULL, created_by TEXT NOT NULL, expires_at INTEGER, revoked_at INTEGER, revoked_by TEXT,
    last_used_at INTEGER);

CREATE TABLE encounters (event_id TEXT PRIMARY KEY, actor TEXT NOT NULL, kind TEXT NOT NULL, staff TEXT NOT NULL,
    occurred_at INTEGER NOT NULL, noted_at INTEGER NOT NULL,
    research TEXT NOT NULL CHECK (research IN ('yes', 'no', 'not asked')), key_id TEXT NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX encounters_actor ON encounters (actor);
CREATE INDEX encounters_occurred ON encounters (occurred_at);

CREATE TABLE requests (id INTEGER PRIMARY KEY AUTOINCREMENT, actor TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('copy', 'forget', 'correct', 'restrict', 'human')), at INTEGER NOT NULL,
    source TEXT NOT NULL, key_id TEXT NOT NULL, sealed BLOB NOT NULL, settled_at INTEGER, settled_by TEXT,
    outcome TEXT);
CREATE INDEX requests_actor ON requests (actor);
CREATE INDEX requests_open ON requests (settled_at);

CREATE TABLE asked (day TEXT NOT NULL, form TEXT NOT NULL, question TEXT NOT NULL, planned INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0, confirmed INTEGER NOT NULL DEFAULT 0, asked INTEGER NOT NULL DEFAULT 0,
    asked_twice INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (day, form, question)) WITHOUT ROWID;
"""

_SUGGESTIONS = """
CREATE TABLE suggestions (link INTEGER PRIMARY KEY REFERENCES links(id), probability REAL NOT NULL,
    purpose TEXT NOT NULL);
CREATE INDEX links_by_hand_a ON links (a) WHERE kind = 'manual';
CREATE INDEX links_by_hand_b ON links (b) WHERE kind = 'manual';
CREATE INDEX links_suggested ON links (id) WHERE kind = 'suggested';
DROP INDEX links_b;
CREATE INDEX links_b ON links (b, a, kind);
"""

_CLAIMS = "ALTER TABLE facts ADD COLUMN claimed INTEGER NOT NULL DEFAULT 0;"

STEPS: tuple[str, ...] = (_FIRST, _SIGNALS, _MEETING_PEOPLE, _SUGGESTIONS, _CLAIMS)


def migrate(tx: Connection, path: Path) -> None:
    """Take the steps not taken yet, inside the caller's transaction.

    Raises KundskabError when the vault was made by a newer Kundskab.
    """
    tx.exec_driver_sql("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
    if is_current(tx, path):
        return
    for step in STEPS[schema_version(tx) :]:
        for statement in _split(step):
            tx.exec_driver_sql(statement)
    tx.exec_driver_sql("INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)", (str(len(STEPS)),))


def is_current(tx: Connection, path: Path) -> bool:
    """Whether no step is left. Raises KundskabError when the vault was made by a newer Kundskab."""
    version = schema_version(tx)
    if version > len(STEPS):
        raise KundskabError(
            f"The vault {path} has schema version {version} and this Kundskab knows {len(STEPS)}; "
            "upgrade Kundskab, or restore an older backup."
        )
    return version == len(STEPS)


def schema_version(tx: Connection) -> int:
    """How many steps were taken; 0 for a file that was made just now."""
    if tx.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'meta'").scalar() is None:
        return 0
    found = tx.exec_driver_sql("SELECT value FROM meta WHERE name = 'schema_version'").scalar()
    return int(found or 0)


def _split(script: str) -> list[str]:
    """The statements of a script: sqlite3's own executescript would commit behind our back."""
    statements: list[str] = []
    part = ""
    for line in script.strip().splitlines():
        part += line + "\n"
        if sqlite3.complete_statement(part):  # knows that a trigger holds semicolons
            statements.append(part)
            part = ""
    assert not part, f"a migration step ends in the middle of a statement: {part}"
    return statements
