"""Returns: the chance that each person comes again within some days; models compete, the plain guess beside them.

An occasion is a day on which somebody did what is asked about: a purchase, or anything at all where nobody buys.
Every model is tried on windows that are over, knowing only what was known at their start (`Contest`); the best by
log-loss is learnt anew from everything, the latest window included, and is told only where it is surely better than
giving everybody the same chance. Its chances are corrected by what the tries showed, in part (`_corrected`): how far
off a company's months are is itself unsure, and a full correction by one window made it worse on the shops we tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from kundskab.predictions import bgnbd, drawn, hazard
from kundskab.predictions.bgnbd import BgNbd
from kundskab.predictions.hazard import Line, Rows, Trees, expit, logit
from kundskab.predictions.purchases import DAYS, Floats, Occasions, Purchases, came, portions, sampled, summarise

LEARN_FROM = 10_000  # persons; more changed no third decimal
TRIES = 3  # windows that are over and foretold as if they were not
FEWEST = 200  # persons at the start of a try; with fewer there is no contest and everybody's chance is the same
BASE, PAST, BUYERS, LINE, TREES, BLEND = "base rate", "past rate", "BG/NBD", "line", "trees", "blend"
WORDS = {
    BASE: "everybody the chance that people had lately",
    PAST: "each goes on at the pace of the past",
    BUYERS: "people buy at a pace of their own and leave for good (BG/NBD)",
    LINE: "a regression on rhythm, silence and value (discrete hazard)",
    TREES: "gradient-boosted trees on the same signs",
    BLEND: "the regression and the trees, averaged",
}
# Simpler ones first: of two that are as good the first is taken.
MODELS = (BASE, PAST, BUYERS, LINE, TREES, BLEND)
_TRUST = 0.5  # of a shift that the tries showed
_STEADY = 20.0  # how hard the slope is drawn to 1
_DRIFT = 0.05  # least standard deviation, in logarithms of odds, of how a coming window differs from those before


@dataclass(frozen=True, slots=True)
class Entry:
    """How one model did in the tries. low, high: of its log-loss minus the base rate's, 95 % by person."""

    model: str
    log_loss: float
    low: float
    high: float
    ece: float
    bias: float  # foretold against real, of all persons: 0.1 is ten in a hundred too many
    n: int  # persons tried, each once a window
    chosen: bool = False

    @property
    def is_baseline(self) -> bool:
        return self.model == BASE


@dataclass(frozen=True, slots=True)
class Returns:
    """What was learnt for one horizon. Everything but the trees is a handful of numbers; `body` keeps all of it."""

    days: int
    chosen: str
    base: float  # the share that came lately
    rhythm: BgNbd
    line: Line | None
    trees: Trees | None
    shift: float  # added to the logarithm of the odds, times slope
    slope: float
    drift: float  # standard deviation of how far off a whole window is
    contest: tuple[Entry, ...]

    def chance(self, people: Purchases) -> Floats:
        """Of each person to come within the horizon, 0-1."""
        return expit(self._odds(people))

    def range(self, people: Purchases, *, level: float = 0.9) -> tuple[Floats, Floats]:
        """low and high of each chance: the model's own doubt, and that the coming window is not like those before."""
        _, low, high = self.told(people, level=level)
        return low, high

    def told(self, people: Purchases, *, level: float = 0.9) -> tuple[Floats, Floats, Floats]:
        """chance, low and high together: signs are made once, and of a million people a portion at a time."""
        parts = [self._told(part, level) for part in portions(people)]
        chance, low, high = (np.concatenate(each) for each in zip(*parts, strict=True))
        return chance, low, high

    def _told(self, people: Purchases, level: float) -> tuple[Floats, Floats, Floats]:
        seen = hazard.signs(people, self.rhythm, self.days, self.days) if self.chosen in (LINE, TREES, BLEND) else None
        odds = self._odds(people, seen)
        own = np.zeros(len(people))
        if self.line is not None and seen is not None:
            own = self.line.doubt(seen)
        wide = float(ndtri((1 + level) / 2)) * np.sqrt(own**2 + self.drift**2)
        return expit(odds), expit(odds - wide), expit(odds + wide)

    def baseline(self, people: Purchases) -> Floats:
        """The plain guess that stands beside each chance."""
        return np.full(len(people), self.base)

    def _odds(self, people: Purchases, seen: Floats | None = None) -> Floats:
        plain = _odds_of(self.chosen, people, self, seen)
        return plain if self.chosen == BASE else self.shift + self.slope * plain


