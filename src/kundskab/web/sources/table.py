"""Sources as the page shows them: live ones before imports, keys that work before those that do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kundskab.pipeline.answers import KeyRow, SourceBooks, SourceRow, Volume
from kundskab.web.base import clock
from kundskab.web.home.usual import Today, by_source


@dataclass(frozen=True, slots=True)
class Key:
    """state: "in use", "ends" (rotated, works until expires_at), "expired" or "revoked"."""

    id: int
    kind: str
    last4: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    state: str

    @property
    def works(self) -> bool:
        return self.state in ("in use", "ends")


@dataclass(frozen=True, slots=True)
class Source:
    row: SourceRow
    keys: list[Key]
    today: Today | None  # None: it has sent nothing yet

    @property
    def state(self) -> str:
        """ "never" sent, "well", or "silent": for longer than it ever was, by the rule that Home follows too."""
        if self.today is None:
            return "never"
        return "silent" if self.today.silent_since else "well"


@dataclass(frozen=True, slots=True)
class Overview:
    live: list[Source]
    imports: list[Source]

    @property
    def keys_in_use(self) -> int:
        return sum(key.works for source in self.live + self.imports for key in source.keys)

    @property
    def silent(self) -> list[Source]:
        """Live ones that were steady and have stopped."""
        return [source for source in self.live if source.state == "silent"]


def overview(rows: Sequence[SourceRow], books: Sequence[SourceBooks], volumes: Sequence[Volume]) -> Overview:
    """All sources, by name within their kind."""
    today = {row.source: row for row in by_source(volumes, books, today=clock.today())}
    sources = [Source(row, _keys(row.keys), today.get(row.name)) for row in sorted(rows, key=lambda row: row.name)]
    return Overview(
        live=[source for source in sources if source.row.kind == "live"],
        imports=[source for source in sources if source.row.kind != "live"],
    )


def _keys(rows: Sequence[KeyRow]) -> list[Key]:
    now = clock.now()
    keys = [
        Key(row.id, row.kind, row.last4, row.created_at, row.expires_at, row.last_used_at, _state(row, now))
        for row in rows
    ]
    return sorted(keys, key=lambda key: (not key.works, key.created_at))


def _state(row: KeyRow, now: datetime) -> str:
    if row.revoked_at:
        return "revoked"
    if row.expires_at:
        return "ends" if row.expires_at > now else "expired"
    return "in use"
