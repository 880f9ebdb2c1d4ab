"""Foretelling one person from her own events and a kept model, as each new event comes: milliseconds and no refit.

Beside it what would change it: had she done something else last, or were she silent for some days more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kundskab.predictions.actions.histories import OTHER, Histories, Moments
from kundskab.predictions.actions.model import Model
from kundskab.predictions.actions.timing import DAY

SHARES = (0.1, 0.5, 0.9)  # low, median and high of an 80 % interval
SILENT_DAYS = 7
ASKED = 8  # acts that a change is asked of: a few milliseconds each

Event = tuple[str, float]  # action, seconds since 1970


@dataclass(frozen=True, slots=True)
class Foretold:
    """actions: name -> chance that it is next when anything comes, summing to 1.  within: that anything comes in time.

    median_days, low_days, high_days: until it comes, 80 % of such people between.  reason: in words.
    """

    actions: dict[str, float]
    within: float
    median_days: float
    low_days: float
    high_days: float
    reason: str
    horizon_days: int


@dataclass(frozen=True, slots=True)
class Change:
    """What would change what is foretold of her: that `what` comes next (None: that anything comes within `days`).

    act: had she just done it; None: were she silent for SILENT_DAYS more.  share, instead: the chance then, and now.
    """

    act: str | None
    what: str | None
    share: float
    instead: float
    days: int

    @property
    def shows(self) -> bool:
        """Whether it can be told in 100 people."""
        return round(100 * self.share) != round(100 * self.instead)


def foretell(model: Model, own_events: Sequence[Event], as_of: float, *, horizon_days: float = 30) -> Foretold:
    """What she does next, told by her own events up to `as_of` (seconds); later ones are not looked at."""
    events, moment = _asked(model.names, [own_events], as_of)
    chances = model.chances(events, moment)
    low, median, high = model.timing.quantiles(events, moment, SHARES)[0] / DAY
    return Foretold(
        actions=dict(zip(model.names, (float(chance) for chance in chances[0]), strict=True)),
        within=float(model.timing.within(events, moment, horizon_days * DAY)[0]),
        median_days=float(median),
        low_days=float(low),
        high_days=float(high),
        reason=model.reasons(events, moment, chances)[0],
        horizon_days=round(horizon_days),
    )


def if_she_did(
    model: Model, own_events: Sequence[Event], as_of: float, action: str, *, horizon_days: float = 30
) -> Foretold:
    """The same, had she just done this as well."""
    return foretell(model, [*own_events, (action, as_of)], as_of, horizon_days=horizon_days)


def if_silent(
    model: Model, own_events: Sequence[Event], as_of: float, *, days: float = 7, horizon_days: float = 30
) -> Foretold:
    """The same in some days, should she do nothing until then."""
    known = [event for event in own_events if event[1] <= as_of]
    return foretell(model, known, as_of + days * DAY, horizon_days=horizon_days)


def what_would_change(
    model: Model, own_events: Sequence[Event], as_of: float, *, horizon_days: float = 30, most: int = 3
) -> list[Change]:
    """Which acts, done just now, would most change how likely the likeliest next act is; then what silence would.

    Asked of the acts that are likeliest next, at most ASKED; changes that do not show in 100 people are left out.
    """
    names, ahead = model.names, horizon_days * DAY
    events, moment = _asked(names, [own_events], as_of)
    now = dict(zip(names, (float(chance) for chance in model.chances(events, moment)[0]), strict=True))
    acts = sorted((name for name in names if name != OTHER), key=lambda name: -now[name])[:ASKED]
    if not acts:
        return []
    likeliest = acts[0]
    then = model.chances(*_asked(names, [[*own_events, (name, as_of)] for name in acts], as_of))
    shares = then[:, names.index(likeliest)].tolist()
    found = [Change(name, likeliest, share, now[likeliest], 0) for name, share in zip(acts, shares, strict=True)]
    found.sort(key=lambda one: -abs(one.share - one.instead))
    known = [event for event in own_events if event[1] <= as_of]
    later = _asked(names, [known], as_of + SILENT_DAYS * DAY)
    silent, within = (float(model.timing.within(*of, ahead)[0]) for of in (later, (events, moment)))
    quiet = Change(None, None, silent, within, round(horizon_days))
    return [one for one in (*found[:most], quiet) if one.shows]


def _asked(names: tuple[str, ...], people: Sequence[Sequence[Event]], as_of: float) -> tuple[Histories, Moments]:
    """Each of these people at this moment, by their own events up to it."""
    place = {name: number for number, name in enumerate(names)}
    other = place.get(OTHER)
    kept: list[tuple[int, float]] = []
    starts = [0]
    for own_events in people:
        known = sorted((at, number) for number, (_, at) in enumerate(own_events) if at <= as_of)
        coded = [(place.get(own_events[number][0], other), at) for at, number in known]
        kept += [(code, at) for code, at in coded if code is not None]  # an act never seen says nothing yet
        starts.append(len(kept))
    actions = np.array([code for code, _ in kept], np.int64)
    times = np.array([at for _, at in kept], np.float64)
    events = Histories(actions, times, np.array(starts), names, pa.array([], pa.string()))
    each, nothing = np.arange(len(people)), np.zeros(len(people), np.int64)
    return events, Moments(
        each, np.diff(starts), np.full(len(people), float(as_of)), nothing - 1, nothing.astype(float)
    )
