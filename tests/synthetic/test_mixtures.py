"""The truth that is kept beside the events: mixtures, and that what people do follows from them."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pyarrow.compute as pc
import pytest

from kundskab import synthetic


def test_everybodys_weights_sum_to_one_at_every_time(company: synthetic.Company) -> None:
    sums = company.truth.group_by(["person", "as_of"]).aggregate([("weight", "sum")])["weight_sum"].to_numpy()

    assert len(sums) == 600 * 7  # eighteen months hold seven quarters' beginnings
    assert sums == pytest.approx(np.ones(len(sums)))


@pytest.mark.slow
def test_behaviours_have_the_declared_shares(large: synthetic.Company) -> None:
    first = large.truth.filter(pc.equal(large.truth["as_of"], pc.min(large.truth["as_of"])))

    for behaviour in large.declaration.behaviours:
        weights = first.filter(pc.equal(first["behaviour"], behaviour.name))["weight"].to_numpy()
        error = 4 * weights.std() / sqrt(len(weights))
        assert weights.mean() == pytest.approx(behaviour.share, abs=error), behaviour.name


@pytest.mark.slow
def test_people_are_mixtures_rather_than_types(large: synthetic.Company) -> None:
    largest = large.truth.group_by(["person", "as_of"]).aggregate([("weight", "max")])["weight_max"].to_numpy()

    assert 0.4 < np.median(largest) < 0.8
    assert (largest > 0.95).mean() < 0.05


@pytest.mark.slow
def test_mixtures_drift(ask) -> None:
    moved = ask("""
        SELECT avg(abs(a.weight - b.weight)) FROM truth a JOIN truth b USING (person, behaviour)
        WHERE a.as_of = (SELECT min(as_of) FROM truth) AND b.as_of = (SELECT max(as_of) FROM truth)
    """)[0][0]

    assert 0.02 < moved < 0.15


def test_people_look_at_what_their_behaviour_looks_at(ask) -> None:
    running, others = ask("""
        WITH runner AS (SELECT user_id, avg(weight) AS weight FROM truth
                        WHERE behaviour = 'trail runner' AND user_id IS NOT NULL GROUP BY 1)
        SELECT avg((category = 'running gear')::INT) FILTER (weight > 0.5),
               avg((category = 'running gear')::INT) FILTER (weight < 0.05)
        FROM events JOIN runner USING (user_id) WHERE action = 'Product Viewed'
    """)[0]

    assert running > 4 * others


def test_the_active_are_seen_more_often(ask) -> None:
    correlation = ask("""
        SELECT corr(h.activity, n) FROM humans h JOIN (SELECT user_id, count(*) AS n FROM events
        WHERE action IN ('page viewed', 'Application Opened') GROUP BY 1) USING (user_id)
    """)[0][0]

    assert correlation > 0.4


def test_the_truth_stands_nowhere_in_the_events(company: synthetic.Company, events) -> None:
    names = {behaviour.name for behaviour in company.declaration.behaviours}

    for column in ("action", "object", "category", "properties", "occasion"):
        assert not names & set(events[column].unique().to_pylist())
    assert not {"weight", "behaviour", "activity", "left_at"} & {*events.column_names, *company.people.column_names}
