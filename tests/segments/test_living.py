"""Segments live: they keep who they are in a drifting world, are born in the month, merge and die, and nothing is made
of chance. The counts of a refresh fade; the world is planted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from scipy import sparse

from kundskab.segments.behaviours import Counts
from kundskab.segments.living import Refreshed, State, refresh
from kundskab.segments.patterns import Patterns
from kundskab.segments.size import chosen_size

PEOPLE, BEHAVIOURS, SIZE, BORN = 1_200, 60, 4, 2
START = datetime(2026, 1, 31, tzinfo=UTC)
FADE = 0.6  # a month
WORDS = tuple(f"does {n}" for n in range(BEHAVIOURS))
Floats = npt.NDArray[np.float64]


def months(n: int, *, drifts: bool) -> Iterator[tuple[sparse.csr_array, Floats]]:
    """Events of each month and who people are; in a drifting world the last pattern is born in month BORN."""
    rng = np.random.default_rng(3)
    profiles = rng.dirichlet(np.full(BEHAVIOURS, 0.1), SIZE + 1)
    shares = np.c_[rng.dirichlet(np.full(SIZE, 0.12), PEOPLE), np.zeros(PEOPLE)]
    for month in range(n):
        if drifts:
            profiles = 0.97 * profiles + 0.03 * rng.dirichlet(np.full(BEHAVIOURS, 0.1), SIZE + 1)
            if month == BORN:
                joined = rng.random(PEOPLE) < 0.15
                shares[joined] *= 0.25
                shares[joined, SIZE] += 0.75
        events = np.maximum(1, rng.gamma(1.2, 15, PEOPLE).astype(int))
        yield sparse.csr_array(rng.multinomial(events, shares @ profiles).astype(np.float32)), shares.copy()


def told(matrix: sparse.csr_array, words: tuple[str, ...] = WORDS) -> Counts:
    return Counts(matrix, pa.array([f"p{n:04}" for n in range(matrix.shape[0])]), words)


def lived(n: int, *, drifts: bool) -> Iterator[tuple[Refreshed, Floats]]:
    state, faded = None, None
    for month, (events, shares) in enumerate(months(n, drifts=drifts)):
        faded = events if faded is None else sparse.csr_array(faded * np.float32(FADE) + events)
        at = START + timedelta(days=30 * month)
        now = refresh(state, told(faded), as_of=at, rng=np.random.default_rng(month), recent=events)
        state = State.from_bytes(now.state.to_bytes())
        yield now, shares


def meanings(now: Refreshed, shares: Floats) -> dict[str, int]:
    """segment -> the planted pattern whose people are in it."""
    theirs = now.memberships.weight.T @ shares
    return dict(zip(now.state.ids, theirs.argmax(axis=1).tolist(), strict=True))


@pytest.fixture(scope="module")
def drifting() -> list[tuple[Refreshed, Floats]]:
    return list(lived(4, drifts=True))


@pytest.mark.slow
def test_segments_keep_who_they_are(drifting: list[tuple[Refreshed, Floats]]) -> None:
    first = meanings(*drifting[0])

    for now, shares in drifting[1:]:
        assert first.items() <= meanings(now, shares).items()


@pytest.mark.slow
def test_a_newborn_is_found_in_its_month_with_a_new_name(drifting: list[tuple[Refreshed, Floats]]) -> None:
    born = [[line.segment for line in now.happenings if line.what in ("born", "split")] for now, _ in drifting]

    assert born[0] == [f"s{n + 1}" for n in range(SIZE)]
    assert born[1:] == [[], [f"s{SIZE + 1}"], []]
    assert meanings(*drifting[BORN])[f"s{SIZE + 1}"] == SIZE


@pytest.mark.slow
def test_a_birth_tells_when_why_and_how_large(drifting: list[tuple[Refreshed, Floats]]) -> None:
    [line] = drifting[BORN][0].happenings

    assert line.at == START + timedelta(days=30 * BORN)
    assert "foretold" in line.reason
    assert 0.02 < line.mass < 0.15
    assert 0 < line.distance <= 1


@pytest.mark.slow
def test_nothing_is_born_where_nothing_changes() -> None:
    for number, (now, _) in enumerate(lived(6, drifts=False)):
        assert not number or not now.happenings


@pytest.mark.slow
def test_shuffled_people_have_no_segments_worth_telling() -> None:
    events, _ = next(months(1, drifts=False))
    who = np.repeat(np.arange(PEOPLE), np.asarray(events.sum(axis=1)).ravel().astype(int))
    what = np.random.default_rng(1).permutation(np.repeat(events.indices, events.data.astype(int)))
    shuffled = sparse.csr_array(sparse.coo_array((np.ones(len(who), np.float32), (who, what)), shape=events.shape))

    now = refresh(None, told(shuffled), as_of=START, rng=np.random.default_rng(0))

    assert now.state.ids == ()
    assert now.memberships.weight.shape == (PEOPLE, 0)
    assert not now.happenings


def test_too_few_people_make_no_segments() -> None:
    assert chosen_size(sparse.csr_array(np.ones((20, 3))), rng=np.random.default_rng(0)).size == 1


# On a state made by hand


def made(counts: list[list[float]], **given: object) -> State:
    patterns = Patterns(np.array(counts, np.float32))
    n = len(counts)
    state = State(START, patterns, ("a", "b", "c"), tuple(f"s{i + 1}" for i in range(n)), (START,) * n, (0,) * n, n + 1)
    return replace(state, **given)  # type: ignore[arg-type]


def pure(*rows: list[int], times: int = 100) -> Counts:
    return told(sparse.csr_array(np.array(list(rows) * times, np.float32)), ("a", "b", "c"))


LATER = START + timedelta(days=30)


def test_two_that_became_alike_merge_into_the_larger() -> None:
    state = made([[300, 3, 1], [100, 1, 1], [1, 1, 300]])

    now = refresh(state, pure([9, 0, 0], [0, 0, 9]), as_of=LATER, rng=np.random.default_rng(0))

    [line] = now.happenings
    assert (line.what, line.segment, line.other) == ("merged", "s2", "s1")
    assert now.state.ids == ("s1", "s3")


def test_one_that_hardly_anybody_belongs_to_dies_after_three_refreshes_and_its_id_is_not_used_again() -> None:
    state = made([[300, 1, 1], [1, 0, 300], [0, 2, 0]])
    for number in range(1, 4):
        now = refresh(state, pure([9, 0, 0], [0, 0, 9]), as_of=LATER, rng=np.random.default_rng(0))
        state = now.state
        assert ("s3" in state.ids) == (number < 3)

    assert [(line.segment, line.what) for line in now.happenings] == [("s3", "died")]
    assert state.next_id == 4


def test_the_vocabulary_may_change() -> None:
    state = made([[300, 1, 1], [1, 1, 300]])
    counts = told(sparse.csr_array(np.array([[0, 9, 0], [9, 0, 0]] * 50, np.float32)), ("c", "a", "new"))

    now = refresh(state, counts, as_of=LATER, rng=np.random.default_rng(0))

    assert now.state.behaviours == ("c", "a", "new")
    assert now.memberships.weight.argmax(axis=1)[:2].tolist() == [0, 1]


@pytest.mark.parametrize("people", [0, 4])
def test_where_hardly_anybody_is_left_segments_end_and_their_names_are_never_used_again(people: int) -> None:
    state = made([[300, 1, 1], [1, 1, 300]])
    few = told(sparse.csr_array(np.full((people, 3), 5, np.float32)), ("a", "b", "c"))

    now = refresh(state, few, as_of=LATER, rng=np.random.default_rng(0))

    assert now.state.ids == ()
    assert [(each.segment, each.what) for each in now.happenings] == [("s1", "died"), ("s2", "died")]
    assert now.state.next_id == state.next_id


def test_a_state_survives_being_kept() -> None:
    state = made([[300, 1, 1], [1, 1, 300]], small_for=(0, 2))

    kept = State.from_bytes(state.to_bytes())

    assert np.array_equal(kept.patterns.counts, state.patterns.counts)
    assert replace(kept, patterns=state.patterns) == state  # all but the arrays


@pytest.mark.slow
def test_the_same_seed_tells_the_same_story() -> None:
    events, _ = next(months(1, drifts=False))
    once, again = (refresh(None, told(events[:400]), as_of=START, rng=np.random.default_rng(4)) for _ in range(2))

    assert np.array_equal(once.state.patterns.counts, again.state.patterns.counts)
