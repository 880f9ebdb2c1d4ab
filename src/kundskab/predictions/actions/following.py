"""Following along: chances mended by what has come since they were learnt, outcome by outcome, without a refit.

How sure a company's next actions can be foretold at all drifts, and no model that stands still can know it. So three
small corrections of the chances (log-odds times a power, moved by weights) are learnt from the newest outcomes, each
with a memory of its own; they and the chances as they were are mixed by how well each has foretold lately; and one
power on top says how sure to be just now. Nothing is learnt from before it was told of: `chances` first, then `saw`.

Source: temperature and matrix scaling, Guo et al. 2017, ICML; trust by what came lately after Herbster & Warmuth 1998.
Half-lives, ridges and which three were chosen on the known parts of four logs (docs/predictions-actions.md).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax

from kundskab.predictions.actions.histories import Floats, Ints
from kundskab.predictions.actions.signs import Small
from kundskab.predictions.calibration import given_to, tempered

_VERSION = 1
_LEAST = 1e-6
_TOLD_APART = 4.0  # half-lives, beyond which an outcome is not looked at any more
_EVERY = 0.25  # of a half-life: how many outcomes come before it is fitted again
_HOLD = 10.0  # how hard power and shift are drawn to 1 and 0, in outcomes
_STEPS = 30
_SURE = 150  # outcomes, half-life of the power on top
_TRUST = 2_000  # outcomes, half-life of which correction is trusted
_EVEN = 20.0  # outcomes that speak for trusting all alike
_FEWEST = 30
_SEEN_AT_FIRST = 10_000  # outcomes, 1 to 2 ms each, once after a refresh


@dataclass(frozen=True, slots=True)
class _Kind:
    half_life: int  # outcomes
    every_pair: bool  # whether the chance of each action moves that of each other; else each has one shift


_KINDS = (_Kind(300, every_pair=False), _Kind(300, every_pair=True), _Kind(3_000, every_pair=True))
_MEMORY = int(_TOLD_APART * max(kind.half_life for kind in _KINDS))
_PAIRS = 30.0  # ridge of the weights between actions
_MOST_ACTIONS = 60  # with more, weights of every pair would be thousands, and take minutes


@dataclass(frozen=True, slots=True, eq=False)
class Along:
    """What was learnt from outcomes, as numbers.

    weights: shape (corrections, 2 + actions, actions): the power (in its first cell), the shift, and what the logarithm
    of each chance adds.  shares: shape (1 + corrections,), of the chances as they were first, summing to 1.
    power: of all together.
    """

    weights: Floats
    shares: Floats
    power: float

    def chances(self, plain: Small) -> Small:
        """Shape (moments, actions), rows sum to 1."""
        return tempered(self.mixed(self.each(plain)), self.power)

    def each(self, plain: Small) -> list[Small]:
        """The chances as they were, and by each correction."""
        logs = _logs(plain)
        return [plain, *(_moved(weights, logs) for weights in self.weights)]

    def mixed(self, each: Sequence[Small]) -> Small:
        """By their shares."""
        found = np.zeros_like(each[0])
        for share, chances in zip(self.shares, each, strict=True):
            found += np.float32(share) * chances
        return found


def along_of(body: bytes) -> Along | None:
    """The corrections of a `Following` that was kept; None where another version kept it."""
    with np.load(io.BytesIO(body), allow_pickle=False) as kept:
        if kept["version"] != _VERSION:
            return None
        return Along(kept["weights"], kept["shares"], float(kept["power"]))


def nothing_seen(actions: int) -> Along:
    """Leaves all chances as they are."""
    weights = np.zeros((len(_KINDS), 2 + actions, actions))
    weights[:, 0, 0] = 1
    return Along(weights, np.full(1 + len(_KINDS), 1 / (1 + len(_KINDS))), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What was told of moments from before, and what came, in the order in which it became known.

    plain: shape (moments, actions).  target: shape (moments,).
    until: seconds; up to then, what came may be among them.
    """

    plain: Small
    target: Ints
    until: float

    def to_bytes(self) -> bytes:
        """As they are kept: numbers alone (npz), of nobody by name."""
        body = io.BytesIO()
        np.savez_compressed(
            body, version=_VERSION, plain=self.plain.astype(np.float16), target=self.target, until=self.until
        )
        return body.getvalue()

    @classmethod
    def from_bytes(cls, body: bytes) -> Outcomes | None:
        """The same again; None where another version kept it."""
        with np.load(io.BytesIO(body), allow_pickle=False) as kept:
            if kept["version"] != _VERSION:
                return None
            return cls(kept["plain"].astype(np.float32), kept["target"], float(kept["until"]))


