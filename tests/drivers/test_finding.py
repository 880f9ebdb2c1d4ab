"""From what people did to what matters: nothing after the moment is counted, and a planted deed is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.drivers.worlds import company

from kundskab.drivers import candidates, findings, marks, trials, visits
from kundskab.drivers.deeds import DAY, Deeds


@pytest.fixture(scope="module")
def small() -> Deeds:
    return company(1, people=400)


def test_nothing_after_the_moment_changes_a_candidate(small: Deeds) -> None:
    mark = marks.now(small, 30, 0)
    later = replace(small, action=np.where(small.us > small.last_us - 30 * DAY, 1, small.action))

    before, after = candidates.of_everybody(small, mark), candidates.of_everybody(later, mark)

    assert [one.key for one in before.candidates] == [one.key for one in after.candidates]
    assert np.array_equal(np.column_stack(before.x), np.column_stack(after.x))
    assert np.array_equal(candidates.obvious(small, mark), candidates.obvious(later, mark))


def test_beginners_are_awaited_after_their_first_two_weeks_alone(small: Deeds) -> None:
    begun = marks.beginners(small, 30)

    assert begun is not None
    mark, start, end = begun
    assert ((mark.seen - mark.began) == 14 * DAY).all()
    assert ((mark.since - mark.seen) == start * DAY).all()
    assert (mark.until <= small.last_us).all()
    assert end > start


def test_purchases_themselves_are_no_candidates(small: Deeds) -> None:
    made = candidates.of_everybody(small, marks.now(small, 30, 0))

    assert not [one.key for one in made.candidates if "Order Completed" in one.key]


def test_a_visit_is_judged_by_what_came_before_its_goal(small: Deeds) -> None:
    trial = visits.completed(small, ("Visited",), rng=np.random.default_rng(1))

    assert trial is None or set(np.unique(trial.y)) <= {0.0, 1.0}


@pytest.mark.slow
def test_a_deed_that_makes_people_stay_is_found_first_and_told_in_natural_frequencies() -> None:
    deeds, rng = company(2, strength=3.0), np.random.default_rng(2)
    stayed = next(asked for asked in trials(deeds, 30, rng=rng) if asked[0].outcome == "stayed")

    first = findings(stayed, rng=rng)[0]

    assert first.found
    assert first.behaviour.startswith("Guide Read")
    assert first.beside.with_share > first.beside.without_share + 0.1
    assert first.eras_agreeing == first.eras >= 2


@pytest.mark.slow
def test_the_same_deed_without_strength_is_not_found() -> None:
    rng = np.random.default_rng(3)

    found = [one for asked in trials(company(3), 30, rng=rng) for one in findings(asked, rng=rng) if one.found]

    assert len(found) <= 1
