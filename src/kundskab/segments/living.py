"""Segments that live: from one refresh to the next they keep who they are, are born, merge and die.

Each refresh learns from counts that fade (see behaviours), beginning where the last one ended and leaning on it, so
that a segment stays itself while its behaviour drifts. People whom no segment explains may be a new one: it is born
when it foretells events of *other* people better by more than BIRTH. Two that have become alike merge, the smaller into
the larger; one that hardly anybody belongs to for three refreshes dies. An id is never used again.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import orjson
from scipy import sparse

from kundskab.segments.behaviours import Counts
from kundskab.segments.completion import at_cells, fold_in, perplexity
from kundskab.segments.fit import VARIATIONAL, Way, fit, improve
from kundskab.segments.memberships import Memberships, swiftly
from kundskab.segments.patterns import Floats, Patterns
from kundskab.segments.size import chosen_size, concentration, distances, together

BIRTH = 0.01  # nats per event that a new segment must gain on people it was not learnt from
MERGE = 0.002  # nats per event that two alike segments may cost when they become one
ALIKE = 0.35  # Hellinger distance below which two segments may be one
SMALL, PATIENCE = 0.01, 3  # of all events; for so many refreshes in a row
FEWEST_PERSONS = 5.0  # expected members; a segment of fewer dies too
HELD_ON = 0.1  # of the events of now, that what was known before weighs
_AGAIN = replace(VARIATIONAL, passes=3, updates=40, least=2, anew=0)
_TRYING = Way(variational=True, passes=5, steps=4, batch=1_000_000, batches=1)
_LEARN_FROM, _JUDGE_BY = 8_000, 4_000
_UNEXPLAINED, _TELLING = 0.05, 5.0  # share of people whom segments explain worst; events they must have
_MOST_BORN = 3  # in one refresh
_SPLIT = 0.6  # of a newborn's events that come from one segment make it that segment's split


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the segments between refreshes. ids, born_at and small_for: per row of the patterns.

    next_id: never used before.  small_for: refreshes in a row for which a segment was small.
    """

    as_of: datetime
    patterns: Patterns
    behaviours: tuple[str, ...]
    ids: tuple[str, ...]
    born_at: tuple[datetime, ...]
    small_for: tuple[int, ...]
    next_id: int

    def to_bytes(self) -> bytes:
        """An npz with arrays and one JSON text; nothing in it can be run."""
        told = {
            "as_of": self.as_of.isoformat(),
            "behaviours": self.behaviours,
            "ids": self.ids,
            "born_at": [born.isoformat() for born in self.born_at],
            "small_for": self.small_for,
            "next_id": self.next_id,
            "smoothing": self.patterns.smoothing,
            "concentration": self.patterns.concentration,
        }
        body = io.BytesIO()
        text = np.frombuffer(orjson.dumps(told), np.uint8)
        np.savez_compressed(body, counts=self.patterns.counts, told=text)
        return body.getvalue()

    @classmethod
    def from_bytes(cls, body: bytes) -> State:
        """Raises ValueError for bytes that are no such state."""
        with np.load(io.BytesIO(body), allow_pickle=False) as kept:
            counts, told = kept["counts"].astype(np.float32), orjson.loads(kept["told"].tobytes())
        return cls(
            as_of=datetime.fromisoformat(told["as_of"]),
            patterns=Patterns(counts, told["smoothing"], told["concentration"]),
            behaviours=tuple(told["behaviours"]),
            ids=tuple(told["ids"]),
            born_at=tuple(datetime.fromisoformat(born) for born in told["born_at"]),
            small_for=tuple(told["small_for"]),
            next_id=told["next_id"],
        )


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the family tree.  what: born | merged | died | split.  other: the segment it came from or went into.

    distance: Hellinger, 0 to 1, to the nearest segment living.  mass: its share of all events, 0 to 1.
    """

    segment: str
    what: str
    other: str | None
    at: datetime
    reason: str
    distance: float
    mass: float


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The segments as they are now, what happened on the way, and each person's memberships (rows as in the counts)."""

    state: State
    happenings: tuple[Happening, ...]
    memberships: Memberships


