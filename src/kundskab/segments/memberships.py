"""How much of each segment a person is, with its doubt: wide where we have seen little.

For everybody, the *swift* way: the fixed point of the posterior mean, and a variance widened by the missing information
(Louis 1982): of a segment's events some could as well be another's, and the share rho of the information that is lost
so makes the interval as wide as if (1 - rho) of the events were seen. One more sparse product is all that it costs.
For a page of people, the *exact* way: Gibbs sampling of which segment each event came from, the patterns held fast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import betaincinv

from kundskab.segments.cells import Cells, parts
from kundskab.segments.patterns import Floats, Patterns

LEVEL = 0.90
WIDEST = 0.5  # of the top segment's interval; wider is too early to say
_STEPS = 40
_SWEEPS, _SETTLING = 400, 60
_PART = 1_000  # people at once, so that memory stays flat
_MOST_LOST = 0.98
_TINY = 1e-30
_LEAST = 1e-4  # a smaller share is none


@dataclass(frozen=True, slots=True)
class Memberships:
    """Per person and segment, shape (people, segments): weight, rows sum to 1; low and high, the 90 % interval.

    events: shape (people,), what it rests on.
    """

    weight: Floats
    low: Floats
    high: Floats
    events: Floats

    @property
    def sure(self) -> npt.NDArray[np.bool_]:
        """Shape (people,): whether the interval of the top segment is narrow enough to speak of it."""
        top = self.weight.argmax(axis=1)
        at = np.arange(len(top))
        narrow: npt.NDArray[np.bool_] = (self.high[at, top] - self.low[at, top] <= WIDEST) & (self.events > 0)
        return narrow


def swiftly(patterns: Patterns, counts: sparse.csr_array) -> Memberships:
    """Memberships of many people. counts: shape (people, behaviours), events >= 0, fractions allowed."""
    found = [_swiftly(patterns, some) for _, some in parts(counts)]
    return _joined(found, patterns.size)


def exactly(patterns: Patterns, counts: sparse.csr_array, *, rng: np.random.Generator) -> Memberships:
    """Memberships of a page of people, by sampling; about a hundred times the work.

    A cell of 2.5 events is three of 0.83 each.  Source: Griffiths & Steyvers 2004, with the patterns held fast.
    """
    found = [_exactly(patterns, counts[at : at + _PART], rng) for at in range(0, counts.shape[0], _PART)]
    return _joined(found, patterns.size)


def _swiftly(patterns: Patterns, counts: sparse.csr_array) -> Memberships:
    prior = np.broadcast_to(np.asarray(patterns.concentration, np.float32), (patterns.size,))
    events = np.asarray(counts.sum(axis=1), np.float32).ravel()
    cells = Cells(counts, patterns.profiles())
    total = (events + prior.sum())[:, None]
    share = np.broadcast_to(prior / prior.sum(), (counts.shape[0], patterns.size)).astype(np.float32)
    for _ in range(_STEPS - 1):
        share = (share * (cells.ratio(share) @ cells.by_behaviour) + prior) / total
    before, ratio = share, cells.ratio(share)
    share = (share * (ratio @ cells.by_behaviour) + prior) / total
    theirs = share * total - prior  # events of each segment
    ratio.data /= cells.expected(before)
    surely = before**2 * (ratio @ cells.by_behaviour**2)  # of these, the part that could be no other's
    low, high = _ends(share, theirs, np.minimum(surely, theirs), prior, events)
    return Memberships(share, low, high, events)


def _ends(share: Floats, theirs: Floats, surely: Floats, prior: Floats, events: Floats) -> tuple[Floats, Floats]:
    """The interval of each share: of a beta law with as many events as there is information."""
    total = (events + prior.sum())[:, None]
    spread = np.clip(share * (1 - share), 1e-9, None)
    lost = np.clip((theirs - surely) / (total * spread), 0, _MOST_LOST)
    seen = np.maximum((total + 1) * (1 - lost) - 1, prior.sum())
    one, other = np.maximum(share * seen, 1e-6), np.maximum((1 - share) * seen, 1e-6)
    low, high = np.zeros_like(share), np.zeros_like(share)
    some = share > _LEAST
    low[some] = betaincinv(one[some], other[some], (1 - LEVEL) / 2)
    high[some] = betaincinv(one[some], other[some], (1 + LEVEL) / 2)
    high[~some] = np.broadcast_to(1 - 0.05 ** (1 / np.maximum(total, 1)), share.shape)[~some]
    # Where it is likely enough that no event at all is of this segment, or every one, the law has a peak at that end.
    none = np.exp(-theirs - surely / 2)
    others = events[:, None] - theirs
    low[none > 1 - LEVEL] = 0
    every = np.exp(-others - np.maximum(events[:, None] - 2 * theirs + surely, 0) / 2)
    whole = np.broadcast_to(1 - 0.05 ** (1 / np.maximum(prior.sum() - prior, 1e-3)), share.shape)
    high = np.where(every > 1 - LEVEL, np.maximum(high, whole), high)
    return low, np.clip(high, share, 1)


def _exactly(patterns: Patterns, counts: sparse.csr_array, rng: np.random.Generator) -> Memberships:
    prior = np.broadcast_to(np.asarray(patterns.concentration, np.float64), (patterns.size,))
    people, size = counts.shape[0], patterns.size
    times = np.ceil(counts.data).astype(np.int64)
    who = np.repeat(np.repeat(np.arange(people), np.diff(counts.indptr)), times)
    weight = np.repeat(counts.data / np.maximum(times, 1), times)
    likely = np.ascontiguousarray(patterns.profiles().T)[np.repeat(counts.indices, times)]
    events = np.bincount(who, weight, people).astype(np.float32)
    shares = _swiftly(patterns, counts).weight
    kept = np.empty((_SWEEPS - _SETTLING, people, size), np.float32)
    for sweep in range(_SWEEPS):
        ladder = np.cumsum(shares[who] * likely, axis=1)
        drawn = (ladder < (rng.random(len(who), dtype=np.float32) * ladder[:, -1])[:, None]).sum(axis=1)
        of_segment = np.bincount(who * size + np.minimum(drawn, size - 1), weight, people * size).reshape(people, size)
        raised = rng.standard_gamma(of_segment + prior)
        shares = (raised / np.maximum(raised.sum(axis=1, keepdims=True), _TINY)).astype(np.float32)
        if sweep >= _SETTLING:
            kept[sweep - _SETTLING] = shares
    low, high = np.quantile(kept, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0).astype(np.float32)
    mean = kept.mean(axis=0)
    return Memberships(mean / mean.sum(axis=1, keepdims=True), np.minimum(low, mean), np.maximum(high, mean), events)


def _joined(parts: list[Memberships], size: int) -> Memberships:
    if not parts:
        none = np.zeros((0, size), np.float32)
        return Memberships(none, none, none, np.zeros(0, np.float32))
    return Memberships(*(np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS))


_COLUMNS = ("weight", "low", "high", "events")
