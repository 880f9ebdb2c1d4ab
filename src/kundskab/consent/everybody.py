"""The map of a whole workspace, reckoned at once: for a first import, a changed setting, and for the doctor."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.consent.rules import Bits, Said, permission_bits
from kundskab.people import LIMIT
from kundskab.people.whole import CODES, Ints, Whole, resolve_arrays

_AT_ONCE = 50_000  # actors whose statements are in memory together


class Everything(Protocol):
    """All actors (sorted tokens), all standing links that may join, who ever spoke, and whom the map knows."""

    @property
    def actors(self) -> pa.Array: ...
    @property
    def is_user(self) -> pa.Array: ...
    @property
    def a(self) -> pa.Array: ...
    @property
    def b(self) -> pa.Array: ...
    @property
    def kind(self) -> pa.Array: ...
    @property
    def speakers(self) -> pa.Array: ...
    @property
    def mapped(self) -> pa.Array: ...


class Purpose(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def mask(self) -> int: ...


class Graph(Protocol):
    def everything(self, tx: Any) -> Everything: ...


class Book(Protocol):
    """Where links and statements are kept; the vault is one. `tx` is its open transaction, passed on unseen."""

    @property
    def graph(self) -> Graph: ...
    def said_by(self, tx: Any, actors: Collection[str]) -> Sequence[Said]: ...
    def purposes(self, tx: Any) -> Sequence[Purpose]: ...


@dataclass(frozen=True, slots=True)
class MapRow:
    """One actor's person and permission bits, as they should be now."""

    actor: str
    person: str
    granted: int
    denied: int


def map_of_everybody(book: Book, tx: Any, *, limit: int = LIMIT) -> Iterator[list[MapRow]]:
    """The rows of the map as links and ledger have them now, some thousands at a time; nobody is left out who has one.

    Actors of their own who never spoke and have no row are not among them: the map knows them by default.
    limit: with how many others an identifier may be seen and still be somebody's.
    """
    all_ = book.graph.everything(tx)
    masks = {purpose.name: purpose.mask for purpose in book.purposes(tx)}
    whole = _resolved(all_, limit)
    token = np.array(all_.actors.to_pylist(), object)

    spoke = np.zeros(len(token), bool)
    spoke[whole.person[_places(all_.speakers, all_.actors)]] = True
    heard = spoke[whole.person]  # of whose person anybody spoke
    changed = whole.person != np.arange(len(token))
    changed[_places(all_.mapped, all_.actors)] = True
    silent = np.flatnonzero(changed & ~heard)
    for first in range(0, len(silent), _AT_ONCE):
        part = silent[first : first + _AT_ONCE]
        yield [MapRow(a, p, 0, 0) for a, p in zip(token[part], token[whole.person[part]], strict=True)]
    for members in _by_person(np.flatnonzero(heard), whole.person):
        persons, groups = token[whole.person[members]].tolist(), token[whole.verified[members]].tolist()
        yield _judged(book, tx, token[members].tolist(), persons, groups, masks)


def _resolved(all_: Everything, limit: int) -> Whole:
    a, b = _places(all_.a, all_.actors), _places(all_.b, all_.actors)
    codes = pc.index_in(all_.kind, pa.array(sorted(CODES, key=lambda kind: CODES[kind])))
    return resolve_arrays(all_.is_user.to_numpy(zero_copy_only=False), a, b, _ints(codes), limit=limit)


def _places(tokens: pa.Array, actors: pa.Array) -> Ints:
    """The number of each token; all of them are known."""
    return _ints(pc.index_in(tokens, actors))


def _ints(array: pa.Array) -> Ints:
    assert array.null_count == 0, "a link or a statement names an actor that the vault does not know"
    numbers: Ints = array.to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def _by_person(actors: Ints, person: Ints) -> Iterator[Ints]:
    """The actors in parts that cut no person in two."""
    ordered = actors[np.argsort(person[actors], kind="stable")]
    first = 0
    while first < len(ordered):
        last = min(first + _AT_ONCE, len(ordered))
        while last < len(ordered) and person[ordered[last]] == person[ordered[last - 1]]:
            last += 1
        yield ordered[first:last]
        first = last


def _judged(
    book: Book, tx: Any, actors: Sequence[str], persons: Sequence[str], groups: Sequence[str], masks: Mapping[str, int]
) -> list[MapRow]:
    person_of = dict(zip(actors, persons, strict=True))
    verified_of = dict(zip(actors, groups, strict=True))
    said = book.said_by(tx, person_of)
    bits: dict[str, Bits] = permission_bits(
        person_of, person_of=person_of, verified_of=verified_of, said=said, masks=masks
    )
    return [MapRow(actor, person_of[actor], bits[actor].granted, bits[actor].denied) for actor in person_of]
