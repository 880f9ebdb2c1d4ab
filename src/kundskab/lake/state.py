"""What every commit of the events table carries: how far each journal is digested, and the books.

They lie in the snapshot's summary, so rows and counts can never disagree: both come with one commit or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import orjson

_PREFIX = "kundskab."


@dataclass(frozen=True, slots=True)
class SourceBooks:
    """What became of one source's events, as far as digested."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    quarantined: int = 0
    refused: dict[str, int] = field(default_factory=dict)  # reason -> events
    last_received_at: str | None = None  # ISO 8601, UTC

    def __add__(self, more: SourceBooks) -> SourceBooks:
        refused = dict(self.refused)
        for reason, count in more.refused.items():
            refused[reason] = refused.get(reason, 0) + count
        return SourceBooks(
            received=self.received + more.received,
            stored=self.stored + more.stored,
            duplicate=self.duplicate + more.duplicate,
            quarantined=self.quarantined + more.quarantined,
            refused=refused,
            last_received_at=max(filter(None, (self.last_received_at, more.last_received_at)), default=None),
        )


@dataclass(frozen=True, slots=True)
class LakeState:
    """positions: journal -> last digested position.  next_seq: the number the next stored event gets.

    settled: quarantine number -> what the last replay made of it, where that left no row; so that a replay which was
    killed before the vault knew is not counted twice.
    """

    positions: dict[str, int] = field(default_factory=dict)
    books: dict[str, SourceBooks] = field(default_factory=dict)
    next_seq: int = 1
    settled: dict[str, str] = field(default_factory=dict)

    def advanced(
        self,
        *,
        positions: Mapping[str, int],
        books: Mapping[str, SourceBooks],
        stored: int,
        settled: Mapping[str, str] | None = None,
    ) -> LakeState:
        """The state after one more batch; positions never go back, and `settled` stays as it was when not given."""
        moved = dict(self.positions)
        for journal, position in positions.items():
            moved[journal] = max(position, moved.get(journal, 0))
        summed = dict(self.books)
        for source, change in books.items():
            summed[source] = summed.get(source, SourceBooks()) + change
        last = self.settled if settled is None else dict(settled)
        return replace(self, positions=moved, books=summed, next_seq=self.next_seq + stored, settled=last)

    def to_summary(self) -> dict[str, str]:
        books = {
            name: {
                "received": b.received,
                "stored": b.stored,
                "duplicate": b.duplicate,
                "quarantined": b.quarantined,
                "refused": b.refused,
                "last_received_at": b.last_received_at,
            }
            for name, b in self.books.items()
        }
        return {
            _PREFIX + "positions": orjson.dumps(self.positions).decode(),
            _PREFIX + "books": orjson.dumps(books).decode(),
            _PREFIX + "next_seq": str(self.next_seq),
            _PREFIX + "settled": orjson.dumps(self.settled).decode(),
        }

    @classmethod
    def from_summary(cls, summary: Mapping[str, str]) -> LakeState:
        """A table without a commit yet has the empty state."""
        if _PREFIX + "next_seq" not in summary:
            return cls()
        books = orjson.loads(summary[_PREFIX + "books"])
        return cls(
            positions=orjson.loads(summary[_PREFIX + "positions"]),
            books={name: SourceBooks(**row) for name, row in books.items()},
            next_seq=int(summary[_PREFIX + "next_seq"]),
            settled=orjson.loads(summary.get(_PREFIX + "settled", "{}")),
        )
