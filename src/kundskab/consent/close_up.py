"""The close-up: a view of one person alone, judged now from her own rows of the map.

A view of everybody reads the whole map once and is kept; a server that answers for one person at a time must not wait
for that after each withdrawal. A close-up reads a handful of rows by their keys and is used at once, so that a
withdrawal holds for the very next answer. The rule is the same, see `facts.is_usable`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kundskab.consent.facts import FactSeen, is_usable


class MapRow(Protocol):
    @property
    def actor(self) -> str: ...
    @property
    def granted(self) -> int: ...
    @property
    def denied(self) -> int: ...


class Fact(Protocol):
    @property
    def actor(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def how(self) -> str: ...
    @property
    def source(self) -> str | None: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def permission(self) -> int: ...
    @property
    def claimed(self) -> bool: ...


class Book(Protocol):
    """Where all this is kept; the vault is one. `tx` is its open transaction, passed on unseen."""

    def map_rows(self, tx: Any, actors: Collection[str]) -> Sequence[MapRow]: ...
    def fact_history_of(self, actors: Collection[str], tx: Any) -> Sequence[Fact]: ...


@dataclass(frozen=True, slots=True)
class CloseUp:
    """What may be used of one person for one purpose. facts: oldest first."""

    person: str
    purpose: str
    opened_at: datetime
    facts: tuple[FactSeen, ...]
    at: datetime | None = None

    def histories_of(self, persons: Collection[str]) -> dict[str, list[FactSeen]]:
        """person -> every usable fact, oldest first, as a view tells it. A close-up knows nobody else."""
        return {self.person: list(self.facts)} if self.person in persons and self.facts else {}


def close_up(
    book: Book,
    tx: Any,
    person: str,
    actors: Collection[str],
    *,
    purpose: str,
    mask: int,
    grounds: Callable[[int], str | None],
    at: datetime | None = None,
    now: datetime,
) -> CloseUp:
    """Open a close-up of these actors of a person; `at` leaves out facts from after it.

    mask: of the purpose, in the map.  grounds: permission id -> how it stands for the purpose.
    """
    standing = {row.actor: row for row in book.map_rows(tx, actors)}
    facts = tuple(
        FactSeen(fact.name, fact.value, fact.how, fact.source, fact.occurred_at, fact.claimed)
        for fact in book.fact_history_of(actors, tx)
        if (at is None or fact.occurred_at <= at)
        and is_usable(
            grounds(fact.permission),
            granted=bool(standing[fact.actor].granted & mask),
            denied=bool(standing[fact.actor].denied & mask),
        )
    )
    return CloseUp(person, purpose, now, facts, at)
