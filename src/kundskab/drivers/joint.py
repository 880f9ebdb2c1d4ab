"""Which of many candidates go with an outcome when all of them, and the obvious, are held beside each other at once.

A candidate that only goes along with another one that matters must not be found; so all are in one model. Its prior
says that most candidates say nothing, and that what is worth telling is an effect of a size these many people could
show (a spike and slab, both learnt from the data). So each gets a chance that it says something, and those are found
whose chance is high; measured, about one in ten of them is false (bench/understand/drivers.py).

Sources: George & McCulloch 1993, JASA 88, 881-889 (variable selection by Gibbs sampling); Johnson & Rossell 2010, JRSS
B 72, 143-170 (slabs that keep away from nothing); Newton et al. 2004, Biostatistics 5, 155-176 (the target).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy.cluster import hierarchy
from scipy.spatial import distance

from kundskab.drivers.trial import Columns

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

SURE = 0.65  # a found one says something with at least this chance, and
FALSE = 0.20  # of all found at most this share is expected to be false. Both err to caution: see docs/drivers.md
CLOSE = 0.6  # correlation from which candidates are near-copies, between which these data can hardly tell
_PLAUSIBLE = 0.1  # a family of a smaller chance is left out where the plain model is fitted
_EXPECTED = (1.0, 9.0)  # prior of the share of candidates that say something: a beta law, one in ten, hardly believed
_SIZES = 7  # of effects, each so much larger than the one before
_STEP = 1.4
_SHOWN = 2.0  # the smallest effect looked for, in standard errors: less than that these people cannot show
_SMALLEST = 0.05  # and at least so much, in log-odds (or standard deviations of the outcome) per standard deviation
_CHAINS = 12
_ROUNDS = ((15, 20), (15, 20), (30, 90))  # sweeps thrown away and kept; after each the outcome's chances are redone
_RIDGE = 50.0


@dataclass(frozen=True, slots=True)
class Joint:
    """One value per candidate.  effect: per standard deviation, in log-odds or in deviations of the outcome."""

    chance: Floats  # that it says something beyond the others, 0-1
    together: Floats  # the chance that it or one of its near-copies does: nobody can tell which; of singles, `chance`
    q: Floats  # expected share of false ones among it and all whose family is surer
    effect: Floats
    z: Floats  # of the plain joint model without a prior
    p: Floats
    families: Whole  # near-copies share a number

    @property
    def found(self) -> Truths:
        """The likeliest of each family that is sure enough, and whoever is by themselves."""
        sure = (self.together >= SURE) & (self.q <= FALSE)
        return np.asarray(sure & ((self.chance >= SURE) | first_of(self.families, self.chance)))


def joint(x: Columns, base: Floats, y: Floats, *, is_share: bool, groups: Whole | None = None,
          families: Whole | None = None, rng: np.random.Generator) -> Joint:  # fmt: skip
    """Hold candidates x (n, candidates) against y (n,), beyond base (n, k); any scale, constant columns say nothing.

    is_share: y is 0 or 1 (logistic), else an amount (linear).  groups: rows of one person hang together.
    families: near-copies share a number (see `families`); without it each candidate stands alone.
    """
    n, candidates = x.shape
    spread = x.std(axis=0)
    scaled = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    base = design(base, n)
    if not is_share:
        y = y / max(float(y.std()), 1e-12)
    families = np.arange(candidates) if families is None else families
    if not candidates or n <= base.shape[1] + 2 or y.std() < 1e-12:
        nothing = np.zeros(candidates)
        return Joint(nothing, nothing, np.ones(candidates), nothing, nothing, np.ones(candidates), families)
    effect: Floats = np.zeros(candidates)
    precision, pull, _ = _quadratic(scaled, base, y, effect, is_share=is_share)
    effect = _drawn_in(precision, pull)
    spread_out = _dispersion(scaled, base, y, effect, groups, is_share=is_share)
    sizes = max(_SMALLEST, _SHOWN * float(np.sqrt(spread_out / max(float(np.median(np.diag(precision))), 1e-9))))
    grid = np.asarray(sizes * _STEP ** np.arange(_SIZES), dtype=np.float64)
    chance = together = np.zeros(candidates)
    for burn, keep in _ROUNDS:
        precision, pull, _ = _quadratic(scaled, base, y, effect, is_share=is_share)
        chance, together, new = _sweeps(precision / spread_out, pull / spread_out, grid, families, burn, keep, rng)
        effect = _safer(scaled, base, y, effect, new, is_share=is_share)
    chance, together = np.where(spread > 0, chance, 0.0), np.where(spread > 0, together, 0.0)
    one = first_of(families, chance)
    z = _wald_of(precision, pull, effect, beside_each_other(families, chance, together), spread_out)
    each = dict(zip(families[one].tolist(), false_share(together[one]).tolist(), strict=True))
    q = np.array([each[family] for family in families.tolist()])
    return Joint(chance, together, q, effect, z, 2 * special.ndtr(-np.abs(z)), families)


def near_copies(x: Columns, closeness: float = CLOSE) -> Whole:
    """A number for each column; columns that on average go together so closely (r) share one."""
    spread = x.std(axis=0)
    scaled = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    if x.shape[1] < 2:
        return np.zeros(x.shape[1], dtype=np.int64)
    apart = np.clip(1 - scaled.T @ scaled / max(len(x), 1), 0, 2)
    np.fill_diagonal(apart, 0.0)
    tree = hierarchy.linkage(distance.squareform(apart, checks=False), "average")
    return np.asarray(hierarchy.fcluster(tree, 1 - closeness, "distance"), dtype=np.int64)


def beside_each_other(families: Whole, chance: Floats, together: Floats) -> Truths:
    """Those of whom a plain model can tell who says what: singles, and of each family that may say something, one."""
    of = np.unique(families, return_inverse=True)[1]
    single = np.bincount(of)[of] == 1
    return np.asarray(single | (chance >= SURE) | (first_of(families, chance) & (together >= _PLAUSIBLE)))


def first_of(families: Whole, chance: Floats) -> Truths:
    """The likeliest of each family."""
    order = np.lexsort((-chance, families))
    first = np.zeros(len(families), dtype=bool)
    first[order[np.r_[True, np.diff(families[order]) != 0]]] = True
    return first


def false_share(chance: Floats) -> Floats:
    """Of each: the expected share of false ones among it and all whose chance is at least as high."""
    order = np.argsort(-chance, kind="stable")
    q = np.empty(len(chance))
    q[order] = np.cumsum(1 - chance[order]) / np.arange(1, len(chance) + 1)
    return q


def wald(x: Columns, base: Floats, y: Floats, *, is_share: bool) -> Floats:
    """z of each candidate in the plain joint model; for a second look at fewer people."""
    spread = x.std(axis=0)
    scaled = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    base = design(base, len(y))
    if not is_share:
        y = y / max(float(y.std()), 1e-12)
    if y.std() < 1e-12:
        return np.zeros(x.shape[1])
    effect: Floats = np.zeros(x.shape[1])
    for _ in range(2):
        precision, pull, _ = _quadratic(scaled, base, y, effect, is_share=is_share)
        effect = _drawn_in(precision, pull)
    scatter = _dispersion(scaled, base, y, effect, None, is_share=is_share)
    return _wald(precision, pull, scatter)


def design(base: Floats, n: int) -> Floats:
    """Ones and the obvious, turned so that columns do not go together: shape (n, at most k + 1), each of spread 1."""
    centred = base - base.mean(axis=0) if base.shape[1] else base
    spread = centred.std(axis=0)
    centred = centred[:, spread > 1e-9] / spread[spread > 1e-9]
    if not centred.shape[1]:
        return np.ones((n, 1))
    values, turn = np.linalg.eigh(centred.T @ centred / n)
    kept = values > 1e-4
    return np.column_stack([np.ones(n), centred @ (turn[:, kept] / np.sqrt(values[kept]))])


def _safer(x: Floats, base: Floats, y: Floats, old: Floats, new: Floats, *, is_share: bool) -> Floats:
    """From old towards new as far as it says more than nothing does; few people and many candidates can overshoot."""
    nothing = _loss(x, base, y, np.zeros_like(old), is_share=is_share)
    for _ in range(6):
        if _loss(x, base, y, new, is_share=is_share) <= nothing + 1.0:
            return new
        new = (old + new) / 2
    return old


def _loss(x: Floats, base: Floats, y: Floats, effect: Floats, *, is_share: bool) -> float:
    mean, _ = _fitted(base, y, x @ effect, is_share=is_share)
    if not is_share:
        return float(((y - mean) ** 2).sum() / 2)
    mean = np.clip(mean, 1e-9, 1 - 1e-9)
    return float(-(y * np.log(mean) + (1 - y) * np.log1p(-mean)).sum())


def _drawn_in(precision: Floats, pull: Floats) -> Floats:
    """A first guess at the effects, drawn towards nothing, so that the model is not overfitted where it is expanded."""
    return np.asarray(np.linalg.solve(precision + _RIDGE * np.eye(len(pull)), pull), dtype=np.float64)


def _wald_of(precision: Floats, pull: Floats, effect: Floats, told: Truths, scatter: float) -> Floats:
    """As below, of those told without their near-copies in the model, beside which nobody would say anything."""
    z = _wald(precision, pull, scatter)
    inside = precision[np.ix_(told, told)]
    z[told] = _wald(inside, inside @ effect[told] + (pull - precision @ effect)[told], scatter)
    return z


def _wald(precision: Floats, pull: Floats, scatter: float) -> Floats:
    inverse = np.linalg.pinv(precision + 1e-6 * np.eye(len(pull)), hermitian=True)
    return np.asarray((inverse @ pull) / np.sqrt(np.maximum(np.diag(inverse), 1e-12) * scatter), dtype=np.float64)


def _quadratic(x: Floats, base: Floats, y: Floats, effect: Floats, *, is_share: bool) -> tuple[Floats, Floats, Floats]:
    """The log-likelihood around these effects as -b'Pb/2 + r'b, the obvious profiled out: P, r, and the residual."""
    told = x @ effect
    mean, weight = _fitted(base, y, told, is_share=is_share)
    weighted = base * weight[:, None]
    inside = np.linalg.pinv(base.T @ weighted, hermitian=True)
    rest = x - base @ (inside @ (weighted.T @ x))
    precision = rest.T @ (rest * weight[:, None])
    return precision, precision @ effect + rest.T @ (y - mean), y - mean


def _fitted(base: Floats, y: Floats, told: Floats, *, is_share: bool) -> tuple[Floats, Floats]:
    """Means and weights with the obvious fitted beside what the candidates tell."""
    if not is_share:
        slope = np.linalg.lstsq(base, y - told, rcond=None)[0]
        return base @ slope + told, np.ones(len(y))
    mean = special.expit(base @ logistic(base, y, told) + told)
    return mean, np.maximum(mean * (1 - mean), 1e-6)


def logistic(base: Floats, y: Floats, told: Floats | float = 0.0) -> Floats:
    """Slopes of the obvious beside an offset, under a prior that only keeps them finite (Newton, with shorter steps
    where a whole one overshoots)."""
    slope = np.zeros(base.shape[1])
    slope[0] = special.logit(np.clip(y.mean(), 1e-6, 1 - 1e-6)) - float(np.mean(told))

    def loss(at: Floats) -> float:
        line = base @ at + told
        return float((np.logaddexp(0.0, line) - y * line).sum() + at[1:] @ at[1:] / 2)

    best = loss(slope)
    shrink = np.r_[0.0, np.ones(len(slope) - 1)]
    for _ in range(25):
        mean = special.expit(base @ slope + told)
        hessian = base.T @ (base * np.maximum(mean * (1 - mean), 1e-9)[:, None]) + np.diag(shrink + 1e-9)
        step = np.linalg.solve(hessian, base.T @ (y - mean) - shrink * slope)
        new = loss(slope + step)
        while new > best + 1e-9 and np.abs(step).max() > 1e-7:
            step = step / 2
            new = loss(slope + step)
        slope, gained, best = slope + step, best - new, new
        if gained < 1e-7 * max(best, 1.0):
            break
    return slope


def _dispersion(
    x: Floats, base: Floats, y: Floats, effect: Floats, groups: npt.NDArray[np.int64] | None, *, is_share: bool
) -> float:
    """By how much the score scatters more than the model says: noise of amounts, rows of one person."""
    precision, _, residual = _quadratic(x, base, y, effect, is_share=is_share)
    told = float((residual**2).sum() / max(len(y) - base.shape[1], 1)) if not is_share else 1.0
    if groups is None and is_share:
        return 1.0
    _, weight = _fitted(base, y, x @ effect, is_share=is_share)
    weighted = base * weight[:, None]
    rest = x - base @ (np.linalg.pinv(base.T @ weighted, hermitian=True) @ (weighted.T @ x))
    score = rest * residual[:, None]
    if groups is not None:
        of = np.unique(groups, return_inverse=True)[1]
        summed = np.zeros((int(of.max()) + 1, x.shape[1]))
        np.add.at(summed, of, score)
        score = summed
    ratio = (score**2).sum(axis=0) / np.maximum(np.diag(precision), 1e-9)
    return max(told, float(np.median(ratio)))


def _sweeps(
    precision: Floats, pull: Floats, sizes: Floats, families: Whole, burn: int, keep: int, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Chances, those of families, and mean effects under the prior, by Gibbs sampling of all chains side by side."""
    number, of = np.unique(families, return_inverse=True)
    alone = np.bincount(of)[of] == 1
    member = np.zeros((len(pull), len(number)))
    member[np.arange(len(pull)), of] = 1.0
    any_of = np.zeros(len(number))
    p, own = len(pull), np.diag(precision).copy()
    values = np.concatenate([[0.0], sizes, -sizes])
    squares = -values * values / 2
    effects, among = np.zeros((_CHAINS, p)), np.zeros((_CHAINS, p), dtype=np.int64)
    moved = np.zeros((_CHAINS, p))
    share, mix = np.full(_CHAINS, 0.1), np.full((_CHAINS, len(sizes)), 1 / len(sizes))
    chance, mean = np.zeros(p), np.zeros(p)
    for sweep in range(burn + keep):
        prior = np.log(np.concatenate([1 - share[:, None], np.tile(mix * share[:, None] / 2, (1, 2))], axis=1))
        draws = rng.random((p, _CHAINS))
        for j in rng.permutation(p):
            left = pull[j] - moved[:, j] + own[j] * effects[:, j]
            weight = prior + left[:, None] * values + own[j] * squares
            weight = np.exp(weight - weight.max(axis=1, keepdims=True))
            heap = weight.cumsum(axis=1)
            if sweep >= burn:
                chance[j] += (1 - weight[:, 0] / heap[:, -1]).sum()
                mean[j] += ((weight @ values) / heap[:, -1]).sum()
            among[:, j] = (heap < (draws[j] * heap[:, -1])[:, None]).sum(axis=1)
            new = values[among[:, j]]
            if (new != effects[:, j]).any():
                moved += (new - effects[:, j])[:, None] * precision[j]
                effects[:, j] = new
        if sweep >= burn and not alone.all():
            any_of += ((among > 0).astype(np.float64) @ member > 0).sum(axis=0)
        share = np.clip(rng.beta(_EXPECTED[0] + (among > 0).sum(1), _EXPECTED[1] + (among == 0).sum(1)), 1e-6, 0.999)
        size = (among - 1) % len(sizes)
        counts = np.stack([((among > 0) & (size == at)).sum(axis=1) for at in range(len(sizes))], axis=1)
        drawn = rng.gamma(counts + 1 / len(sizes)) + 1e-12
        mix = drawn / drawn.sum(axis=1, keepdims=True)
    drawn_in_all = _CHAINS * keep
    together = np.where(alone, chance, np.maximum(any_of[of], chance))
    return chance / drawn_in_all, together / drawn_in_all, mean / drawn_in_all
