"""Keeping the map right: from what changed in links and ledger to the rows of the map that must be written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import numpy as np

from kundskab.consent.everybody import Everything, MapRow, map_of_everybody
from kundskab.consent.rules import Said, permission_bits
from kundskab.people import LIMIT, Link, walk
from kundskab.people.walking import Links
from kundskab.people.whole import resolve_arrays

_AT_ONCE = 50_000  # touched actors; bounds memory when an import brings a million consents
_EVERYBODY_FROM = 2_000  # touched actors; for fewer it is not worth thinking about
_TIMES_DEARER = 12  # resolving around a touched actor, against one actor or link of the whole (measured)
_SILENT = (0, 0)  # granted and denied where nobody spoke


class Purpose(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def mask(self) -> int: ...


class LinkGraph(Protocol):
    """What resolving asks of all links beyond those of some actors."""

    def ends_of(self, tx: Any, actors: Collection[str]) -> Links: ...
    def by_hand(self, tx: Any, actors: Collection[str]) -> Sequence[Link]: ...
    def others_of(self, tx: Any, actors: Collection[str]) -> Mapping[str, tuple[int, int]]: ...
    def mapped(self, tx: Any, actors: Collection[str]) -> Mapping[str, tuple[str, int, int]]: ...
    def size(self, tx: Any) -> int: ...
    def everything(self, tx: Any) -> Everything: ...


class Book(Protocol):
    """Where links and statements are kept; the vault is one. `tx` is its open transaction, passed on unseen."""

    @property
    def graph(self) -> LinkGraph: ...
    def kinds_of(self, tx: Any, actors: Collection[str]) -> dict[str, str]: ...
    def said_by(self, tx: Any, actors: Collection[str]) -> Sequence[Said]: ...
    def purposes(self, tx: Any) -> Sequence[Purpose]: ...


def refresh(
    book: Book, tx: Any, touched: Iterable[str], *, spoke: Iterable[str] = (), limit: int = LIMIT
) -> Iterator[list[MapRow]]:
    """The map rows around actors, some thousands at a time; write each list before asking for the next.

    touched: what `add_links` and `undo_link` returned in this transaction.  spoke: what `add_statements` returned;
    it may be given among the touched too, which only costs more where a device is shared by many.  limit: with how many
    others an identifier may be seen and still be somebody's.
    Only rows that differ from the map are among them, so doing it twice changes nothing.
    Where so many links changed that resolving everybody is cheaper, everybody is.
    """
    masks = {purpose.name: purpose.mask for purpose in book.purposes(tx)}
    linked = set(touched)
    if len(linked) >= _EVERYBODY_FROM and _TIMES_DEARER * len(linked) > book.graph.size(tx):
        yield from map_of_everybody(book, tx, limit=limit)
        return
    rest = iter(sorted(linked.union(spoke)))
    while part := list(islice(rest, _AT_ONCE)):
        yield _rows(book, tx, part, linked, masks, limit)


def _rows(book: Book, tx: Any, part: list[str], linked: set[str], masks: Mapping[str, int], limit: int) -> list[MapRow]:
    near = walk(BookGraph(book, tx), part, linked, limit=limit)
    whole = resolve_arrays(near.is_user, near.a, near.b, near.kind, limit=limit)
    token = np.array(near.actors, object)
    final = np.flatnonzero(near.settled)
    actors: list[str] = token[final].tolist()
    persons: list[str] = token[whole.person[final]].tolist()
    bits = _bits(book.said_by(tx, actors), actors, persons, token[whole.verified[final]].tolist(), masks)
    mapped = book.graph.mapped(tx, actors)
    rows = []
    for actor, person in zip(actors, persons, strict=True):
        granted, denied = bits.get(actor, _SILENT)
        if mapped.get(actor, (actor, 0, 0)) != (person, granted, denied):
            rows.append(MapRow(actor, person, granted, denied))
    return rows


def _bits(
    said: Sequence[Said], actors: list[str], persons: list[str], groups: list[str], masks: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """(granted, denied) of the actors of whose person anybody spoke."""
    if not said:
        return {}
    person_of = dict(zip(actors, persons, strict=True))
    verified_of = dict(zip(actors, groups, strict=True))
    heard = {person_of[each.actor] for each in said}
    concerned = [actor for actor in actors if person_of[actor] in heard]
    bits = permission_bits(concerned, person_of=person_of, verified_of=verified_of, said=said, masks=masks)
    return {actor: (each.granted, each.denied) for actor, each in bits.items()}


@dataclass(frozen=True, slots=True)
class BookGraph:
    """The book with its transaction filled in, as `resolve_around` wants it."""

    book: Book
    tx: Any

    def links_of(self, actors: Collection[str]) -> Links:
        return self.book.graph.ends_of(self.tx, actors)

    def by_hand(self, actors: Collection[str]) -> Sequence[Link]:
        return self.book.graph.by_hand(self.tx, actors)

    def others_of(self, actors: Collection[str]) -> Mapping[str, tuple[int, int]]:
        return self.book.graph.others_of(self.tx, actors)

    def kinds_of(self, actors: Collection[str]) -> dict[str, str]:
        return self.book.kinds_of(self.tx, actors)
