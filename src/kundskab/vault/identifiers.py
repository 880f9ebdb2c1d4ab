"""Identifiers and their actor tokens: the only way between a name and the lake.

A token is 12 random characters (60 bits), never derived from the name, so keys can rotate and names can be forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from kundskab.types import KundskabError
from kundskab.vault import audit
from kundskab.vault.normal import normalise, normalise_many
from kundskab.vault.sealing import LOOKUP_BYTES, Sealer, decode, encode_many
from kundskab.vault.store import chunks, tuples_in
from kundskab.vault.times import to_micros

TOKEN_LENGTH = 12
# Crockford's base 32, lower case: no i, l, o, u, so a token survives being read aloud.
_ALPHABET = np.frombuffer(b"0123456789abcdefghjkmnpqrstvwxyz", dtype="S1")
_CHUNK = 50_000
_DRAWS = 5  # two of 10 million tokens meet with probability 4e-5; five times in a row is a broken machine


def tokens(tx: Connection, sealer: Sealer, identifiers: Sequence[tuple[str, str]], at: datetime) -> list[str]:
    """The token of each (kind, value), same order; unknown ones are made. Doubles get the same token."""
    by_kind: dict[str, dict[str, None]] = {}
    spelled = [(kind, normalise(kind, value)) for kind, value in identifiers]
    for kind, value in spelled:
        by_kind.setdefault(kind, {})[value] = None
    found = {
        kind: dict(zip(values, _tokens_of(tx, sealer, kind, list(values), at), strict=True))
        for kind, values in by_kind.items()
    }
    return [found[kind][value] for kind, value in spelled]


def tokens_bulk(tx: Connection, sealer: Sealer, kind: str, values: pa.Array, at: datetime) -> pa.Array:
    """Like `tokens` for one kind and an Arrow array of strings without nulls; returns a string array, same order.

    Made for distinct values: a million new ones in seconds, and doubles only cost time.
    """
    spelled = normalise_many(kind, values.to_pylist())
    distinct = list(dict.fromkeys(spelled))
    made = _tokens_of(tx, sealer, kind, distinct, at)
    if len(distinct) == len(spelled):
        return pa.array(made, pa.string())
    token_of = dict(zip(distinct, made, strict=True))
    return pa.array([token_of[value] for value in spelled], pa.string())


def find(tx: Connection, sealer: Sealer, kind: str | None, value: str) -> str | None:
    """The token of an identifier, or None; kind None tries every kind, user ids first."""
    names = [kind] if kind else [row[0] for row in tx.exec_driver_sql("SELECT name FROM kinds").fetchall()]
    for name in sorted(names, key=lambda n: (n != "user_id", n != "email", n)):
        for lookup in sealer.lookups:
            key = lookup(name, normalise(name, value))
            actor = tx.exec_driver_sql("SELECT actor FROM lookups WHERE lookup = ?", (key,)).scalar()
            if actor is not None:
                return str(actor)
    return None


def find_many(tx: Connection, sealer: Sealer, kind: str, values: Sequence[str]) -> list[str | None]:
    """The token of each value or None, same order; makes nothing."""
    spelled = normalise_many(kind, values)
    encoded = encode_many(spelled)
    keys = sealer.lookups[0].many(kind, encoded)
    found = _find(tx, [keys[i] for i in _in_key_order(keys)])
    unknown = {key: value for key, value in zip(keys, encoded, strict=True) if key not in found}
    found |= _find_by_older_keys(tx, sealer, kind, unknown)
    return [found.get(key) for key in keys]


def reveal(
    tx: Connection, sealer: Sealer, actor: str, *, who: str, reason: str, at: datetime
) -> tuple[str, str] | None:
    """(kind, value) behind a token, or None when unknown; writes an audit row either way."""
    audit.write(tx, who=who, action="reveal", subject=actor, purpose=None, reason=reason, at=at)
    sql = "SELECT k.name, i.key_id, i.sealed FROM identifiers i JOIN kinds k ON k.id = i.kind WHERE i.actor = ?"
    row = tx.exec_driver_sql(sql, (actor,)).fetchone()
    return None if row is None else (row[0], decode(sealer.open(row[1], row[2], _place(actor))))


def kinds_of(tx: Connection, actors: Collection[str]) -> dict[str, str]:
    """Identifier kind per known actor."""
    names = {row[0]: row[1] for row in tx.exec_driver_sql("SELECT id, name FROM kinds").fetchall()}
    sql = "SELECT actor, kind FROM identifiers WHERE actor IN ({})"
    return {actor: names[kind] for actor, kind in tuples_in(tx, sql, sorted(actors))}


def count_by_kind(tx: Connection) -> dict[str, int]:
    """How many identifiers of each kind are known."""
    return {row[0]: row[1] for row in tx.exec_driver_sql("SELECT name, actors FROM kinds").fetchall()}


def _tokens_of(tx: Connection, sealer: Sealer, kind: str, values: list[str], at: datetime) -> list[str]:
    """Tokens of distinct, normalised values, same order.

    Walks in key order, so that neighbours in the index are asked for and written together, and in parts, so that a
    million values need no dictionary of a million.
    """
    encoded = encode_many(values)
    keys = sealer.lookups[0].many(kind, encoded)
    made: list[str | None] = [None] * len(values)
    order = _in_key_order(keys)
    for part in chunks(order, _CHUNK):
        known = _find(tx, [keys[i] for i in part])
        for i in part:
            made[i] = known.get(keys[i])
    missing = [i for i in order if made[i] is None]
    if missing and len(sealer.lookups) > 1:
        old = _find_by_older_keys(tx, sealer, kind, {keys[i]: encoded[i] for i in missing})
        for i in missing:
            made[i] = old.get(keys[i])
        missing = [i for i in missing if made[i] is None]
    if missing:
        new = _create(tx, sealer, kind, [keys[i] for i in missing], [encoded[i] for i in missing], at)
        for i, token in zip(missing, new, strict=True):
            made[i] = token
    return cast(list[str], made)


def _find(tx: Connection, keys: list[bytes]) -> dict[bytes, str]:
    """lookup -> token for those that are known; quickest when the keys are in order."""
    found: dict[bytes, str] = {}
    cursor = tx.connection.cursor()  # the bare driver: a million rows through SQLAlchemy cost 5 seconds more
    for part in chunks(keys):
        marks = ",".join("?" * len(part))
        found.update(cursor.execute(f"SELECT lookup, actor FROM lookups WHERE lookup IN ({marks})", part))
    return found


def _find_by_older_keys(tx: Connection, sealer: Sealer, kind: str, missing: dict[bytes, bytes]) -> dict[bytes, str]:
    """Like `_find` for values looked up under key pairs that are no longer active; keyed by the active lookup."""
    found: dict[bytes, str] = {}
    for lookup in sealer.lookups[1:]:
        active_of = dict(zip(lookup.many(kind, list(missing.values())), missing, strict=True))
        found.update((active_of[old], actor) for old, actor in _find(tx, sorted(active_of)).items())
    return found


def _in_key_order(keys: list[bytes]) -> list[int]:
    """The places of the keys in order of their first eight bytes, which is order enough."""
    halves = np.frombuffer(b"".join(keys), dtype=">u8")[:: LOOKUP_BYTES // 8]
    order: list[int] = np.argsort(halves.astype(np.uint64)).tolist()
    return order


def _create(
    tx: Connection, sealer: Sealer, kind: str, keys: list[bytes], values: list[bytes], at: datetime
) -> list[str]:
    """A new token for each value, in order; `keys` are the lookups of the values."""
    kind_id = _kind_id(tx, kind)
    micros = to_micros(at)
    # Sorted tokens meet values in the order of their keyed hashes, which tells nobody anything; and so both tables
    # grow in the order of their own keys.
    drawn = _draw(len(values))
    given: list[str] = []
    for first in range(0, len(values), _CHUNK):
        part = slice(first, first + _CHUNK)
        actors = _insert(tx, sealer, kind_id, values[part], drawn[part], micros)
        tx.exec_driver_sql("INSERT INTO lookups VALUES (?, ?)", list(zip(keys[part], actors, strict=True)))
        given += actors
    tx.exec_driver_sql("UPDATE kinds SET actors = actors + ? WHERE id = ?", (len(values), kind_id))
    return given


def _insert(
    tx: Connection, sealer: Sealer, kind_id: int, values: list[bytes], actors: list[str], micros: int
) -> list[str]:
    """Write the identifiers under these tokens, or under others where one of them was given before."""
    for _ in range(_DRAWS):
        sealed = sealer.seal_many(values, [_place(actor) for actor in actors])
        rows = [(actor, kind_id, sealer.key_id, secret, micros) for actor, secret in zip(actors, sealed, strict=True)]
        try:
            with tx.begin_nested():
                tx.exec_driver_sql("INSERT INTO identifiers VALUES (?, ?, ?, ?, ?)", rows)
            return actors
        except IntegrityError:
            actors = _draw(len(values))
    raise KundskabError("Five draws in a row met tokens already given; the random source of this machine is broken.")


def _draw(count: int) -> list[str]:
    """`count` random tokens in sorted order; 32 signs divide 256 evenly, so no sign is likelier than another."""
    signs = _ALPHABET[np.frombuffer(os.urandom(count * TOKEN_LENGTH), dtype=np.uint8) & 31]
    return [token.decode() for token in np.sort(signs.view(f"S{TOKEN_LENGTH}")).tolist()]


def _kind_id(tx: Connection, kind: str) -> int:
    tx.exec_driver_sql("INSERT INTO kinds (name, actors) VALUES (?, 0) ON CONFLICT (name) DO NOTHING", (kind,))
    return int(tx.exec_driver_sql("SELECT id FROM kinds WHERE name = ?", (kind,)).scalar_one())


def _place(actor: str) -> str:
    return f"identifier:{actor}"