def learn(bought: Occasions, *, until: int, days: int, rng: np.random.Generator) -> Returns:
    """From the days up to `until`, for a horizon of `days` >= 1. Whatever the data are, something honest comes out."""
    if days < 1:
        raise ValueError(f"a horizon of {days} days; it must be at least 1")
    known = sampled(bought.between(np.iinfo(np.int64).min, until), LEARN_FROM, rng)
    tries = [found for found in (_try(known, day, days) for day in _try_days(known, until, days)) if found is not None]
    fitted = _fitted(known, until, days)
    if not tries:
        return replace(fitted, chosen=BASE, drift=0.5)
    contest = _contest(tries, rng)
    chosen = next(entry.model for entry in contest if entry.chosen)
    if (chosen in (LINE, BLEND) and fitted.line is None) or (chosen in (TREES, BLEND) and fitted.trees is None):
        chosen = BASE
    shift, slope, drift = _corrected([(logit(each.told[chosen]), each.came) for each in tries])
    return replace(fitted, chosen=chosen, shift=shift, slope=slope, drift=drift, contest=contest)


@dataclass(frozen=True, slots=True)
class _Try:
    person: npt.NDArray[np.generic]
    told: Mapping[str, Floats]  # model -> chances
    came: Floats


def _try_days(known: Occasions, until: int, days: int) -> Iterator[int]:
    """Starts of windows that are over, the latest first, half a horizon apart."""
    if not len(known.day):
        return
    first = int(known.day.min())
    for number in range(TRIES):
        start = until - days - number * max(1, days // 2)
        if start - first >= 2 * days:
            yield start


def _try(known: Occasions, start: int, days: int) -> _Try | None:
    """What each model would have told at the start of a window, and what came."""
    people = summarise(known, start)
    if len(people) < FEWEST:
        return None
    then = _fitted(known.between(np.iinfo(np.int64).min, start), start, days)
    if then.line is None or then.trees is None:
        return None
    count, _ = came(known, people.persons, start, start + days)
    odds = {model: _odds_of(model, people, then) for model in MODELS if model != BLEND}
    odds[BLEND] = (odds[LINE] + odds[TREES]) / 2
    return _Try(people.persons, {name: expit(each) for name, each in odds.items()}, (count > 0).astype(np.float64))


def _fitted(known: Occasions, until: int, days: int) -> Returns:
    """Every model learnt from everything that is over."""
    people = summarise(known, until)
    rhythm = bgnbd.fit(people)
    seen: Rows | None = hazard.rows(known, until, days, rhythm)
    enough = seen is not None and seen.came.sum() >= FEWEST and len(people) >= FEWEST
    line = hazard.fit_line(seen) if seen is not None and enough else None
    trees = hazard.fit_trees(seen) if seen is not None and enough else None
    return Returns(days, BASE, _base(known, until, days), rhythm, line, trees, 0.0, 1.0, _DRIFT, ())


def _base(known: Occasions, until: int, days: int) -> float:
    """The share of those known at the start of the latest window that came in it, drawn a little towards a half."""
    people = summarise(known, until - days)
    count, _ = came(known, people.persons, until - days, until)
    return float(((count > 0).sum() + 0.5) / (len(people) + 1))


def _odds_of(model: str, people: Purchases, learnt: Returns, seen: Floats | None = None) -> Floats:
    """seen: the signs of these people, where they are made already."""
    days = learnt.days
    if model == BASE:
        return logit(np.full(len(people), learnt.base))
    if model == PAST:
        pace = (people.repeats + 0.5) / (people.age + 1)  # a week; nobody's is 0
        return logit(-np.expm1(-pace * days / DAYS))
    if model == BUYERS:
        return logit(learnt.rhythm.returns(people, days / DAYS))
    seen = hazard.signs(people, learnt.rhythm, days, days) if seen is None else seen
    line = learnt.line.odds(seen) if learnt.line is not None and model != TREES else None
    trees = learnt.trees.odds(seen) if learnt.trees is not None and model != LINE else None
    odds = [each for each in (line, trees) if each is not None]
    mean: Floats = np.mean(odds, axis=0)
    return mean


def _contest(tries: list[_Try], rng: np.random.Generator) -> tuple[Entry, ...]:
    real = np.concatenate([each.came for each in tries])
    told = {model: np.concatenate([each.told[model] for each in tries]) for model in MODELS}
    _, person = np.unique(np.concatenate([each.person for each in tries]), return_inverse=True)
    losses = {model: log_losses(chance, real) for model, chance in told.items()}
    mean = {model: float(loss.mean()) for model, loss in losses.items()}
    best = min(MODELS, key=lambda model: (round(mean[model], 4), MODELS.index(model)))
    ends = paired({model: losses[model] - losses[BASE] for model in MODELS}, person, rng)
    if best != BASE and ends[best][1] >= 0:
        best = BASE  # not surely better than knowing nothing of anybody
    return tuple(
        Entry(
            model, mean[model], *ends[model], ece(told[model], real),
            float(told[model].sum() / max(real.sum(), 0.5) - 1), len(real), model == best,
        )
        for model in MODELS
    )  # fmt: skip


def _corrected(tries: list[tuple[Floats, Floats]]) -> tuple[float, float, float]:
    """(shift, slope, drift): Platt's correction over all tries, its slope drawn to 1, half of its shift applied."""
    odds, real = (np.concatenate([each[part] for each in tries]) for part in (0, 1))
    shift, slope = platt(odds, real, steady=_STEADY)
    alone = [platt(own, then, steady=1e9)[0] for own, then in tries]
    # Overlapping windows are one and a half at most; the spread of their shifts is what a window may be off by.
    drift = max(_DRIFT, float(np.sqrt(np.mean(np.square(alone) + 1e-12))))
    return _TRUST * shift, 1 + _TRUST * (slope - 1), drift


def platt(odds: Floats, real: Floats, *, steady: float) -> tuple[float, float]:
    """(shift, slope) of the most probable chances expit(shift + slope · odds), the slope drawn to 1.

    Source: Platt 1999, "Probabilistic outputs for support vector machines".
    """
    at, centre = np.array([0.0, 1.0]), np.array([0.0, 1.0])
    hold = np.diag([1e-3, steady])
    design = np.column_stack([np.ones(len(odds)), odds])
    for _ in range(25):
        chance = expit(design @ at)
        slope = design.T @ (chance - real) + hold @ (at - centre)
        curved = (design.T * (chance * (1 - chance))) @ design + hold
        step = np.linalg.solve(curved, slope)
        at = at - step
        if np.abs(step).max() < 1e-8:
            break
    return float(at[0]), float(at[1])


def log_losses(chance: Floats, real: Floats) -> Floats:
    """Of each forecast; a chance is never taken as surer than one in ten thousand."""
    inside = np.clip(chance, 1e-4, 1 - 1e-4)
    return -np.where(real > 0, np.log(inside), np.log(1 - inside))


def ece(chance: Floats, real: Floats, *, tenths: int = 10) -> float:
    """Mean distance of what was told and what came, over tenths of people in the order of what was told."""
    parts = np.array_split(np.argsort(chance, kind="stable"), min(tenths, len(chance)))
    return float(np.mean([abs(chance[part].mean() - real[part].mean()) for part in parts]))


def paired(
    differences: Mapping[str, Floats], person: npt.NDArray[np.intp], rng: np.random.Generator
) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each mean difference, persons drawn whole and the same for all (Poisson bootstrap).

    differences: name -> shape (n,).  person: shape (n,), numbers from 0 up.
    """
    each = np.column_stack([*(np.bincount(person, weights=off) for off in differences.values()), np.bincount(person)])
    sums = drawn.sums(each, rng)
    means = sums[:, :-1] / np.maximum(sums[:, -1:], 1.0)
    low, high = np.quantile(means, [0.025, 0.975], axis=0).tolist()
    return dict(zip(differences, zip(low, high, strict=True), strict=True))