def refresh(
    previous: State | None,
    counts: Counts,
    *,
    as_of: datetime,
    rng: np.random.Generator,
    recent: sparse.csr_array | None = None,
) -> Refreshed:
    """The next state of the segments, from the last one and the counts of now.

    recent: what is new since the last refresh, in the columns of counts, any people; births show there first.
    None: the counts themselves.  The vocabulary may have changed since.
    """
    if previous is None or not previous.ids:
        state, happened = _begin(counts, as_of, rng, previous.next_id if previous else 1)
    else:
        state, happened = _go_on(_retold(previous, counts.behaviours), counts.matrix, as_of, rng, recent)
    if not state.ids:
        return Refreshed(state, happened, _of_nobody(counts))
    return Refreshed(state, happened, swiftly(state.patterns, counts.matrix))


def _of_nobody(counts: Counts) -> Memberships:
    """Where there is no segment, nobody is in one."""
    nothing = np.zeros((counts.matrix.shape[0], 0), np.float32)
    return Memberships(nothing, nothing, nothing, np.asarray(counts.matrix.sum(axis=1), np.float32).ravel())


def _begin(
    counts: Counts, as_of: datetime, rng: np.random.Generator, next_id: int
) -> tuple[State, tuple[Happening, ...]]:
    """The first look: how many segments there are, and which."""
    nothing = State(
        as_of, Patterns(np.zeros((0, len(counts.behaviours)), np.float32)), counts.behaviours, (), (), (), 1
    )
    matrix = counts.matrix
    choice = chosen_size(matrix, rng=rng)
    if choice.size < 2 or choice.patterns is None:
        return replace(nothing, next_id=next_id), ()
    sample = matrix[rng.permutation(matrix.shape[0])[:_LEARN_FROM]]
    begun = [
        improve(choice.patterns, matrix, way=VARIATIONAL, rng=rng),
        fit(matrix, choice.size, rng=rng, starts=4),
    ]
    patterns = concentration(min(begun, key=lambda one: perplexity(one, sample)), sample)
    order = np.argsort(-patterns.counts.sum(axis=1))
    patterns = replace(patterns, counts=patterns.counts[order])
    ids = tuple(f"s{next_id + n}" for n in range(choice.size))
    state = replace(
        nothing, patterns=patterns, ids=ids, born_at=(as_of,) * len(ids), small_for=(0,) * len(ids),
        next_id=next_id + len(ids),
    )  # fmt: skip
    far, mass = _nearest(patterns), _mass(patterns)
    born = (
        Happening(segment, "born", None, as_of, "it was there at the first look", float(far[n]), float(mass[n]))
        for n, segment in enumerate(ids)
    )
    return state, tuple(born)


def _go_on(
    state: State, matrix: sparse.csr_array, as_of: datetime, rng: np.random.Generator, recent: sparse.csr_array | None
) -> tuple[State, tuple[Happening, ...]]:
    if int((np.asarray(matrix.sum(axis=1)).ravel() > 0).sum()) < FEWEST_PERSONS:
        return _ended(replace(state, as_of=as_of))
    held = state.patterns.scaled_to(float(matrix.sum()) * HELD_ON).counts
    state = replace(state, as_of=as_of, patterns=improve(state.patterns, matrix, way=_AGAIN, rng=rng, prior=held))
    happened: list[Happening] = []
    judged_on = matrix if recent is None or not recent.nnz else recent
    for _ in range(_MOST_BORN):
        grown, born = _birth(state, judged_on, matrix, rng)
        if born is None:
            break
        state, happened = grown, [*happened, born]
    while True:
        shrunk, merged = _merge(state, judged_on, rng)
        if merged is None:
            break
        state, happened = shrunk, [*happened, merged]
    state, died = _deaths(state, matrix)
    return state, (*happened, *died)


