"""Replay: what was kept aside is tried again, under today's plan and program, once.

The event keeps its old place, so it is no double of itself. One lake commit stores what passed and moves the counts out
of quarantine; then the vault notes each outcome. If we are killed in between, the next replay learns from the lake what
was done (from the rows, and from `settled` where there is no row) and only notes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from kundskab.lake import LakeState, SourceBooks
from kundskab.lake.reader import present
from kundskab.pipeline.answers import ReplayReport
from kundskab.pipeline.digest.collect import again
from kundskab.pipeline.digest.deed import NO_PURPOSE, keep, listen, tokens_for
from kundskab.pipeline.digest.rows import Arrived, to_rows
from kundskab.pipeline.home import Home
from kundskab.pipeline.ids import Sighting
from kundskab.pipeline.locks import writer_lock
from kundskab.pipeline.rebuild import ensure_ids
from kundskab.pipeline.sources import plan_of
from kundskab.pipeline.writing import writing
from kundskab.types import utc_now
from kundskab.vault import Bad

AT_ONCE = 5_000  # events a commit, so that memory and the list of what is settled stay small


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
        ensure_ids(home, home.lake.state())
        waiting = _waiting(home, ids, reason)
        tried = [bad for bad in waiting if not bad.journal.startswith("import")]
        outcome: dict[int, str] = {}
        for first in range(0, len(tried), AT_ONCE):
            settled = _settle(home, tried[first : first + AT_ONCE], now())
            with writing(home, "replay") as tx:
                home.vault.mark_replayed(tx, settled, now())
            outcome |= settled
        _forget_settled(home)
        with writing(home, "replay") as tx:
            subject = f"{len(tried)} quarantined events"
            home.vault.audit(tx, who=who, action="replay", subject=subject, at=now(), reason=reason)
    counts = Counter(outcome.values())
    return ReplayReport(
        tried=len(waiting),
        stored=counts["stored"],
        duplicates=counts["duplicate"],
        refused=counts["refused"],
        still_quarantined=len(waiting) - len(outcome),
    )


def _forget_settled(home: Home) -> None:
    """The vault has noted every outcome, so commits need not carry them any longer."""
    state = home.lake.state()
    if state.settled:
        home.lake.commit([], state.advanced(positions={}, books={}, stored=0, settled={}))


def _waiting(home: Home, ids: Sequence[int] | None, reason: str | None) -> list[Bad]:
    """Those asked for that still wait, as far as digested: a digest that was killed will come by the rest itself."""
    if ids is not None:
        found = [bad for bad in home.vault.quarantine_by_ids(list(ids)) if bad.replayed_at is None]
    else:
        found = home.vault.quarantine(limit=1_000_000, reason=reason)
    positions = home.lake.state().positions
    # Oldest first: of two with one id, the smaller position is the first.
    found.sort(key=lambda bad: (bad.journal, bad.position))
    return [bad for bad in found if bad.journal.startswith("import") or bad.position <= positions.get(bad.journal, 0)]


def _settle(home: Home, waiting: list[Bad], now: datetime) -> dict[int, str]:
    """Store what passes now; quarantine number -> stored | duplicate | refused (those that still fail are left out)."""
    state = home.lake.state()
    passed = _passing(home, waiting)
    done = _done_before(home, state, passed)
    arrived = [(number, a) for number, a in passed if number not in done]
    if not arrived:
        return done
    sightings = [Sighting(a.source, a.event.event_id, a.journal, a.position) for _, a in arrived]
    first = home.ids.first_seen(sightings, {})
    new = [a for (_, a), is_first in zip(arrived, first, strict=True) if is_first]
    refused: Counter[tuple[str, str]] = Counter()
    with writing(home, "replay") as tx:
        token = tokens_for(home, tx, new, now)
        listen(home, tx, new, token)
        kept = keep(home, tx, new, token, now, refused)
    became = _became(arrived, new={_place(a) for a in new}, kept={_place(a) for a, _ in kept})
    files = [home.lake.write(to_rows(kept, token=token, first_seq=state.next_seq), "fresh")] if kept else []
    without_row = {str(number): outcome for number, outcome in became.items() if outcome != "stored"}
    moved = _moved(arrived, became)
    home.lake.commit(files, state.advanced(positions={}, books=moved, stored=len(kept), settled=without_row))
    return done | became


def _passing(home: Home, waiting: list[Bad]) -> list[tuple[int, Arrived]]:
    """Those that are events by today's rules, with their quarantine numbers."""
    plans = {source.name: plan_of(source) for source in home.vault.sources()}
    tried = [(bad.id or 0, again(bad, plans.get(bad.source))) for bad in waiting]
    return [(number, arrived) for number, arrived in tried if arrived is not None]


def _done_before(home: Home, state: LakeState, passed: list[tuple[int, Arrived]]) -> dict[int, str]:
    """What an earlier replay committed and could not note any more."""
    done = {number: state.settled[str(number)] for number, _ in passed if str(number) in state.settled}
    for journal in {a.journal for _, a in passed}:
        positions = {a.position: number for number, a in passed if a.journal == journal}
        for position in present(home.lake, home.temp, journal, list(positions)):
            done[positions[position]] = "stored"
    return done


def _place(arrived: Arrived) -> tuple[str, int]:
    return arrived.journal, arrived.position


def _became(
    arrived: list[tuple[int, Arrived]], *, new: set[tuple[str, int]], kept: set[tuple[str, int]]
) -> dict[int, str]:
    def outcome(place: tuple[str, int]) -> str:
        return "stored" if place in kept else "refused" if place in new else "duplicate"

    return {number: outcome(_place(a)) for number, a in arrived}


def _moved(arrived: list[tuple[int, Arrived]], done: dict[int, str]) -> dict[str, SourceBooks]:
    """The books' change: out of quarantine, into what it became."""
    books: dict[str, SourceBooks] = {}
    for number, one in arrived:
        became = done[number]
        change = SourceBooks(
            stored=int(became == "stored"),
            duplicate=int(became == "duplicate"),
            refused={NO_PURPOSE: 1} if became == "refused" else {},
            quarantined=-1,
        )
        books[one.source] = books.get(one.source, SourceBooks()) + change
    return books
