"""The contest: every model held against what came after a day in the past, the plain guess beside them.

Until that day everything is learnt anew, so that no model has seen what it is asked. The mixture is used where it is
surely better than the plain guess; where it is not, the plain guess is used and the words say so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kundskab.predictions.actions.histories import Histories, Ints, Moments, after_each_event, at_time, together
from kundskab.predictions.actions.learning import BASELINE, MIXTURE, Foresight, Settings, learn
from kundskab.predictions.actions.mixing import Mixing
from kundskab.predictions.actions.model import Model
from kundskab.predictions.actions.signs import signs
from kundskab.predictions.actions.timing import fit_timing
from kundskab.predictions.calibration import ece_with_doubt, log_loss, resampled, temperature

DAY = 86_400.0
LEARN_FROM = 6_000  # moments; more cost time and change no figure that is shown
ASK = 10_000
WAIT = 120_000  # moments from which the times are learnt
TREES_FROM = 5_000  # moments; fewer are too few for trees
FEWEST = 30  # moments in the test, below which nothing can be said
_CUTS = 6
_FOLDS = 2
_ENOUGH_TO_MEND = 300


@dataclass(frozen=True, slots=True)
class Standing:
    """One model in the contest.

    low, high: the 95 % interval of its log-loss less the plain guess's, by drawing people again; below 0 is better.
    """

    model: str
    log_loss: float
    low: float
    high: float
    ece: float
    n: int
    chosen: bool
    is_baseline: bool
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What was learnt for today, and how it would have done before.

    standings: of people at rest, as refresh asks.  in_visit: of what comes right after an act.
    usual_within: the plain chance of any action within the horizon.
    """

    model: Model
    standings: tuple[Standing, ...]
    in_visit: tuple[Standing, ...]
    usual_within: float


def contest(
    events: Histories, *, as_of: float, horizon: float, settings: Settings, rng: np.random.Generator
) -> Known | None:
    """Learn the next action and its time as of a moment; None where too little is known to be tried.

    as_of: seconds; events after it are not looked at.  horizon: seconds, how long what came is waited for.
    """
    if int((events.times <= as_of).sum()) < FEWEST:
        return None
    back = min(horizon, (as_of - float(events.times.min())) / 4)
    day = as_of - back
    each = after_each_event(events)
    each = each.of((each.known > 0) & (each.asked_at + each.waited <= as_of))
    before, after = each.asked_at + each.waited <= day, each.asked_at >= day
    at_rest = _learnt(
        events,
        _came(_cuts(events, day, back)),
        _came(at_time(events, day, as_of)),
        _came(_cuts(events, as_of, back)),
        settings,
        rng,
    )
    in_visit = _learnt(events, each.of(before), each.of(after), each, settings, rng)
    if at_rest is None or in_visit is None:
        return None
    waiting = _some(_cuts(events, as_of, back), WAIT, rng)
    usual = float((at_time(events, day, as_of).target >= 0).mean())
    return Known(Model(at_rest[0], in_visit[0], fit_timing(events, waiting)), at_rest[1], in_visit[1], usual)


def _learnt(
    events: Histories, earlier: Moments, asked: Moments, newest: Moments, settings: Settings, rng: np.random.Generator
) -> tuple[Foresight, tuple[Standing, ...]] | None:
    """Learn from earlier moments, hold that against those asked, and learn anew from the newest what has won."""
    earlier, asked, newest = (_some(m, n, rng) for m, n in ((earlier, LEARN_FROM), (asked, ASK), (newest, LEARN_FROM)))
    if len(asked) < FEWEST or len(earlier) < FEWEST:
        return None
    if len(earlier) < TREES_FROM:
        settings = replace(settings, boosted=False)
    before = learn(events, earlier, _folds(earlier), settings)
    standings, wins, power = _held_against(events, before, asked, rng)
    mixing = Mixing(before.mixing.weights, power) if wins else Mixing({BASELINE: 1.0})
    return learn(events, newest, _folds(newest), settings, mixing=mixing), standings


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


def _held_against(
    events: Histories, before: Foresight, asked: Moments, rng: np.random.Generator
) -> tuple[tuple[Standing, ...], bool, float]:
    chances = before.all_chances(signs(events, asked, clock=before.clock))
    chances[MIXTURE] = before.mixing.mixed(chances)
    losses = {name: log_loss(found, asked.target) for name, found in chances.items()}
    gain = resampled(losses[BASELINE] - losses[MIXTURE], asked.owner, rng=rng)
    wins = bool(gain[0] > 0)
    power = before.mixing.power
    if len(asked) >= _ENOUGH_TO_MEND:  # the last weeks know better than the folds how sure to be
        plain = replace(before.mixing, power=1.0).mixed(chances)
        power = temperature(plain, asked.target)
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
    return tuple(standings), wins, power


def _words(name: str, hits: dict[str, float], wins: bool) -> str:
    said = f"Its first guess was right {round(100 * hits[name])} times in 100"
    if name == BASELINE:
        return said + (", by the commonest action." if wins else "; nothing is surely better, so it is what we use.")
    if name == MIXTURE and not wins:
        return said + ": no surer than the plain guess."
    return said + f"; the plain guess {round(100 * hits[BASELINE])} times."
