"""The truth about what is planted agrees with the events, row by row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import pytest

from kundskab import synthetic


def test_the_driver_is_had_by_reading_the_right_guide_in_time(ask) -> None:
    wrong = ask("""
        SELECT count(*) FROM driver WHERE driver_at IS NOT NULL
          AND (first_order_at IS NULL OR driver_at <= first_order_at OR driver_at > first_order_at + INTERVAL 14 DAY)
    """)
    shown = ask("""
        SELECT count(*), count(*) FILTER (EXISTS (SELECT 1 FROM events e
            WHERE e.action = 'Guide Read' AND e.occurred_at = driver_at
              AND (e.user_id IS NULL OR e.user_id IN (h.user_id, h.second_user_id))))
        FROM driver JOIN humans h USING (person) WHERE driver_at IS NOT NULL
    """)[0]

    assert wrong == [(0,)]
    assert shown[0] == shown[1] > 60


def test_most_guides_are_read_by_people_for_whom_they_do_nothing(ask) -> None:
    read, had = ask("SELECT (SELECT count(*) FROM events WHERE action = 'Guide Read'), count(driver_at) FROM driver")[0]

    assert had < 0.5 * read


def test_reading_lowers_the_rate_by_the_declared_share(ask, declaration) -> None:
    ratios = ask("""
        SELECT driver_at IS NOT NULL, min(leaves_per_year_now / leaves_per_year),
               max(leaves_per_year_now / leaves_per_year) FROM driver GROUP BY 1 ORDER BY 1
    """)

    assert ratios[0] == (False, 1, 1)
    assert ratios[1][1:] == pytest.approx([1 - declaration.driver.strength] * 2)


@pytest.mark.slow
def test_who_had_the_driver_leaves_as_seldom_as_declared(large: synthetic.Company) -> None:
    had = large.driver.append_column("left_at", large.humans["left_at"])
    had = had.filter(pc.is_valid(had["driver_at"]))
    from_day, left = (had[name].cast("int64").to_numpy(zero_copy_only=False) for name in ("driver_at", "left_at"))
    years = (np.minimum(np.where(np.isnan(left), np.inf, left), large.story.until) - from_day) / 1e6 / 86400 / 365.25
    expected = (had["leaves_per_year_now"].to_numpy() * years).sum()
    leavers = (left < large.story.until).sum()

    # leaving is a counting process: what is expected of it is its variance too
    assert len(had) > 2_000
    assert leavers == pytest.approx(expected, abs=4 * np.sqrt(expected))


@pytest.mark.slow
def test_without_strength_the_deed_is_done_and_nobody_stays_longer(declaration, until) -> None:
    null = replace(declaration, driver=replace(declaration.driver, strength=0.0))

    told, planted = (synthetic.generate(one, seed=7, people=300, until=until) for one in (null, declaration))

    assert pc.sum(pc.is_valid(told.driver["driver_at"])).as_py() > 30
    assert told.driver["leaves_per_year"].equals(told.driver["leaves_per_year_now"])
    assert not told.humans["left_at"].equals(planted.humans["left_at"])


def test_the_group_spends_little_and_is_expected_to_spend_much(large: synthetic.Company) -> None:
    worth = large.worth
    spent, expected = worth["spent"].to_numpy(), worth["worth"].to_numpy()
    here = (expected > 0) & worth["user_id"].is_valid().to_numpy(zero_copy_only=False)
    grows = worth["grows_at"].cast("int64").to_numpy(zero_copy_only=False)
    ungrown = worth["undervalued"].to_numpy(zero_copy_only=False) & here & (grows > large.story.until)
    others = ~worth["undervalued"].to_numpy(zero_copy_only=False) & here

    assert ungrown.sum() > 200
    assert spent[ungrown].mean() < 0.6 * spent[others].mean()
    assert expected[ungrown].mean() / spent[ungrown].mean() > 2 * expected[others].mean() / spent[others].mean()


def test_expected_worth_agrees_with_what_people_spend(large: synthetic.Company) -> None:
    """Of those who were there all last year and neither belong to the group nor leave, the future is like the past."""
    worth, humans = large.worth, large.humans
    settled = pc.and_(
        pc.invert(worth["undervalued"]),
        pc.and_(
            pc.less(humans["joined_at"].cast("int64"), large.story.until - int(366 * 86400e6)),
            worth["worth"].is_valid(),
        ),
    ).to_numpy()
    rate = large.driver["leaves_per_year_now"].to_numpy()
    stays_for = -np.expm1(-rate) / rate
    here = settled & (worth["worth"].to_numpy() > 0)

    a_year = worth["worth"].to_numpy()[here] / stays_for[here]

    assert a_year.mean() == pytest.approx(worth["spent"].to_numpy()[here].mean(), rel=0.15)


def test_the_group_mends_only_while_it_mends(ask) -> None:
    repairs = ask("""
        SELECT count(*) FILTER (e.occurred_at BETWEEN mends_from - INTERVAL 8 DAY AND grows_at + INTERVAL 8 DAY),
               count(*)
        FROM events e JOIN worth USING (user_id) WHERE action = 'Repair Booked' AND undervalued
    """)[0]

    assert repairs[0] >= 0.85 * repairs[1] > 10


def test_membership_stands_nowhere_in_the_events(ask) -> None:
    assert ask("SELECT count(*) FROM events WHERE properties LIKE '%mender%' OR properties LIKE '%undervalued%'") == [
        (0,)
    ]


@pytest.mark.slow
def test_the_truth_does_not_wait_for_the_events(declaration, until) -> None:
    early, late = (synthetic.generate(declaration, seed=3, people=80, until=until) for _ in range(2))
    list(late.events())

    assert early.driver.equals(late.driver)
    assert early.worth.equals(late.worth)
    assert early.encounters.equals(late.encounters)
