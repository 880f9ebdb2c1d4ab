"""One person's memberships now, from her own events: what happened since the last refresh counts at once, no refit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import exp, log
from zoneinfo import ZoneInfo

import numpy as np
from scipy import sparse

from kundskab.consent.alone import OwnEvent
from kundskab.profiles.own import is_own
from kundskab.segments.behaviours import CAP, FAINTEST, HALF_LIFE_DAYS, Vocabulary, counts_from
from kundskab.segments.living import State
from kundskab.segments.memberships import Memberships, exactly


def of_person(
    events: Sequence[OwnEvent],
    state: State,
    vocabulary: Vocabulary,
    *,
    as_of: datetime,
    zone: str,
    rng: np.random.Generator,
    half_life_days: float = HALF_LIFE_DAYS,
) -> Memberships:
    """The memberships of somebody who did this in the segments of state.ids, one row; of nobody known it rests on 0.

    state and vocabulary: as the last refresh kept them.
    """
    counts = counted_of(events, vocabulary, as_of=as_of, zone=zone, half_life_days=half_life_days)
    told = [(place, counts[name]) for place, name in enumerate(state.behaviours) if name in counts]
    columns, values = [place for place, _ in told], np.array([count for _, count in told], np.float32)
    cells = sparse.csr_array((values, ([0] * len(told), columns)), shape=(1, len(state.behaviours)))
    return exactly(state.patterns, cells, rng=rng)


def counted_of(
    events: Iterable[OwnEvent], words: Vocabulary, *, as_of: datetime, zone: str, half_life_days: float = HALF_LIFE_DAYS
) -> dict[str, float]:
    """behaviour -> faded days: what `behaviours.counted` tells of everybody, in plain Python for one person.

    Composing and planning that question takes longer than all else on her page. A drawn test holds both to one answer.
    """
    here, since = ZoneInfo(zone), counts_from(as_of, half_life_days)
    today = as_of.astimezone(here).date()
    ages: defaultdict[str, set[int]] = defaultdict(set)
    for event in events:
        if event.action is None or not since < event.occurred_at <= as_of or not is_own(event.action):
            continue
        age = max((today - event.occurred_at.astimezone(here).date()).days, 0)
        for category, thing in _lines(event):
            name = _called(event.action, category, thing, words)
            if name is not None:
                ages[name].add(age)
    faded = {name: min(sum(exp(-log(2) / half_life_days * age) for age in each), CAP) for name, each in ages.items()}
    return {name: count for name, count in faded.items() if np.float32(count) >= FAINTEST}


def _lines(event: OwnEvent) -> list[tuple[str | None, str | None]]:
    """Category and object: of the event, or of its lines where it has some."""
    if not event.items:
        return [(event.category, event.object)]
    return [(line["category"], line["object"]) for line in event.items]


def _called(action: str, category: str | None, thing: str | None, words: Vocabulary) -> str | None:
    told_by = words.detail_of.get(action)
    detail = {"category": category, "object": thing}.get(told_by or "")
    return words.details.get((action, detail or None)) or words.details.get((action, None))
