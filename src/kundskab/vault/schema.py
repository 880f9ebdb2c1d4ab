"""The vault's tables, as SQLAlchemy Core sees them. `migrations.py` makes them; a test holds the two together.

Times are whole microseconds UTC. `sealed` columns hold AES-256-GCM ciphertext, `key_id` tells which key opens it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

# Change numbers that others stamp on what they derive: 'links', 'map'.
counters = Table("counters", metadata, Column("name", Text, primary_key=True), Column("value", Integer, nullable=False))

key_checks = Table(
    "key_checks", metadata, Column("key_id", Text, primary_key=True), Column("sealed", LargeBinary, nullable=False)
)

kinds = Table(
    "kinds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("actors", Integer, nullable=False),  # how many identifiers of this kind there are
)

# Two tables rather than one with two indexes: a million new rows go into each in its own key order (3 times faster).
identifiers = Table(
    "identifiers",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("kind", Integer, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
lookups = Table(
    "lookups", metadata, Column("lookup", LargeBinary, primary_key=True), Column("actor", Text, nullable=False)
)

links = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("a", Text, nullable=False),  # a < b: a link has no direction
    Column("b", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("source", Text),
    Column("at", BigInteger, nullable=False),
    Column("by", Text),
    Column("position", Text),
)
undoings = Table(
    "undoings",
    metadata,
    Column("link", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

# What is known of a link of kind 'suggested' besides.
suggestions = Table(
    "suggestions",
    metadata,
    Column("link", Integer, primary_key=True),
    Column("probability", Float, nullable=False),  # that the two are one person, 0-1
    Column("purpose", Text, nullable=False),  # whose view showed the facts it was found by
)

people_map = Table(
    "people_map",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("granted", BigInteger, nullable=False),  # one bit per purpose, see purposes.bit
    Column("denied", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),  # the map's change number when this row last changed
)

facts = Table(
    "facts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("permission", Integer, nullable=False),
    Column("source", Text),
    Column("event_id", Text),
    Column("occurred_at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("position", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("claimed", Integer, nullable=False),
)

statements = Table(
    "statements",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("strength", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("notice_version", Text),
    Column("source", Text),
    Column("channel", Text),
    Column("occurred_at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("position", Text, nullable=False),
    Column("key_id", Text),
    Column("sealed", LargeBinary),  # the proof, a JSON object
    Column("from_signal", Integer, nullable=False),  # 1: came along with an event
)
# Outside the append-only ledger: when the actor's events last said the same thing again.
repeats = Table(
    "repeats", metadata, Column("statement", Integer, primary_key=True), Column("last_at", BigInteger, nullable=False)
)

purposes = Table(
    "purposes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("bit", Integer, nullable=False),
    Column("basis", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("notice_version", Text, nullable=False),
)
notices = Table(
    "notices",
    metadata,
    Column("purpose", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("settings", Text, nullable=False),  # JSON
    Column("created_at", BigInteger, nullable=False),
)
permissions = Table(
    "permissions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("purposes", Text, nullable=False),  # canonical JSON {purpose: how}
    Column("declared_by", Text, nullable=False),
    Column("declared_at", BigInteger, nullable=False),
)

write_keys = Table(
    "write_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("last4", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("revoked_by", Text),
    Column("last_used_at", BigInteger),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("journal", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("event_id", Text),
    Column("reason", Text, nullable=False),
    Column("help", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("row_number", Integer),
    Column("key_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("replayed_at", BigInteger),
    Column("outcome", Text),  # what the replay made of it: stored, duplicate or refused
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("purpose", Text),
    Column("reason", Text),
)

# Keys that read: bound to purposes, not to a source.
read_keys = Table(
    "read_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("purposes", Text, nullable=False),  # JSON list
    Column("may_record", Integer, nullable=False),  # 1: may also write consents down
    Column("hash", LargeBinary, nullable=False),
    Column("last4", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("revoked_by", Text),
    Column("last_used_at", BigInteger),
)

# What was said when we met: free text about people has no place in the lake, whose event points here by its id.
encounters = Table(
    "encounters",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("staff", Text, nullable=False),  # who of us
    Column("occurred_at", BigInteger, nullable=False),
    Column("noted_at", BigInteger, nullable=False),
    Column("research", Text, nullable=False),  # may it be used for research: yes, no, not asked
    Column("key_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # JSON: their words, our reading
)

# What people ask of us about themselves; settled by a human or by an erasure.
requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # JSON: what exactly, in their words
    Column("settled_at", BigInteger),
    Column("settled_by", Text),
    Column("outcome", Text),
)

# Counts of what forms asked: of questions, never of people.
asked = Table(
    "asked",
    metadata,
    Column("day", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("planned", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("confirmed", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("asked_twice", Integer, nullable=False),  # asked although known
)
