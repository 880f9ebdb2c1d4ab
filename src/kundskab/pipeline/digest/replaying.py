"""Replay: what was kept aside is tried again, under today's plan and program, once.

The event keeps its old place, so it is no double of itself. The lake commit that stores it also moves the count from
quarantined to stored; if we are killed before the vault has noted it, the next replay finds the row and only notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import orjson

from kundskab.events import Event
from kundskab.lake import SourceBooks
from kundskab.lake.reader import present
from kundskab.pipeline.answers import ReplayReport
from kundskab.pipeline.digest.collect import outcomes
from kundskab.pipeline.digest.deed import admit_to_vault, tokens_for
from kundskab.pipeline.digest.rows import Arrived, to_rows
from kundskab.pipeline.home import Home
from kundskab.pipeline.ids import Sighting
from kundskab.pipeline.locks import writer_lock
from kundskab.pipeline.sources import plan_of
from kundskab.types import utc_now
from kundskab.vault import Bad


def replay(
    home: Home,
    ids: Sequence[int] | None = None,
    *,
    reason: str | None = None,
    who: str,
    now: Callable[[], datetime] = utc_now,
    wait_seconds: float = 30.0,
) -> ReplayReport:
    """Try quarantined events again: those with these numbers, or all of one reason, or all.

    Rows of imported files are not events of a journal: mend the file and import it again; they stay here until then.
    """
    with writer_lock(home.run, "replay", wait_seconds=wait_seconds):
        waiting = _waiting(home, ids, reason)
        tried = [bad for bad in waiting if not bad.journal.startswith("import")]
        outcome = _outcomes(home, tried, now())
        with home.vault.transaction() as tx:
            home.vault.mark_replayed(tx, outcome, now())
            home.vault.audit(
                tx, who=who, action="replay", subject=f"{len(tried)} quarantined events", at=now(), reason=reason
            )
    counts = Counter(outcome.values())
    return ReplayReport(
        tried=len(waiting),
        stored=counts["stored"],
        duplicates=counts["duplicate"],
        refused=counts["refused"],
        still_quarantined=len(waiting) - len(outcome),
    )


def _waiting(home: Home, ids: Sequence[int] | None, reason: str | None) -> list[Bad]:
    if ids is not None:
        return [bad for bad in home.vault.quarantine_by_ids(list(ids)) if bad.replayed_at is None]
    return home.vault.quarantine(limit=1_000_000, reason=reason)


def _outcomes(home: Home, waiting: list[Bad], now: datetime) -> dict[int, str]:
    """Store what passes now; quarantine number -> stored | duplicate | refused (those that still fail are left out)."""
    passed = _passing(home, waiting)
    there = {
        (journal, position)
        for journal in {a.journal for _, a in passed}
        for position in present(home.lake, home.temp, journal, [a.position for _, a in passed if a.journal == journal])
    }
    done = {number: "stored" for number, a in passed if (a.journal, a.position) in there}
    arrived = [(number, a) for number, a in passed if number not in done]
    sightings = [Sighting(a.source, a.event.event_id, a.journal, a.position) for _, a in arrived]
    first = home.ids.first_seen(sightings, {})
    new = [pair for pair, is_first in zip(arrived, first, strict=True) if is_first]
    done |= {number: "duplicate" for (number, _), is_first in zip(arrived, first, strict=True) if not is_first}
    refused: Counter[tuple[str, str]] = Counter()
    state = home.lake.state()
    with home.vault.transaction() as tx:
        token = tokens_for(home, tx, [a for _, a in new], now)
        kept = admit_to_vault(home, tx, [a for _, a in new], token, now, refused)
    places = {(a.journal, a.position) for a, _ in kept}
    done |= {number: "stored" if (a.journal, a.position) in places else "refused" for number, a in new}
    if arrived:
        files = [home.lake.write(to_rows(kept, token=token, first_seq=state.next_seq), "fresh")] if kept else []
        moved = _moved(arrived, done)
        home.lake.commit(files, state.advanced(positions={}, books=moved, stored=len(kept)))
    return done


def _passing(home: Home, waiting: list[Bad]) -> list[tuple[int, Arrived]]:
    """Those that are events by today's rules, with their quarantine numbers."""
    plans = {source.name: plan_of(source) for source in home.vault.sources()}
    passed = []
    for bad in waiting:
        assert bad.id is not None
        kept = orjson.loads(bad.body)
        meta, body = kept["meta"], orjson.dumps(kept["raw"])
        [(checked, _)] = outcomes(body, bad.source, bad.received_at, meta, plans.get(bad.source))
        if isinstance(checked, Event):
            key = meta.get("key", "browser")
            passed.append((bad.id, Arrived(checked, bad.source, key, bad.journal, bad.position, bad.received_at)))
    return passed


def _moved(arrived: list[tuple[int, Arrived]], done: dict[int, str]) -> dict[str, SourceBooks]:
    """The books' change: out of quarantine, into what it became."""
    books: dict[str, SourceBooks] = {}
    for number, one in arrived:
        became = done[number]
        change = SourceBooks(
            stored=int(became == "stored"),
            duplicate=int(became == "duplicate"),
            refused={"no purpose left": 1} if became == "refused" else {},
            quarantined=-1,
        )
        books[one.source] = books.get(one.source, SourceBooks()) + change
    return books