@dataclass(slots=True, eq=False)
class Following:
    """Follows one stream of outcomes: tell `chances`, and say with `saw` what came once it is known.

    until: seconds; which outcomes were seen is known by whoever feeds it, and kept here for them.
    """

    now: Along
    until: float = 0.0
    _logs: Small = field(init=False)
    _target: Ints = field(init=False)
    _given: Floats = field(init=False)  # by each correction to what came, told before it was learnt from
    _mixed: Small = field(init=False)  # logarithms of the mixed chances, likewise
    _waiting: list[int] = field(init=False)

    def __post_init__(self) -> None:
        actions = self.now.weights.shape[-1]
        self._logs = self._mixed = np.empty((0, actions), np.float32)
        self._target, self._given = np.empty(0, np.int64), np.empty((0, 1 + len(_KINDS)))
        self._waiting = [0] * len(_KINDS)

    @classmethod
    def begun(cls, before: Outcomes) -> Following:
        """Begun with outcomes from before, the newest of them as if they came now."""
        following = cls(nothing_seen(before.plain.shape[1]), before.until)
        first = max(0, len(before.target) - _SEEN_AT_FIRST)
        following.remember(before.plain[:first], before.target[:first])
        following.saw(before.plain[first:], before.target[first:])
        return following

    @classmethod
    def from_bytes(cls, body: bytes) -> Following | None:
        """The same again, to go on with; None where another version kept it."""
        now = along_of(body)
        if now is None:
            return None
        with np.load(io.BytesIO(body), allow_pickle=False) as kept:
            following = cls(now, float(kept["until"]))
            following._logs, following._target = kept["logs"], kept["target"]
            following._given, following._mixed = kept["given"], kept["mixed"]
            following._waiting = kept["waiting"].tolist()
        return following

    def to_bytes(self) -> bytes:
        """As it is kept: numbers alone (npz), of nobody by name."""
        body = io.BytesIO()
        np.savez_compressed(
            body,
            version=_VERSION,
            weights=self.now.weights,
            shares=self.now.shares,
            power=self.now.power,
            until=self.until,
            logs=self._logs,
            target=self._target,
            given=self._given,
            mixed=self._mixed,
            waiting=self._waiting,
        )
        return body.getvalue()

    def chances(self, plain: Small) -> Small:
        """What the model told, as it stands now; shape (moments, actions), rows sum to 1."""
        return self.now.chances(plain)

    def remember(self, plain: Small, target: Ints) -> None:
        """Outcomes from before: corrections begin with them, but which to trust is not judged by them."""
        self._logs, self._target = _logs(plain)[-_MEMORY:], target[-_MEMORY:]
        if len(self._target) >= _FEWEST:
            weights = [self._fitted(number) for number in range(len(_KINDS))]
            self.now = Along(np.array(weights), self.now.shares, self.now.power)

    def saw(self, plain: Small, target: Ints) -> None:
        """What came, in the order in which it became known.

        plain: as the model had told it, shape (moments, actions).  target: shape (moments,).
        """
        portion = max(1, int(_EVERY * _SURE))
        for start in range(0, len(target), portion):
            self._learn(plain[start : start + portion], target[start : start + portion])

    def _learn(self, plain: Small, target: Ints) -> None:
        each = self.now.each(plain)
        given = np.column_stack([given_to(chances, target) for chances in each])
        self._logs = np.concatenate([self._logs, _logs(plain)])[-_MEMORY:]
        self._target = np.concatenate([self._target, target])[-_MEMORY:]
        self._given = np.concatenate([self._given, given])[-_MEMORY:]
        self._mixed = np.concatenate([self._mixed, _logs(self.now.mixed(each))])[-_MEMORY:]
        if len(self._target) < _FEWEST:
            return
        weights = self.now.weights.copy()
        for number, kind in enumerate(_KINDS):
            self._waiting[number] += len(target)
            if self._waiting[number] >= _EVERY * kind.half_life:
                weights[number] = self._fitted(number)
                self._waiting[number] = 0
        self.now = Along(weights, self._trusted(), self._sure())

    def _fitted(self, number: int) -> Floats:
        kind = _KINDS[number]
        n = min(len(self._target), int(_TOLD_APART * kind.half_life))
        return _fit(self._logs[-n:], self._target[-n:], _fading(n, kind.half_life), self.now.weights[number], kind)

    def _trusted(self) -> Floats:
        """By EM, as the mixture's weights."""
        shares, given = self.now.shares, np.maximum(self._given, _LEAST)
        weight = _fading(len(given), _TRUST)
        for _ in range(20):
            part = given * shares
            part /= part.sum(axis=1, keepdims=True)
            shares = weight @ part + _EVEN / len(shares)
            shares = shares / shares.sum()
        return np.asarray(shares)

    def _sure(self) -> float:
        n = min(len(self._mixed), int(_TOLD_APART * _SURE))
        start = np.zeros((2 + self._mixed.shape[1], self._mixed.shape[1]))
        start[0, 0] = self.now.power
        rows = slice(-n, None)
        return float(_fit(self._mixed[rows], self._target[-n:], _fading(n, _SURE), start, None)[0, 0])


