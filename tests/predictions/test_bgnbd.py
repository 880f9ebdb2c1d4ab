"""The model of coming and leaving: planted laws are found, formulas agree with drawn futures, and it always fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import hyp2f1
from tests.predictions.buyers import LEAVE, PACE, PAST, invented

from kundskab.predictions import bgnbd
from kundskab.predictions.bgnbd import BgNbd
from kundskab.predictions.purchases import Purchases, occasions, summarise

WEEKS = 13.0
PUBLISHED = BgNbd(0.243, 4.414, 0.793, 2.426, np.eye(4))  # CDNOW's sample, Fader, Hardie & Lee 2005


def person(repeats: float, recency: float, age: float) -> Purchases:
    row = summarise(occasions(["ann"], [0], [1.0]), until=7)
    return replace(row, repeats=np.array([repeats]), recency=np.array([recency]), age=np.array([age]))


@pytest.mark.slow
def test_planted_laws_are_recovered_within_their_doubt() -> None:
    planted = np.log([*PACE, *LEAVE])
    off = []

    for seed in range(4):
        found = bgnbd.fit(summarise(invented(3_000, seed), PAST))
        off.append((np.log(found.parameters()) - planted) / np.sqrt(np.diag(found.covariance)))

    assert np.abs(np.mean(off, axis=0)).max() < 1.5  # days instead of moments cost a little; chance alone gives 0.5
    assert np.abs(off).max() < 4


def test_the_expectation_is_the_published_formula() -> None:
    ann, (r, q, a, b) = person(2, 30.43, 38.86), PUBLISHED.parameters()
    z = 39 / (q + 38.86 + 39)
    series = ((q + 38.86) / (q + 38.86 + 39)) ** (r + 2) * hyp2f1(r + 2, b + 2, a + b + 1, z)

    expected = PUBLISHED.expected(ann, 39)

    assert expected[0] == pytest.approx((a + b + 1) / (a - 1) * (1 - series) * PUBLISHED.alive(ann)[0])
    assert expected[0] == pytest.approx(1.226, abs=0.005)  # worked in Fader, Hardie & Lee's spreadsheet note


@pytest.mark.parametrize(("repeats", "recency", "age"), [(0, 0, 10), (3, 20, 22), (40, 30, 31), (2_000, 39, 39)])
def test_formulas_agree_with_drawn_futures(repeats: float, recency: float, age: float) -> None:
    ann = person(repeats, recency, age)
    many = ann.of(np.zeros(40_000, dtype=int))

    futures = PUBLISHED.draw(many, WEEKS, rng=np.random.default_rng(4))

    four_errors = 4 * futures.std() / 200
    assert abs(futures.mean() - PUBLISHED.expected(ann, WEEKS)[0]) < four_errors
    assert abs((futures > 0).mean() - PUBLISHED.returns(ann, WEEKS)[0]) < 4 * 0.5 / 200


def test_longer_silence_means_less_hope_and_more_weeks_mean_more_occasions() -> None:
    silent = [PUBLISHED.alive(person(3, recency, 39))[0] for recency in (5, 15, 25, 38)]
    longer = [PUBLISHED.expected(person(3, 30, 39), weeks)[0] for weeks in (1, 4, 13, 52, 520)]
    chance = [PUBLISHED.returns(person(3, 30, 39), weeks)[0] for weeks in (1, 4, 13, 52, 520)]

    assert silent == sorted(silent)
    assert longer == sorted(longer)
    assert chance == sorted(chance)
    assert max(chance) <= 1


HOSTILE = {
    "nobody": ([], [], []),
    "one customer": (["ann"], [3], [10.0]),
    "one who came twice": (["ann", "ann"], [0, 9], [10.0, 0.0]),
    "only one-timers": (range(500), [i % 50 for i in range(500)], [5.0] * 500),
    "all on the same day": (range(300), [60] * 300, [5.0] * 300),
    "everybody daily": ([i % 30 for i in range(1_800)], [i // 30 for i in range(1_800)], [1.0] * 1_800),
    "zero values": ([1, 1, 2, 3, 3], [0, 30, 5, 8, 50], [0.0] * 5),
    "refunds beyond the price": ([1, 1, 2, 2], [0, 30, 5, 50], [-9.0, 1.0, -3.0, -4.0]),
    "a huge count": ([1] * 20_000 + [2, 3], [*range(20_000), 19_000, 19_990], [1.0] * 20_002),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_it_fits_whatever_the_data(case: str) -> None:
    bought = occasions(*(list(column) for column in HOSTILE[case]))
    people = summarise(bought, until=int(bought.day.max(initial=0)))

    found = bgnbd.fit(people)

    assert np.isfinite(found.parameters()).all()
    assert (np.linalg.eigvalsh(found.covariance) > 0).all()
    expected = found.expected(people, WEEKS)
    assert (expected >= 0).all()
    assert np.isfinite(expected).all()
    assert ((found.returns(people, WEEKS) >= 0) & (found.returns(people, WEEKS) <= 1)).all()
