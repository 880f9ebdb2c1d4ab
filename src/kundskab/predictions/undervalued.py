"""The undervalued: worth more in future than what we see of them today lets one think. Moneyball for customers.

Everybody's expected worth over the coming months is held against what is expected of *equals*, people with the same
present (what they spent in the last year): a ratio, never a gap of ranks, which picks one-time buyers.

1. What is expected follows from purchases (BG/NBD, Gamma-Gamma) and, by a Poisson regression with a ridge, from what
   people do beside buying: learnt from what those who did it then have brought since.
2. How far such ratios can be believed is measured, not assumed: those of an earlier day, made with what was known
   then, are held against what came. A ratio r is told as r to the power of `trust`; where nothing came of earlier
   ratios, trust is 0, and nobody is a find.
3. Who is told is expected to be below her ratio only with a chance of one in ten (`low`). That is so of the mean of
   people like her: her own luck and her own hidden pace come on top, so one in four of those told may be worth less
   than usual while all of them together are worth what was said (simulated in tests/predictions). What came of those
   who would have been told a horizon ago (`earlier`) stands beside them.
Source: our own measurements (docs/predictions.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kundskab.predictions import drawn, hindsight, worth
from kundskab.predictions.hindsight import poisson_ridge
from kundskab.predictions.purchases import DAYS, Floats, Occasions, came, summarise

BINS = 50  # of people by their present
MOST_LEARNT = 100_000  # people a moment
FEWEST = 20  # persons who count as equals
YEAR = 365
LOW = 1.2816  # standard deviations: one in ten lies below
_SURE = 1.6449  # one in twenty
_CAP = 0.99  # an amount beyond this quantile counts as this: one lucky order is no find
_LEAST = 1e-6
_MATCHED, _PACES = 20, 12  # parts of people by their present, and within each by how much they did, of
_OUTER, _FEWEST_INNER, _MOST_INNER = 5, 8, 20  # parts of people by their present, and within each by their ratio
_ALIKE = 40  # people at least, so that no group is held against itself

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Doing:
    """What everybody did beside buying in the months before a day. counts: shape (persons, behaviours)."""

    names: tuple[str, ...]
    counts: Floats


@dataclass(frozen=True, slots=True)
class Moment:
    """Everybody as known on one day; arrays of one value per person, by code. present: spent in the last year."""

    present: Floats
    plain: Floats  # expected from purchases alone, in the horizon
    signs: Floats  # shape (persons, signs)
    is_here: npt.NDArray[np.bool_]  # whether anything was known of them by then


@dataclass(frozen=True, slots=True)
class Finds:
    """One value per person, by code; nan for who is not known yet. low, high: 80 % of ratio."""

    present: Floats
    expected: Floats
    usual: Floats
    ratio: Floats
    low: Floats
    high: Floats
    trust: float
    trust_deviation: float
    push: Floats  # shape (persons, behaviours): by how much each behaviour moves the logarithm of the forecast
    earlier: Codes  # who would have been found one horizon ago, by what was known then and the trust of now

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """Who is undervalued; nobody where earlier ratios meant nothing."""
        return np.nan_to_num(self.low) > 1 if self.is_believable else np.zeros(len(self.low), dtype=bool)

    @property
    def is_believable(self) -> bool:
        """Whether earlier ratios surely meant something."""
        return self.trust - _SURE * self.trust_deviation > 0


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people then, and what came since for each one that came for their equals. low, high: 95 %."""

    kind: str
    name: str
    persons: int
    present: float
    expected: float
    ratio: float
    low: float
    high: float
    p: float  # the chance of such a ratio where there is nothing


