"""Worth: whether each person returns within a horizon, how often, and what it brings; with intervals that may be told.

Three models in a row: `bgnbd` for coming, `hindsight` for where that erred before, `gammagamma` for the value of an
occasion. Two doubts are in an interval: that of the fitted models, and the play of chance when they are right. A third
is not: that the coming weeks differ from all that was seen (a season not yet lived through, a changed shop).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kundskab.predictions import bgnbd, gammagamma, hindsight
from kundskab.predictions.bgnbd import BgNbd
from kundskab.predictions.gammagamma import GammaGamma
from kundskab.predictions.hindsight import Hindsight
from kundskab.predictions.purchases import Floats, Occasions, Purchases, sampled, summarise

LEARN_FROM = 50_000  # persons; more would change no figure that is shown
_FITS = 40  # other models that could have been fitted
_FUTURES = 10  # drawn from each
_CHUNK = 5_000  # persons whose futures are held in memory at once
_LONGEST = 20.0  # times the horizon: where a faster pace can bring no more, since people have left by then


@dataclass(frozen=True, slots=True)
class Worth:
    """Arrays of one value per person, in their order."""

    alive: Floats  # the chance that they have not left for good
    returns: Floats  # the chance of at least one occasion in the horizon
    occasions: Floats  # expected
    value: Floats  # expected, in money


@dataclass(frozen=True, slots=True)
class Range:
    """low and high of each person, shape (people,), and of all of them together."""

    low: Floats
    high: Floats
    total_low: float
    total_high: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """returns: of the chance itself, by the doubt of the models. occasions, value: of what will happen."""

    returns: Range
    occasions: Range
    value: Range
    level: float


@dataclass(frozen=True, slots=True)
class Foresight:
    """What was learnt of a company's purchases, for one horizon in weeks."""

    weeks: float
    rhythm: BgNbd
    spend: GammaGamma
    hindsight: Hindsight | None

    def worth(self, people: Purchases) -> Worth:
        """Of each person; 1 million in seconds."""
        plain, factor = self._expected(people)
        occasions = plain * factor
        paced = self._paced(people, plain, factor)
        each = self.spend.expected(people.repeats + 1, people.mean_value)
        alive, returns = self.rhythm.alive(people), self.rhythm.returns(people, paced)
        return Worth(alive, returns, occasions, occasions * each)

    def doubt(self, people: Purchases, *, rng: np.random.Generator, level: float = 0.9) -> Doubt:
        """Intervals of `level` for each person and the total, from 400 drawn futures; a page's worth takes no time.

        Counts are whole, so that their intervals hold at least the level.
        """
        fits = self.rhythm.other_fits(_FITS, rng=rng)
        weights = self._other_weights(rng)
        ranges = [_Ranges(level) for _ in range(3)]
        for part in _chunks(people):
            for kept, futures in zip(ranges, self._futures(part, fits, weights, rng), strict=True):
                kept.add(futures)
        returns, occasions, value = (kept.done() for kept in ranges)
        return Doubt(returns, occasions, value, level)

    def _futures(
        self, people: Purchases, fits: list[BgNbd], weights: list[Floats | None], rng: np.random.Generator
    ) -> tuple[Floats, Floats, Floats]:
        """Chances of shape (fits, people), occasions and values of shape (fits * futures, people)."""
        plain, factor = self._expected(people)
        paced = self._paced(people, plain, factor)
        returns, occasions, values = [], [], []
        for rhythm, weight in zip(fits, weights, strict=True):
            weeks = paced * (self._factor(people, plain, weight) / factor)
            returns.append(rhythm.returns(people, weeks))
            coming = rhythm.draw(people, weeks, rng=rng, futures=_FUTURES)
            occasions.append(coming)
            values.append(self.spend.draw(people.repeats + 1, people.mean_value, coming, rng=rng))
        return np.array(returns), np.concatenate(occasions), np.concatenate(values)

    def _expected(self, people: Purchases) -> tuple[Floats, Floats]:
        plain = self.rhythm.expected(people, self.weeks)
        return plain, self._factor(people, plain, None)

    def _factor(self, people: Purchases, plain: Floats, weights: Floats | None) -> Floats:
        if self.hindsight is None:
            return np.ones(len(people))
        return self.hindsight.factor(people, plain, self.weeks, weights)

    def _paced(self, people: Purchases, plain: Floats, factor: Floats) -> Floats:
        """The weeks in which the bare model expects what the corrected one does in the horizon.

        So chance, count and interval tell one story: who is corrected upwards lives through more weeks.
        """
        if self.hindsight is None:
            return np.full(len(people), self.weeks)
        wanted = plain * factor
        stretch = factor
        for _ in range(2):
            got = self.rhythm.expected(people, self.weeks * stretch)
            stretch = np.clip(stretch * wanted / np.maximum(got, 1e-12), 1 / _LONGEST, _LONGEST)
        return self.weeks * stretch

    def _other_weights(self, rng: np.random.Generator) -> list[Floats | None]:
        if self.hindsight is None:
            return [None] * _FITS
        learnt = self.hindsight
        return list(rng.multivariate_normal(learnt.weights, learnt.covariance, _FITS, method="eigh"))


def learn(
    bought: Occasions, *, until: int, weeks: float, rng: np.random.Generator, with_hindsight: bool = True
) -> Foresight:
    """Fit everything from what was bought on or before the day `until`; never fails to converge, whatever the data.

    weeks: the horizon, > 0.  With more than LEARN_FROM persons a sample of them is learnt from.
    """
    if not weeks > 0:
        raise ValueError(f"a horizon of {weeks} weeks; it must be longer than 0")
    known = sampled(bought.between(np.iinfo(np.int64).min, until), LEARN_FROM, rng)
    people = summarise(known, until)
    return Foresight(
        weeks=weeks,
        rhythm=bgnbd.fit(people),
        spend=gammagamma.fit(people.repeats + 1, people.mean_value),
        hindsight=hindsight.learn(known, until, weeks) if with_hindsight else None,
    )


def _chunks(people: Purchases) -> Iterator[Purchases]:
    for start in range(0, len(people), _CHUNK):
        yield people.of(np.arange(start, min(start + _CHUNK, len(people))))


class _Ranges:
    """Intervals of people who come in chunks; the totals are of the same futures throughout."""

    def __init__(self, level: float) -> None:
        self._ends = [(1 - level) / 2, (1 + level) / 2]
        self._low: list[Floats] = []
        self._high: list[Floats] = []
        self._total: Floats | float = 0.0

    def add(self, futures: Floats) -> None:
        low, high = np.quantile(futures, self._ends, axis=0, method="inverted_cdf")
        self._low.append(low)
        self._high.append(high)
        self._total = self._total + futures.sum(axis=1)

    def done(self) -> Range:
        if not self._low:
            return Range(np.zeros(0), np.zeros(0), 0.0, 0.0)
        low, high = np.quantile(self._total, self._ends)
        return Range(np.concatenate(self._low), np.concatenate(self._high), float(low), float(high))
