"""What the collector's tests speak to: a door in this process, and what it kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson

from kundskab import journal
from kundskab.collector.intake import Intake
from kundskab.collector.refusals import Refusals
from kundskab.collector.rules import Rules
from kundskab.consent.collection import Declaration
from kundskab.events import Event, Quarantine, RawRequest, expand
from kundskab.journal import GroupCommit
from kundskab.vault.keys import draw

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEB_KEY, SERVER_KEY, STRANGE_KEY = draw(), draw(), draw()


def rules_of(source: str, kind: str, number: int, **changes: Any) -> Rules:
    declared = Declaration({"necessary": "contract", "analytics": "consent", "marketing": "consent"})
    return Rules(source, number, kind, **{"declaration": declared} | changes)


@dataclass
class Door:
    """The running collector, a client that speaks to it, and what it kept."""

    folder: Path
    client: httpx.AsyncClient
    keys: dict[str, Rules]
    commit: GroupCommit
    intake: Intake
    refusals: Refusals
    loads: list[int] = field(default_factory=list)  # one entry per time the keys were read

    async def post(self, path: str, content: Any, *, key: str | None = WEB_KEY, **options: Any) -> httpx.Response:
        """POST JSON (or bytes as they are) with the key as Basic authorization."""
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        auth = (key, "") if key else None
        return await self.client.post(path, content=body, auth=auth, **options)

    def entries(self) -> list[journal.Stored]:
        return journal.read(self.folder, self.commit.name, 0, 10**9)

    def kept(self) -> list[Event | Quarantine]:
        """Every event in the journal, as the digest will see it."""
        return [event for stored in self.entries() for event in expand(request_of(stored.entry))]


def request_of(entry: journal.Entry) -> RawRequest:
    meta = orjson.loads(entry.meta)
    return RawRequest(
        entry.body,
        entry.received_at,
        meta["path_type"],
        meta["gpc"],
        meta["sent_at_header"],
        meta["anonymous_id_header"],
        entry.source,
    )
