"""One refresh: as of a moment, for one purpose, stage by stage; killed, it goes on at the stage it had not finished."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from kundskab.consent.view import View
from kundskab.lake import derived
from kundskab.lake.full import is_disk_trouble, plainly
from kundskab.pipeline.home import Home
from kundskab.pipeline.locks import refresh_lock
from kundskab.pipeline.refresh import counted, record
from kundskab.pipeline.refresh.moment import NothingYet, moment
from kundskab.pipeline.refresh.record import Record
from kundskab.pipeline.refresh.stages import stages as all_stages
from kundskab.pipeline.refresh.work import HORIZON_DAYS, Stage, TooLittle, Work
from kundskab.pipeline.views import Views
from kundskab.types import VERSION, KundskabError, utc_now

log = logging.getLogger(__name__)

RESUMED_WITHIN = timedelta(hours=6)  # an older half is thrown away: too much has happened since

Progress = Callable[[str, float], None]


@dataclass(slots=True)
class Refreshed:
    """What a refresh did.  stages: name -> seconds, of those that ran now.  notes: what people should know."""

    as_of: datetime
    purpose: str
    stages: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    was_fresh: bool = False  # nothing had changed since the last one


def refresh(
    home: Home,
    *,
    purpose: str = "analytics",
    as_of: datetime | None = None,
    horizon_days: int = HORIZON_DAYS,
    force: bool = False,
    stages: Sequence[Stage] | None = None,
    progress: Progress = lambda what, share: None,
    now: Callable[[], datetime] = utc_now,
) -> Refreshed:
    """Compute anew what is understood of people, from what may be used for `purpose`.

    as_of: nothing later is looked at; None: now, or the newest event where that is older than the longest horizon.
    force: also when nothing has changed.  Raises Busy while another one runs, KundskabError when there is no event.
    """
    if not 1 <= horizon_days <= 3660:
        raise KundskabError(f"A horizon of {horizon_days} days; choose 1 to 3,660.")
    home.run.mkdir(parents=True, exist_ok=True)
    views = Views(home, now=now)
    with refresh_lock(home.run), plainly("What was finished is kept", "run kundskab refresh again"):
        view = views.open(purpose)
        steps = [counted.STAGE, *(all_stages() if stages is None else stages)]
        try:
            when = moment(view, as_of, now())
        except NothingYet as nothing:
            _leave_all(
                Work(home, views, purpose, now().replace(microsecond=0), counted.STAGE.name), steps, str(nothing)
            )
            raise
        begun = _begun(home, view, as_of, when.as_of, horizon=horizon_days, force=force, now=now())
        done = Refreshed(begun.as_of, purpose, notes=[when.said] if when.said else [])
        if begun.finished_at is not None:
            done.was_fresh = True
            return done
        if begun.done and _standing(begun.inputs) != _standing(_inputs(home, view, horizon_days)):
            # Somebody withdrew, or turned out to be two, while this one lay killed: who is counted is asked anew, and
            # what is kept of who may not be used any more goes, before the rest is computed without them.
            begun.done.pop(counted.STAGE.name, None)
        broken: list[Exception] = []
        for number, step in enumerate(steps):
            if step.name in begun.done:
                continue
            work = Work(home, views, purpose, begun.as_of, step.name, horizon_days)
            work.report = _part(progress, step.name, number, len(steps))
            work.progress(0.0)
            began = monotonic()
            try:
                step.run(work)
            except TooLittle as little:
                work.leave(step, str(little))
                done.notes.append(f"{step.name}: {little}")
            except Exception as error:
                # One that breaks takes no other along: it flies up when they are done, and is tried again next time.
                log.error("broken stage=%s", step.name, exc_info=not is_disk_trouble(error))
                broken.append(error)
                continue
            done.stages[step.name] = begun.done[step.name] = monotonic() - began
            log.info("refreshed stage=%s seconds=%.1f", step.name, done.stages[step.name])
            record.write(home.run, purpose, begun)
        if broken:
            raise broken[0]
        begun.finished_at = now()
        record.write(home.run, purpose, begun)
        progress("done", 1.0)
    return done


def last(home: Home, purpose: str = "analytics") -> Record | None:
    """How far the last refresh came; None when there was none."""
    return record.read(home.run, purpose)


def _leave_all(work: Work, steps: Sequence[Stage], why: str) -> None:
    """Where there were people and none may be used any more, nothing stays in sight of what was learnt from them."""
    known = derived.parts(work.home.lake, "people", work.purpose)
    if not known or not known[-1].file.record_count:
        return
    counted.run(work)
    for step in steps[1:]:
        work.leave(step, why)


def _begun(
    home: Home, view: View, asked: datetime | None, as_of: datetime, *, horizon: int, force: bool, now: datetime
) -> Record:
    """The refresh to go on with, the finished one that would come out the same, or a new one."""
    purpose, inputs = view.purpose, _inputs(home, view, horizon)
    wanted = "now" if asked is None else as_of.isoformat()
    old = record.read(home.run, purpose)
    if old is not None and not force and old.asked == wanted:
        if old.finished_at is None and now - old.began_at < RESUMED_WITHIN and _version(old.inputs) == _version(inputs):
            return _tried(home, purpose, old, now)
        same_day = asked is not None or old.as_of.astimezone(home.zone).date() == as_of.astimezone(home.zone).date()
        if old.finished_at is not None and old.inputs == inputs and same_day:
            return old
    return _tried(home, purpose, Record(as_of=as_of, began_at=now, inputs=inputs, asked=wanted), now)


def _tried(home: Home, purpose: str, begun: Record, now: datetime) -> Record:
    begun.tries, begun.tried_at = begun.tries + 1, now
    record.write(home.run, purpose, begun)
    return begun


def _inputs(home: Home, view: View, horizon: int) -> str:
    """Changes with everything that a refresh reads. Not the snapshot: compaction makes a new one of the same rows."""
    stored = home.lake.state().next_seq
    catalogue = home.lake.objects_stamp()
    return f"{VERSION}/{horizon}/{stored}/{view.ledger_seq}/{view.links_seq}/{catalogue}"


def _version(inputs: str) -> list[str]:
    return inputs.split("/")[:2]


def _standing(inputs: str) -> list[str]:
    """How far the ledger and the links were."""
    return inputs.split("/")[3:5]


def _part(progress: Progress, name: str, number: int, of: int) -> Callable[[float], None]:
    return lambda share: progress(name, (number + min(max(share, 0.0), 1.0)) / of)
