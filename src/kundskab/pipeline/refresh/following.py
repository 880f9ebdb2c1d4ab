"""Between two refreshes: what came since the last one mends the kept chances of the next act, without a refit.

Each act is the outcome of the one before it: it is told by the kept model as if it had not come, and then learnt from.
What is kept are corrections and the newest outcomes as numbers, of nobody by name; the next refresh begins anew.
"""

from __future__ import annotations

from datetime import UTC, datetime

import ibis
import numpy as np

from kundskab.lake import derived
from kundskab.pipeline.home import Home
from kundskab.pipeline.refresh.actions import ALONG, LATELY, MODEL
from kundskab.pipeline.refresh.work import Work
from kundskab.pipeline.views import Views
from kundskab.predictions.actions.following import Following, Outcomes
from kundskab.predictions.actions.histories import acts, after_each_event, of_acts
from kundskab.predictions.actions.kept import from_bytes

FEWEST = 30  # outcomes; fewer are waited for
MOST = 12_000  # outcomes at once, the newest: as far as the longest memory reaches


def follow(home: Home, now: datetime, *, purpose: str = "analytics") -> int:
    """Let what came since the last time stream by; how many outcomes that were. 0: nothing kept, or too few came."""
    kept = _kept(home, purpose)
    left = _left(kept)
    if left is None:
        return 0
    work = Work(home, Views(home, now=lambda: now), purpose, kept[MODEL].as_of, "following")
    rows = acts(work.views.open(purpose).events)
    since = _since(rows, datetime.fromtimestamp(left.until, UTC), now)
    model = None if since is None else from_bytes(derived.body(kept[MODEL]))
    if since is None or model is None:
        return 0
    rows = rows.filter(rows.occurred_at <= ibis.literal(now))
    came = rows.filter(rows.occurred_at > ibis.literal(since))
    events = of_acts(rows.filter(rows.person.isin(came.person)), names=model.names)
    moments = after_each_event(events)
    answered = moments.asked_at + moments.waited
    new = np.flatnonzero((answered > since.timestamp()) & (moments.known > 0))
    new = new[np.argsort(answered[new], kind="stable")][-MOST:]
    if len(new):
        following = left if isinstance(left, Following) else Following.begun(left)
        following.saw(model.in_visit.foretell(events, moments.of(new)), moments.target[new])
        following.until = float(answered[new[-1]])
        work.keep(ALONG, following.to_bytes())
    return len(new)


def _kept(home: Home, purpose: str) -> dict[str, derived.Part]:
    """What is kept since the newest refresh that foretold acts, by name."""
    parts = [part for part in derived.parts(home.lake, "models", purpose) if part.part in (MODEL, LATELY, ALONG)]
    newest = max((part.as_of for part in parts if part.part == MODEL), default=None)
    return {part.part: part for part in parts if part.as_of == newest}


def _left(kept: dict[str, derived.Part]) -> Following | Outcomes | None:
    """As the last time left it, or with what to begin; None where neither is kept."""
    if ALONG in kept:
        return Following.from_bytes(derived.body(kept[ALONG]))
    return Outcomes.from_bytes(derived.body(kept[LATELY])) if LATELY in kept else None


def _since(rows: ibis.Table, until: datetime, now: datetime) -> datetime | None:
    """From when on to look: where the last time ended, or later where very many came; None where few did."""
    new = rows.filter((rows.occurred_at > ibis.literal(until)) & (rows.occurred_at <= ibis.literal(now)))
    newest = new.order_by(ibis.desc("occurred_at")).limit(2 * MOST)
    found = newest.agg(n=newest.count(), first=newest.occurred_at.min()).to_pyarrow().to_pylist()[0]
    if found["n"] < FEWEST:
        return None
    return until if found["n"] < 2 * MOST else found["first"]