def followed(plain: Small, target: Ints, asked_at: Floats, answered_at: Floats, following: Following) -> Small:
    """A stream told as it would have been: each moment by what was known when it was asked, nothing later.

    asked_at, answered_at: shape (moments,), seconds.
    """
    found = np.empty_like(plain)
    known = np.argsort(answered_at, kind="stable")
    learnt = 0
    for rows in np.array_split(np.argsort(asked_at, kind="stable"), max(1, len(target) // int(_EVERY * _SURE))):
        if not len(rows):
            continue
        until = int(np.searchsorted(answered_at[known], asked_at[rows[0]], "left"))
        new = known[learnt:until]
        following.saw(plain[new], target[new])
        learnt = until
        found[rows] = following.chances(plain[rows])
    return found


def _fit(logs: Small, target: Ints, weight: Floats, start: Floats, kind: _Kind | None) -> Floats:
    """The weights that make what came likeliest, drawn to "as it was"; kind None: the power alone."""
    n, actions = logs.shape
    rows, base = np.arange(n), logs.astype(np.float64)
    columns = [np.ones((n, 1))] if kind else []
    ridge = [_HOLD] if kind else []
    if kind and kind.every_pair and actions <= _MOST_ACTIONS:
        columns.append(_centred(base))
        ridge += [_PAIRS] * actions
    design = np.hstack(columns) if columns else np.empty((n, 0))
    hold = np.array(ridge)[:, None]
    wide = design.shape[1]

    def loss(flat: Floats) -> tuple[float, Floats]:
        power, moved = np.exp(flat[0]), flat[1:].reshape(wide, actions)
        line = log_softmax(power * base + design @ moved, axis=1)
        off = weight[:, None] * np.exp(line)
        off[rows, target] -= weight
        value = -(weight @ line[rows, target]) + _HOLD / 2 * flat[0] ** 2 + (hold * moved**2).sum() / 2
        slope = np.concatenate(
            ([(off * base).sum() * power + _HOLD * flat[0]], (design.T @ off + hold * moved).ravel())
        )
        return float(value), slope

    first = np.concatenate(([np.log(start[0, 0])], start[1 : 1 + wide].ravel()))
    bounds = [(-1.0, 1.0)] + [(None, None)] * (wide * actions)
    best = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _STEPS}).x
    found = np.zeros_like(start)
    found[0, 0] = np.exp(best[0])
    found[1 : 1 + wide] = best[1:].reshape(wide, actions)
    return found


def _moved(weights: Floats, logs: Small) -> Small:
    own = weights.astype(np.float32)
    line = own[0, 0] * logs + own[1] + _centred(logs) @ own[2:]
    line = np.exp(line - line.max(axis=1, keepdims=True))
    return np.asarray(line / line.sum(axis=1, keepdims=True))


def _centred(logs: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Around what is usual for chances, so that weights of a size mean the same for rare and common actions."""
    return np.asarray((logs + 3) / 2)


def _logs(chances: Small) -> Small:
    return np.log(np.maximum(chances, np.float32(_LEAST)))


def _fading(n: int, half_life: float) -> Floats:
    weight: Floats = 0.5 ** (np.arange(n, 0, -1, dtype=np.float64) / half_life)
    return weight
