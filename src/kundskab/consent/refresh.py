"""Keeping the map right: from what changed in links and ledger to the rows of the map that must be written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from kundskab.consent.everybody import Everything, MapRow, map_of_everybody
from kundskab.consent.rules import Bits, Said, permission_bits
from kundskab.people import LIMIT, Link, resolve_around

_AT_ONCE = 50_000  # touched actors; bounds memory when an import brings a million consents
_EVERYBODY_FROM = 2_000  # touched actors; for fewer it is not worth thinking about
_TIMES_DEARER = 30  # resolving around a touched actor, against one actor or link of the whole (measured)


class Purpose(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def mask(self) -> int: ...


class LinkGraph(Protocol):
    """What resolving asks of all links beyond those of some actors."""

    def ends_of(self, tx: Any, actors: Collection[str]) -> Sequence[Link]: ...
    def by_hand(self, tx: Any, actors: Collection[str]) -> Sequence[Link]: ...
    def others_of(self, tx: Any, actors: Collection[str]) -> Mapping[str, tuple[int, int]]: ...
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
    Rows that did not change are among them; the map ignores those. Doing it twice changes nothing.
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
    around = resolve_around(BookGraph(book, tx), linked.intersection(part), asked=part, beside=linked, limit=limit)
    person_of = around.resolution.person_of
    bits = permission_bits(
        around.actors,
        person_of=person_of,
        verified_of=around.resolution.verified_of,
        said=book.said_by(tx, around.actors),
        masks=masks,
    )
    return [_row(actor, person_of[actor], bits[actor]) for actor in sorted(around.actors)]


def _row(actor: str, person: str, bits: Bits) -> MapRow:
    return MapRow(actor, person, bits.granted, bits.denied)


@dataclass(frozen=True, slots=True)
class BookGraph:
    """The book with its transaction filled in, as `resolve_around` wants it."""

    book: Book
    tx: Any

    def links_of(self, actors: Collection[str]) -> Sequence[Link]:
        return self.book.graph.ends_of(self.tx, actors)

    def by_hand(self, actors: Collection[str]) -> Sequence[Link]:
        return self.book.graph.by_hand(self.tx, actors)

    def others_of(self, actors: Collection[str]) -> Mapping[str, tuple[int, int]]:
        return self.book.graph.others_of(self.tx, actors)

    def kinds_of(self, actors: Collection[str]) -> dict[str, str]:
        return self.book.kinds_of(self.tx, actors)