def _retold(state: State, behaviours: tuple[str, ...]) -> State:
    """The state in the columns of today's vocabulary. A behaviour that has gone takes its counts along."""
    place = {name: n for n, name in enumerate(state.behaviours)}
    from_ = np.array([place.get(name, -1) for name in behaviours], np.int64)
    counts = np.zeros((state.patterns.size, len(behaviours)), np.float32)
    counts[:, from_ >= 0] = state.patterns.counts[:, from_[from_ >= 0]]
    return replace(state, patterns=replace(state.patterns, counts=counts), behaviours=behaviours)


def _birth(
    state: State, recent: sparse.csr_array, matrix: sparse.csr_array, rng: np.random.Generator
) -> tuple[State, Happening | None]:
    """A segment made of the people whom no segment explains, if it foretells others of them."""
    some = recent[np.flatnonzero(np.asarray(recent.sum(axis=1)).ravel() >= 2)]
    some = some[rng.permutation(some.shape[0])[: _LEARN_FROM + _JUDGE_BY]]
    cut = some.shape[0] * 2 // 3
    learnt, judged = some[:cut], some[cut:]
    candidate = _candidate(state.patterns, learnt)
    if candidate is None or not judged.nnz:
        return state, None
    # Both are given the same chance to fit what is new, so that drift alone is no birth.
    stays = improve(state.patterns, learnt, way=_TRYING, rng=rng)
    grown = replace(stays, counts=np.vstack([stays.counts, candidate * stays.counts.sum() * _UNEXPLAINED]))
    grown = improve(grown, learnt, way=_TRYING, rng=rng)
    gain = _loss(stays, judged) - _loss(grown, judged)
    if gain <= BIRTH:
        return state, None
    newborn = grown.counts[-1:] * (float(matrix.sum()) / max(float(grown.counts.sum()), 1e-9))
    wider = improve(
        replace(state.patterns, counts=np.vstack([state.patterns.counts, newborn])), matrix, way=_AGAIN, rng=rng
    )
    segment = f"s{state.next_id}"
    far, mass = _nearest(wider), _mass(wider)
    parent = _parent(stays, grown, learnt)
    what, other = ("born", None) if parent is None else ("split", state.ids[parent])
    reason = f"it explains people whom no segment explained: events are foretold {np.expm1(gain):.1%} better"
    born = Happening(segment, what, other, state.as_of, reason, float(far[-1]), float(mass[-1]))
    return (
        replace(
            state, patterns=wider, ids=(*state.ids, segment), born_at=(*state.born_at, state.as_of),
            small_for=(*state.small_for, 0), next_id=state.next_id + 1,
        ),
        born,
    )  # fmt: skip


def _candidate(patterns: Patterns, learnt: sparse.csr_array) -> Floats | None:
    """The profile of those whom the segments explain worst, shape (1, behaviours); None where too few can be judged."""
    events = np.asarray(learnt.sum(axis=1)).ravel()
    known = learnt[np.flatnonzero(events >= _TELLING)]
    if known.shape[0] < 20:
        return None
    profiles = patterns.profiles()
    shares = fold_in(profiles, known, concentration=patterns.concentration, steps=15)
    surprise = sparse.csr_array(
        (known.data * np.log(np.maximum(at_cells(shares, profiles, known), 1e-12)), known.indices, known.indptr),
        shape=known.shape,
    )
    explained = np.asarray(surprise.sum(axis=1)).ravel() / events[events >= _TELLING]
    worst = known[np.flatnonzero(explained <= np.quantile(explained, _UNEXPLAINED))]
    profile: Floats = (np.asarray(worst.sum(axis=0), np.float32) / float(worst.sum()))[None]
    return profile


def _parent(before: Patterns, after: Patterns, counts: sparse.csr_array) -> int | None:
    """The segment whose people the newborn took, if they came from one."""
    was = fold_in(before.profiles(), counts, concentration=before.concentration, steps=15)
    now = fold_in(after.profiles(), counts, concentration=after.concentration, steps=15)[:, -1]
    events = np.asarray(counts.sum(axis=1)).ravel() * now
    came = (was * events[:, None]).sum(axis=0)
    most = int(came.argmax())
    return most if came[most] > _SPLIT * max(float(came.sum()), 1e-9) else None