def moment(bought: Occasions, doing: Doing, here_since: Codes, day: int, days: int) -> Moment:
    """bought: persons are codes 0..n-1, sorted.  here_since: shape (n,), the day of each person's first event."""
    n = len(here_since)
    people = summarise(bought, day)
    code = people.persons.astype(np.int64)
    weeks = days / DAYS
    present = np.zeros(n)
    year = bought.between(day - YEAR, day)
    np.add.at(present, year.person.astype(np.int64), year.value)
    plain, own = np.zeros(n), np.zeros((n, 15))
    if len(people):
        fit = worth.learn(bought, until=day, weeks=weeks, rng=np.random.default_rng(0), with_hindsight=False)
        foretold = fit.worth(people)
        plain[code] = foretold.value
        own[code, :14] = hindsight.signs(people, np.maximum(foretold.occasions, 1e-9), weeks)
        own[code, 14] = 1.0
    is_here = here_since <= day
    never = is_here & (own[:, 14] == 0)
    # Of who never bought nothing is known but that; the regression says how much they bring.
    plain[never] = max(float(plain[code].mean()) * 0.1, _LEAST) if len(people) else _LEAST
    return Moment(np.maximum(present, 0), np.maximum(plain, _LEAST), np.hstack([own, np.log1p(doing.counts)]), is_here)


def find(moments: tuple[Moment, Moment, Moment], reals: tuple[Floats, Floats], behaviours: int) -> Finds:
    """moments: two horizons ago, one horizon ago, now.  reals: what each brought in the horizon after the first two.

    behaviours: how many of the signs, the last ones, are what people do beside buying.
    """
    before, then, now = moments
    capped = tuple(_capped(real, at.is_here) for real, at in zip(reals, moments[:2], strict=True))
    early, early_doubt = _expected(then, *_fit([(before, capped[0])]))
    log_early = _log_ratio(then, early)[0]
    trust, deviation = _trust(then, log_early, capped[1])
    misfit = _misfit(then, trust * log_early, capped[1])
    sure_then = trust * log_early > LOW * _wide(deviation * log_early, early_doubt, misfit)
    weights, covariance, scale = _fit([(before, capped[0]), (then, capped[1])])
    expected, doubt = _expected(now, weights, covariance, scale)
    log_ratio, usual = _log_ratio(now, expected)
    wide = _wide(deviation * log_ratio, doubt, misfit)
    told = trust * log_ratio
    standard = (now.signs - scale[0]) / scale[1] * weights[1:]
    return Finds(
        present=np.where(now.is_here, now.present, np.nan),
        expected=np.where(now.is_here, usual * np.exp(told), np.nan),
        usual=np.where(now.is_here, usual, np.nan),
        ratio=np.where(now.is_here, np.exp(told), np.nan),
        low=np.where(now.is_here, np.exp(told - LOW * wide), np.nan),
        high=np.where(now.is_here, np.exp(told + LOW * wide), np.nan),
        trust=trust,
        trust_deviation=deviation,
        push=standard[:, standard.shape[1] - behaviours :],
        earlier=np.flatnonzero(then.is_here & sure_then),
    )


def _wide(of_trust: Floats, of_weights: Floats, of_model: float) -> Floats:
    """Standard deviations of the told logarithm. Where next to nothing came doubt has no end; e^20 is far enough."""
    wide: Floats = np.minimum(np.sqrt(of_trust**2 + of_weights**2 + of_model**2), 20 / LOW)
    return wide


def told(finds: Finds) -> Codes:
    """The codes of who is found, the surest first."""
    found = np.flatnonzero(finds.found)
    return found[np.argsort(-finds.low[found], kind="stable")]


