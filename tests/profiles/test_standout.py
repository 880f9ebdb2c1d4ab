"""What a person stands out by: found when it is planted, found in nobody where nobody is special, honest in doubt."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse
from tests.profiles.world import FIRST, World, invent

from kundskab.profiles.days import Days, Done, everybodys_days
from kundskab.profiles.own import Deed
from kundskab.profiles.standout import of_deeds, shrunk
from kundskab.profiles.standouts import standouts
from kundskab.profiles.yardstick import measured, theirs, yardstick

TIMES = {"Ann": {"packs": 25.0}, "Bo": {"bottles": 25.0}}


@pytest.mark.slow
def test_what_was_planted_is_found_and_nothing_else():
    likes = {"p007": TIMES["Ann"], "p031": TIMES["Bo"]}
    world = invent(np.random.default_rng(7), likes=likes)

    found = world.standouts()

    assert {person: each.behaviour for person, each in found.items()} == {"p007": "packs", "p031": "bottles"}
    assert found["p007"].low > 1.25
    assert found["p007"].days > 2 * found["p007"].expected


@pytest.mark.slow
def test_where_nobody_is_special_nobody_stands_out():
    """At most 1 of 20 such worlds may show anybody; of 30 worlds 6 or more would happen once in 300 times."""
    alarms = sum(bool(invent(np.random.default_rng(1000 + seed)).standouts()) for seed in range(30))

    assert alarms <= 5


@pytest.mark.slow
def test_two_days_prove_nothing():
    world = invent(np.random.default_rng(3), likes={"p007": TIMES["Ann"]})
    measure = world.measure()
    twice = [Deed(FIRST + timedelta(days=day), "Product Viewed", "bottles", "web") for day in (3, 40)]

    assert of_deeds(twice, measure) is None


@pytest.mark.slow
def test_nobody_is_special_for_coming_in_winter():
    world = invent(np.random.default_rng(5), likes={"p007": TIMES["Ann"]})
    winter = [
        Deed(FIRST + timedelta(days=day), "Product Viewed", "skis" if day % 2 else "tents", "web")
        for day in range(0, 50, 2)
    ]
    measure = world.measure()

    assert of_deeds(winter, measure) is None


@pytest.mark.slow
def test_too_few_people_give_no_yardstick():
    assert yardstick(invent(np.random.default_rng(1), persons=49), zone="UTC") is None


@pytest.mark.slow
def test_what_fewer_than_five_do_is_not_compared():
    world = invent(np.random.default_rng(2))
    for person in list(world.deeds)[:4]:
        world.deeds[person] += [Deed(FIRST + timedelta(days=n), "Moon Walked", None, None) for n in range(9)]

    assert ("action", "moon walked") not in world.measure().behaviours


@pytest.mark.slow
def test_a_category_that_repeats_the_action_is_no_behaviour_of_its_own():
    world = invent(np.random.default_rng(2))
    for deeds in world.deeds.values():
        deeds.append(Deed(FIRST, "Page Viewed", "page", "web"))

    behaviours = world.measure().behaviours

    assert ("action", "page viewed") in behaviours
    assert ("category", "page") not in behaviours


@pytest.mark.slow
def test_the_engine_and_plain_python_count_alike():
    world = invent(np.random.default_rng(11))
    measure = world.measure()

    done, days = np.zeros_like(measure.done), np.zeros_like(measure.days)
    for deeds in world.deeds.values():
        came, did = theirs(deeds)
        for stratum, n in came.items():
            days[measure.strata[stratum]] += n
        for name, counts in did.items():
            for stratum, n in counts.items():
                done[measure.behaviours.index(name), measure.strata[stratum]] += n

    assert (days == measure.days).all()
    assert (done == measure.done).all()


def test_its_interval_covers_the_truth_as_often_as_it_says():
    """People's rates drawn around 1, their breadth estimated as in earnest; 4 standard errors of 4,000 people."""
    rng = np.random.default_rng(20260615)
    breadth, people = 0.5, 4000
    truth = rng.gamma(1 / breadth, breadth, people)
    exposure = rng.integers(3, 60, people).astype(float)[:, np.newaxis]
    times = rng.poisson(0.1 * exposure[:, 0] * truth).astype(float)
    did = np.flatnonzero(times)

    done = Done(did, np.zeros(len(did), dtype=np.int64), times[did])
    persons = pa.array([f"p{number}" for number in range(people)])
    measure = measured(Days(persons, {(0, 0): 0}, sparse.csr_array(exposure), (("category", "maps"),), (done,)))
    assert measure is not None
    found = [shrunk(k, e * 0.1, float(measure.breadth[0])) for k, e in zip(times, exposure[:, 0], strict=True)]

    covered = np.mean([low <= true <= high for true, (_, low, high) in zip(truth, found, strict=True)])
    assert measure.breadth[0] == pytest.approx(breadth, rel=0.15)
    assert abs(covered - 0.95) <= 4 * (0.95 * 0.05 / people) ** 0.5


def test_those_who_stand_out_are_not_oversold():
    """Who is picked for being extreme is shrunk: among the picked the interval still holds, less 4 standard errors."""
    rng = np.random.default_rng(4)
    breadth, people = 0.8, 6000
    truth = rng.gamma(1 / breadth, breadth, people)
    expected = rng.uniform(0.5, 6, people)
    times = rng.poisson(expected * truth)

    found = [shrunk(k, e, breadth) for k, e in zip(times, expected, strict=True)]
    picked = [(true, each) for true, each in zip(truth, found, strict=True) if each[1] >= 1.25]

    assert len(picked) > 300
    covered = np.mean([low <= true <= high for true, (_, low, high) in picked])
    assert covered >= 0.95 - 4 * (0.95 * 0.05 / len(picked)) ** 0.5


def test_shrinking_pulls_harder_where_there_is_less():
    few, many = shrunk(3, 1, 0.2)[0], shrunk(30, 10, 0.2)[0]

    assert 1 < few < many < 3


def test_a_world_without_anybody_has_no_standouts():
    assert of_deeds([], None) is None
    assert yardstick(World({"p000": [Deed(FIRST, "Visited", None, None)]}), zone="UTC") is None


@pytest.mark.slow
def test_everybody_at_once_and_one_by_one_stand_out_alike():
    likes = {"p003": TIMES["Ann"], "p007": TIMES["Bo"]}
    world = invent(np.random.default_rng(5), likes=likes)

    everybody = everybodys_days(world, zone="UTC")  # type: ignore[arg-type]
    at_once = {row["person"]: row for row in standouts(everybody, measured(everybody)).to_pylist()}
    one_by_one = world.standouts()

    assert at_once.keys() == one_by_one.keys() >= {"p003", "p007"}
    for person, each in one_by_one.items():
        row = at_once[person]
        assert (row["kind"], row["behaviour"], row["value"]) == (each.kind, each.behaviour, each.days)
        told = (row["usual"], row["times"], row["low"], row["high"])
        assert told == pytest.approx((each.expected, each.times, each.low, each.high))