def _merge(state: State, judged: sparse.csr_array, rng: np.random.Generator) -> tuple[State, Happening | None]:
    """Two segments that have become alike, put together where that costs next to nothing."""
    patterns = state.patterns
    if patterns.size < 2:
        return state, None
    apart = distances(patterns.profiles(), patterns.profiles())
    np.fill_diagonal(apart, 2)
    one, other = (int(n) for n in np.unravel_index(apart.argmin(), apart.shape))
    if apart[one, other] > ALIKE:
        return state, None
    mass = _mass(patterns)
    if mass[one] < mass[other] or (mass[one] == mass[other] and other < one):
        one, other = other, one
    sample = judged[rng.permutation(judged.shape[0])[:_JUDGE_BY]]
    merged = together(patterns, one, other)
    if _loss(merged, sample) - _loss(patterns, sample) > MERGE:
        return state, None
    reason = f"it had become like {state.ids[one]}, and telling them apart foretold nothing"
    happened = Happening(
        state.ids[other], "merged", state.ids[one], state.as_of, reason, float(apart[one, other]), float(mass[other])
    )
    return replace(_kept(state, [n for n in range(patterns.size) if n != other]), patterns=merged), happened


def _deaths(state: State, matrix: sparse.csr_array) -> tuple[State, tuple[Happening, ...]]:
    """Segments that were small for too long go; the others are told how long they have been small."""
    patterns, mass = state.patterns, _mass(state.patterns)
    persons = mass * matrix.shape[0]
    small_for = tuple(
        count + 1 if mass[n] < SMALL or persons[n] < FEWEST_PERSONS else 0 for n, count in enumerate(state.small_for)
    )
    state = replace(state, small_for=small_for)
    gone = [n for n, count in enumerate(small_for) if count >= PATIENCE]
    if not gone or len(gone) == patterns.size:
        return state, ()
    far = _nearest(patterns)
    few = f"fewer than {FEWEST_PERSONS:.0f} people belonged to it for {PATIENCE} refreshes"
    little = f"it held less than {SMALL:.0%} of what people do for {PATIENCE} refreshes"
    died = tuple(
        Happening(
            state.ids[n], "died", None, state.as_of, little if mass[n] < SMALL else few, float(far[n]), float(mass[n])
        )
        for n in gone
    )  # fmt: skip
    return _kept(state, [n for n in range(patterns.size) if n not in gone]), died


def _ended(state: State) -> tuple[State, tuple[Happening, ...]]:
    """All segments at once, where hardly anybody is left. Who comes later is learnt from anew, under new names."""
    far, mass = _nearest(state.patterns), _mass(state.patterns)
    why = f"fewer than {FEWEST_PERSONS:.0f} people did anything that may be used"
    died = tuple(
        Happening(segment, "died", None, state.as_of, why, float(far[n]), float(mass[n]))
        for n, segment in enumerate(state.ids)
    )
    return _kept(state, []), died


def _kept(state: State, rows: Sequence[int]) -> State:
    return replace(
        state,
        patterns=replace(state.patterns, counts=state.patterns.counts[list(rows)]),
        ids=tuple(state.ids[n] for n in rows),
        born_at=tuple(state.born_at[n] for n in rows),
        small_for=tuple(state.small_for[n] for n in rows),
    )


def _loss(patterns: Patterns, counts: sparse.csr_array) -> float:
    """Nats per held-out event."""
    return float(np.log(perplexity(patterns, counts)))


def _mass(patterns: Patterns) -> npt.NDArray[np.float32]:
    mass: npt.NDArray[np.float32] = patterns.counts.sum(axis=1) / max(float(patterns.counts.sum()), 1e-9)
    return mass


def _nearest(patterns: Patterns) -> npt.NDArray[np.float64]:
    if patterns.size < 2:
        return np.ones(patterns.size)
    apart = distances(patterns.profiles(), patterns.profiles())
    np.fill_diagonal(apart, 1)
    nearest: npt.NDArray[np.float64] = apart.min(axis=1)
    return nearest