def ratios(present: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """(expected / usual, usual) of each, where usual is the mean forecast of people with the same present."""
    usual = usual_of(present, expected)
    return expected / np.maximum(usual, _LEAST), usual


def usual_of(present: Floats, amount: Floats) -> Floats:
    """The mean amount of people with nearly the same present; those with exactly the same are never parted."""
    bins = max(1, min(BINS, len(present) // FEWEST))
    place = _parts(present, bins)
    total = np.bincount(place, weights=amount, minlength=bins)
    many = np.bincount(place, minlength=bins)
    usual: Floats = (total / np.maximum(many, 1))[place]
    return usual


def _parts(of: Floats, parts: int) -> Codes:
    """In which of so many equal parts each is, the lowest first; the same are never parted."""
    order = np.argsort(of, kind="stable")
    place = np.empty(len(of), dtype=np.int64)
    place[order] = np.arange(len(of)) * parts // max(len(of), 1)
    _, same = np.unique(of, return_inverse=True)
    first = np.full(same.max(initial=-1) + 1, parts)
    np.minimum.at(first, same, place)
    return np.asarray(first[same], dtype=np.int64)


def usual_of_alike(present: Floats, active: Floats, amount: Floats) -> Floats:
    """The mean amount of people with nearly the same present who did about as much; the same are never parted."""
    bins = max(1, min(_MATCHED, len(present) // (5 * _ALIKE)))
    outer = _parts(present, bins)
    inner = np.zeros(len(present), dtype=np.int64)
    for part in range(bins):
        chosen = outer == part
        inner[chosen] = _parts(active[chosen], max(1, min(_PACES, int(chosen.sum()) // _ALIKE)))
    of = outer * _PACES + inner
    total, many = np.bincount(of, weights=amount), np.bincount(of)
    usual: Floats = (total / np.maximum(many, 1))[of]
    return usual


def groups(
    kind: str, belongs: dict[str, Codes], then: Moment, real: Floats, active: Floats, *,
    rng: np.random.Generator, weights: dict[str, Floats] | None = None,
) -> list[Group]:  # fmt: skip
    """For each group of people (codes) as it was one horizon ago: what came since, against what came of equals.

    active: how much each did in the horizon before it: equals spent as much and did as much, so that a group is not
    told merely because lively people belong to it.
    weights: to which degree (0-1) each belongs, where people belong by degree; persons are then those degrees' sum.
    Only what really came counts, so that a group is no echo of the model. Amounts are capped as above.
    """
    here = then.is_here
    amount = _capped(real, here)
    usual = np.zeros(len(amount))
    usual[here] = usual_of_alike(then.present[here], active[here], amount[here])
    found = []
    for name, codes in belongs.items():
        known = here[codes]
        degree = weights[name][known] if weights else np.ones(int(known.sum()))
        codes, persons = codes[known], float(degree.sum())
        expected = float(usual[codes] @ degree)
        if persons < FEWEST or expected <= 0:
            continue
        spread = drawn.ratios(amount[codes] * degree, usual[codes] * degree, rng)
        ratio = float(amount[codes] @ degree / expected)
        low, high = np.quantile(spread, [0.025, 0.975])
        deviation = float(np.log(np.maximum(spread, 1e-3)).std()) or 1.0
        z = np.log(max(ratio, 1e-3)) / deviation
        found.append(
            Group(
                kind, name, round(persons), float(then.present[codes] @ degree) / persons,
                float(amount[codes] @ degree) / persons, ratio,
                float(low), float(high), float(np.exp(-(z**2) / 2)) if z > 0 else 1.0,
            )
        )  # fmt: skip
    return found


def surely(found: list[Group], rate: float = 0.1) -> list[Group]:
    """Those that stay when no more than `rate` of what is told may be luck (Benjamini and Hochberg 1995)."""
    ranked = sorted(found, key=lambda group: group.p)
    last = max((n for n, group in enumerate(ranked, 1) if group.p <= rate * n / len(ranked)), default=0)
    return ranked[:last]


def why(push: Floats, names: tuple[str, ...], most: int = 2) -> list[str]:
    """For each row the behaviours that raise the forecast most, in words; empty where none does."""
    order = np.argsort(-push, axis=1)[:, :most]
    return [
        " and ".join(names[n] for n in row if each[n] > 0.05) for row, each in zip(order.tolist(), push, strict=True)
    ]


def brought(bought: Occasions, n: int, after: int, until: int) -> Floats:
    """What each person, by code, brought in the days after < day <= until."""
    return came(bought, np.arange(n), after, until)[1]


Scale = tuple[Floats, Floats]


def _fit(looks: list[tuple[Moment, Floats]]) -> tuple[Floats, Floats, Scale]:
    chosen = [_some(at.is_here) for at, _ in looks]
    signs = np.concatenate([at.signs[some] for (at, _), some in zip(looks, chosen, strict=True)])
    plain = np.concatenate([at.plain[some] for (at, _), some in zip(looks, chosen, strict=True)])
    real = np.concatenate([real[some] for (_, real), some in zip(looks, chosen, strict=True)])
    mean, deviation = signs.mean(axis=0), signs.std(axis=0)
    deviation = np.where(deviation > 1e-6, deviation, 1.0)
    design = np.column_stack([np.ones(len(signs)), (signs - mean) / deviation])
    unit = float(real.mean()) or 1.0
    weights, covariance = poisson_ridge(design, plain / unit, real / unit, 1 / len(looks))
    return weights, covariance, (mean, deviation)


def _some(here: npt.NDArray[np.bool_]) -> Codes:
    """Those to learn from: everybody, of more than MOST_LEARNT every second, third and so on."""
    codes = np.flatnonzero(here)
    return codes[:: max(1, -(-len(codes) // MOST_LEARNT))]


def _expected(at: Moment, weights: Floats, covariance: Floats, scale: Scale) -> tuple[Floats, Floats]:
    """(forecast, standard deviation of its logarithm) of each."""
    design = np.column_stack([np.ones(len(at.signs)), (at.signs - scale[0]) / scale[1]])
    line = np.clip(design @ weights, -3, 3)
    doubt: Floats = np.sqrt(np.maximum(((design @ covariance) * design).sum(axis=1), 0))
    return at.plain * np.exp(line), doubt


def _log_ratio(at: Moment, expected: Floats) -> tuple[Floats, Floats]:
    log_ratio, usual = np.zeros(len(expected)), np.ones(len(expected))
    here = at.is_here
    ratio, usual[here] = ratios(at.present[here], expected[here])
    log_ratio[here] = np.log(np.maximum(ratio, 0.01))
    return log_ratio, usual


def _trust(then: Moment, log_ratio: Floats, real: Floats) -> tuple[float, float]:
    """The power to which earlier ratios came true, 0-1, and its standard deviation."""
    here = then.is_here
    usual = np.maximum(usual_of(then.present[here], real[here]), _LEAST)
    unit = float(real[here].mean()) or 1.0
    design = np.column_stack([np.ones(here.sum()), log_ratio[here]])
    weights, covariance = poisson_ridge(design, usual / unit, real[here] / unit, 1.0)
    return float(np.clip(weights[1], 0, 1)), float(np.sqrt(covariance[1, 1]))


def _misfit(then: Moment, told: Floats, real: Floats) -> float:
    """How far the told logarithms were off beyond chance: the standard deviation between groups of people with nearly
    the same present and ratio. Of many people the weights are sure, and what the model cannot say is what is left.

    Source: the variance between studies of DerSimonian & Laird 1986, Controlled Clinical Trials 7(3), 177-188.
    """
    here = then.is_here
    log_ratio, came = told[here], real[here]
    parts = int(np.clip(here.sum() // (_OUTER * 200), _FEWEST_INNER, _MOST_INNER))
    expected = usual_of(then.present[here], came) * np.exp(log_ratio)
    outer = _parts(then.present[here], _OUTER)
    group = np.zeros(len(came), dtype=np.int64)
    for part in range(_OUTER):
        chosen = outer == part
        group[chosen] = part * parts + _parts(log_ratio[chosen], parts)
    real_sum, told_sum = np.bincount(group, came), np.bincount(group, expected)
    known = (real_sum > 0) & (told_sum > 0)
    if known.sum() < _FEWEST_INNER:
        return 0.0
    scale = (real_sum / np.maximum(told_sum, _LEAST))[group]
    chance = np.bincount(group, (came - expected * scale) ** 2)[known] / real_sum[known] ** 2
    off, weight = np.log(real_sum[known] / told_sum[known]), 1 / np.maximum(chance, _LEAST)
    excess = float((weight * (off - (weight @ off) / weight.sum()) ** 2).sum()) - (len(off) - 1)
    return float(np.sqrt(max(excess / (weight.sum() - (weight**2).sum() / weight.sum()), 0.0)))


def _capped(real: Floats, here: npt.NDArray[np.bool_]) -> Floats:
    some = real[here & (real > 0)]
    return np.clip(real, 0, float(np.quantile(some, _CAP)) if len(some) else 0.0)
