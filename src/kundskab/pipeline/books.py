"""The books: what became of every event received. Journals count what came in; commits count what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kundskab import journal
from kundskab.journal.reader import oldest_waiting
from kundskab.lake import LakeState
from kundskab.lake import SourceBooks as Counted
from kundskab.lake.reader import volumes as lake_volumes
from kundskab.pipeline.answers import SourceBooks, Volume
from kundskab.pipeline.home import Home
from kundskab.types import Books


def books(home: Home) -> Books:
    """The sums. received counts journals and imports on their own account, so that they can disagree with the rest."""
    state, waiting, came_in = _counts(home)
    every = sum(state.books.values(), Counted())
    return Books(
        received=came_in,
        stored=every.stored,
        duplicate=every.duplicate,
        refused=sum(every.refused.values()),
        quarantined=every.quarantined,
        waiting=waiting,
    )


def by_source(home: Home) -> list[SourceBooks]:
    """One row per source that exists or ever sent something, as far as digested."""
    state = home.lake.state()
    kinds = {source.name: source.kind for source in home.vault.sources()}
    for name in state.books:
        kinds.setdefault(name, "live")
    return [_row(name, kind, state.books.get(name, Counted())) for name, kind in sorted(kinds.items())]


def refusals(home: Home) -> dict[str, int]:
    """Reason -> events."""
    return dict(sum(home.lake.state().books.values(), Counted()).refused)


def volumes(home: Home, days: int) -> list[Volume]:
    table = lake_volumes(home.lake, home.temp, timezone=home.settings.timezone, days=days)
    return [Volume(**row) for row in table.to_pylist()]


def status(home: Home, now: datetime) -> dict[str, Any]:
    """The state of the workspace in one JSON-able object."""
    summed = books(home)
    state = home.lake.state()
    oldest = oldest_waiting(home.journal, state.positions)
    return {
        "workspace": home.settings.name,
        "workspace_id": home.settings.workspace_id,
        "fictitious": home.settings.fictitious,
        "received": summed.received,
        "stored": summed.stored,
        "duplicate": summed.duplicate,
        "refused": summed.refused,
        "quarantined": summed.quarantined,
        "waiting": summed.waiting,
        "balanced": summed.balanced,
        "persons": home.vault.count_persons(),
        "actors": home.vault.count_actors(),
        "lag_seconds": 0.0 if oldest is None else max(0.0, round((now - oldest).total_seconds(), 3)),
        "sources": {row.source: {"received": row.received, "stored": row.stored} for row in by_source(home)},
    }


def _counts(home: Home) -> tuple[LakeState, int, int]:
    """The state, events waiting in journals, events received in all.

    The journals are read before the state: a digest in between moves events from waiting to counted, and counting
    them twice or not at all would unbalance the books for a moment.
    """
    while True:
        before = home.lake.state()
        received = journal.received(home.journal)
        state = home.lake.state()
        if state.positions == before.positions:
            break
    imports = {source.name for source in home.vault.sources() if source.kind == "import"}
    live = sum(received.values())
    digested = sum(state.positions.get(name, 0) for name in received)
    imported = sum(counted.received for name, counted in state.books.items() if name in imports)
    return state, live - digested, live + imported


def _row(name: str, kind: str, counted: Counted) -> SourceBooks:
    seen = counted.last_received_at
    return SourceBooks(
        source=name,
        kind=kind,
        received=counted.received,
        stored=counted.stored,
        duplicate=counted.duplicate,
        refused=sum(counted.refused.values()),
        quarantined=counted.quarantined,
        last_seen=datetime.fromisoformat(seen) if seen else None,
    )
