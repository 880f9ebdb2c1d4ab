"""The contest: every model held against what came after a day in the past, the plain guess beside them.

Until that day everything is learnt anew, so that no model has seen what it is asked. The mixture is used where it is
surely better than the plain guess; where it is not, the plain guess is used and the words say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kundskab.predictions.actions.following import Outcomes
from kundskab.predictions.actions.histories import Histories, Ints, Moments, after_each_event, at_time, together
from kundskab.predictions.actions.learning import BASELINE, MIXTURE, Foresight, Settings, held_out, learn
from kundskab.predictions.actions.mixing import Mixing, learn_mixing, of_late
from kundskab.predictions.actions.model import Model
from kundskab.predictions.actions.signs import Small, signs
from kundskab.predictions.actions.timing import fit_timing
from kundskab.predictions.calibration import ece_with_doubt, log_loss, resampled
from kundskab.predictions.standing import Standing

DAY = 86_400.0
ASK = 10_000
WAIT = 120_000  # moments from which the times are learnt
TREES_FROM = 5_000  # moments; fewer are too few for trees
FEWEST = 30  # moments in the test, below which nothing can be said
_CUTS = 6
_FOLDS = 2
_STRETCHES = 6
_ENOUGH_TO_MEND = 300
_VISITS = 1_000  # acts in the test of what comes right after an act; where a horizon holds fewer, it is longer
_LONGER = 3


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What was learnt for today, and how it would have done before.

    told, came: of moments that it had not learnt from, in the order of time where it was learnt forwards; shapes
    (moments, actions) and (moments,).
    """

    foresight: Foresight
    standings: tuple[Standing, ...]
    told: Small
    came: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The model of today, and how it would have done before.

    standings: of people at rest, as refresh asks.  in_visit: of what comes right after an act.
    lately: what was told of the latter, and what came; to begin following with.
    usual_within: the plain chance of any action within the horizon.
    """

    model: Model
    standings: tuple[Standing, ...]
    in_visit: tuple[Standing, ...]
    lately: Outcomes
    usual_within: float


def contest(
    events: Histories, *, as_of: float, horizon: float, settings: Settings, rng: np.random.Generator
) -> Known | None:
    """Learn the next action and its time as of a moment; None where too little is known to be tried.

    as_of: seconds; events after it are not looked at.  horizon: seconds, how long what came is waited for.
    """
    if int((events.times <= as_of).sum()) < FEWEST:
        return None
    back = _back(events, as_of, horizon)
    day = as_of - back
    at_rest = _learnt(
        events,
        _came(_cuts(events, day, back)),
        _came(at_time(events, day, as_of)),
        _came(_cuts(events, as_of, back)),
        settings,
        rng,
    )
    in_visit = right_after(events, as_of=as_of, horizon=horizon, settings=settings, rng=rng)
    if at_rest is None or in_visit is None:
        return None
    waiting = _some(_cuts(events, as_of, back), WAIT, rng)
    usual = float((at_time(events, day, as_of).target >= 0).mean())
    return Known(
        model=Model(at_rest.foresight, in_visit.foresight, fit_timing(events, waiting)),
        standings=at_rest.standings,
        in_visit=in_visit.standings,
        lately=Outcomes(in_visit.told, in_visit.came, as_of),
        usual_within=usual,
    )


def right_after(
    events: Histories,
    *,
    as_of: float,
    horizon: float,
    settings: Settings,
    rng: np.random.Generator,
    first: bool = False,
) -> Learnt | None:
    """What comes right after an act, learnt as of a moment, and how it would have done; None where too little is known.

    first: whether also what everybody begins with.
    The test is the last horizon, or the last _VISITS acts where these reach further back, up to _LONGER horizons.
    """
    each = after_each_event(events)
    answered = each.asked_at + each.waited
    kept = ((each.known > 0) | first) & (answered <= as_of)
    if not kept.any():
        return None
    order = np.flatnonzero(kept)[np.argsort(answered[kept], kind="stable")]  # as time went by
    each, answered = each.of(order), answered[order]
    many = float(np.sort(each.asked_at)[-min(_VISITS, len(each))])
    day = max(min(as_of - _back(events, as_of, horizon), many), as_of - _back(events, as_of, _LONGER * horizon))
    parts = each.of(answered <= day), each.of(each.asked_at >= day), each
    return _learnt(events, *parts, settings, rng, forward=True)


def _back(events: Histories, as_of: float, horizon: float) -> float:
    return min(horizon, (as_of - float(events.times.min())) / 4)


def _learnt(
    events: Histories,
    earlier: Moments,
    asked: Moments,
    newest: Moments,
    settings: Settings,
    rng: np.random.Generator,
    *,
    forward: bool = False,
) -> Learnt | None:
    """Learn from earlier moments, hold that against those asked, and learn anew from the newest what has won.

    forward: the mixture is learnt on stretches of time, each foretold from those before; else on people.
    """
    most = settings.count_from
    earlier, asked, newest = (_some(m, n, rng) for m, n in ((earlier, most), (asked, ASK), (newest, most)))
    if len(asked) < FEWEST or len(earlier) < FEWEST:
        return None
    if len(earlier) < TREES_FROM:
        settings = replace(settings, boosted=False)
    held = held_out(events, earlier, _stretches(earlier) if forward else _folds(earlier), settings, forward=forward)
    mix = of_late if forward else learn_mixing
    first = mix(held.chances, held.target) if held else Mixing({BASELINE: 1.0})
    before = learn(events, earlier, settings, first, held.last if held and forward else None)
    chances = before.all_chances(signs(events, asked, clock=before.clock))
    standings, wins = _held_against(before, chances, asked, rng)
    tried = [(held.chances, held.target)] if held else []
    tried.append((chances, asked.target))
    mixing = _mended(first, tried, forward=forward) if wins else Mixing({BASELINE: 1.0})
    used = first if wins else mixing
    return Learnt(
        learn(events, newest, settings, mixing, before.linear),
        standings,
        np.concatenate([used.mixed(told) for told, _ in tried]),
        np.concatenate([came for _, came in tried]),
    )


def _mended(first: Mixing, tried: Sequence[tuple[Mapping[str, Small], Ints]], *, forward: bool) -> Mixing:
    """The last weeks know better than the folds which model to trust, and how far."""
    told, came = tried[-1]
    if forward and len(tried) > 1:
        both = {name: np.concatenate([each[name] for each, _ in tried]) for name in tried[0][0] if name in told}
        return of_late(both, np.concatenate([target for _, target in tried]))
    return learn_mixing(told, came, first) if len(came) >= _ENOUGH_TO_MEND else first


def _cuts(events: Histories, until: float, horizon: float) -> Moments:
    """Everybody at some days, the last of them a horizon before `until`, so that slow and quick answers are in."""
    first = float(events.times.min())
    step = max(min(horizon, (until - first - horizon) / (_CUTS + 1)) / 2, 1.0)
    return together([at_time(events, until - horizon - k * step, until) for k in range(_CUTS)])


def _came(moments: Moments) -> Moments:
    return moments.of(moments.target >= 0)


def _some(moments: Moments, most: int, rng: np.random.Generator) -> Moments:
    if len(moments) <= most:
        return moments
    return moments.of(np.sort(rng.choice(len(moments), most, replace=False)))


def _folds(moments: Moments) -> Ints:
    """By people: neighbouring days may have the same next action of the same person as their target."""
    _, order = np.unique(moments.owner, return_inverse=True)
    return np.asarray(order % _FOLDS, np.int64)


def _stretches(moments: Moments) -> Ints:
    """Stretches of time of moments that come in its order, as many in each."""
    return np.arange(len(moments)) * _STRETCHES // max(len(moments), 1)


def _held_against(
    before: Foresight, told: Mapping[str, Small], asked: Moments, rng: np.random.Generator
) -> tuple[tuple[Standing, ...], bool]:
    chances = {**told, MIXTURE: before.mixing.mixed(told)}
    losses = {name: log_loss(found, asked.target) for name, found in chances.items()}
    gain = resampled(losses[BASELINE] - losses[MIXTURE], asked.owner, rng=rng)
    wins = bool(gain[0] > 0)
    hits = {name: float((found.argmax(axis=1) == asked.target).mean()) for name, found in chances.items()}
    standings = [
        Standing(
            model=name,
            log_loss=float(losses[name].mean()),
            low=(ends := resampled(losses[name] - losses[BASELINE], asked.owner, rng=rng))[0],
            high=ends[1],
            ece=ece_with_doubt(found, asked.target, rng=rng).value,
            n=len(asked),
            chosen=name == (MIXTURE if wins else BASELINE),
            is_baseline=name == BASELINE,
            words=_words(name, hits, wins),
        )
        for name, found in chances.items()
    ]
    return tuple(standings), wins


def _words(name: str, hits: dict[str, float], wins: bool) -> str:
    said = f"Its first guess was right {round(100 * hits[name])} times in 100"
    if name == BASELINE:
        return said + (", by the commonest action." if wins else "; nothing is surely better, so it is what we use.")
    if name == MIXTURE and not wins:
        return said + ": no surer than the plain guess."
    return said + f"; the plain guess {round(100 * hits[BASELINE])} times."
