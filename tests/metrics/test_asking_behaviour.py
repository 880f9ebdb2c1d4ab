"""ws.metrics: retention, funnels and paths from a notebook, with permission as of now."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.house import House, track

from kundskab.metrics.readings import Reading
from kundskab.pipeline.metrics import Metrics
from kundskab.types import KundskabError

YES = {"analytics": True}
PEOPLE = [f"p{n}" for n in range(8)]


@pytest.fixture
def metrics(house: House) -> Metrics:
    """Eight people who looked and, a day later, half of whom ordered; the feed goes on for three weeks."""
    began = house.now - timedelta(days=30)

    def did(who: str, action: str, days: float) -> dict[str, object]:
        return track(who, action, consent=YES, timestamp=(began + timedelta(days=days)).isoformat())

    house.take(
        *(did(who, "Viewed", 0) for who in PEOPLE),
        *(did(who, "Ordered", 1) for who in PEOPLE[:4]),
        did("zed", "Searched", -1),
        did("zed", "Searched", 21),
    )
    return Metrics(house.desk.distance, house.desk.behaviour)


@pytest.mark.slow
def test_retention(metrics: Metrics) -> None:
    found = metrics.retention("Viewed", "Ordered", step="day", periods=3, since="2026-01-01")

    assert [cell.reading.value for cell in found.together.cells] == [0, 0.5, 0]


@pytest.mark.slow
def test_a_funnel(metrics: Metrics) -> None:
    found = metrics.funnel(["Viewed", {"action": "Ordered", "where": {"source": "web"}}])

    assert (found.together.began.value, found.together.through.value) == (8, 0.5)


@pytest.mark.slow
def test_paths(metrics: Metrics) -> None:
    found = metrics.paths("Viewed", within_hours=48, steps=1)

    assert found.people.value == 8


@pytest.mark.slow
def test_who_is_behind_a_number_of_a_funnel(house: House, metrics: Metrics) -> None:
    query = metrics.funnel(["Viewed", "Ordered"]).query

    began = house.desk.behaviour.who(query, step=0, size=3)
    assert (began.total, len(began.rows)) == (8, 3)
    with pytest.raises(KundskabError, match="so few are not listed"):
        house.desk.behaviour.who(query, step=1, took=False)  # four
    with pytest.raises(KundskabError, match="no step 9"):
        house.desk.behaviour.who(query, step=8)


@pytest.mark.slow
def test_who_is_behind_a_number_of_retention(house: House, metrics: Metrics) -> None:
    query = metrics.retention("Viewed", "Ordered", step="day", periods=3, since="2026-01-01").query

    assert house.desk.behaviour.who(query, span=0, came=False).total == 8
    with pytest.raises(KundskabError, match="so few are not listed"):
        house.desk.behaviour.who(query, span=1)
    with pytest.raises(KundskabError, match="No cohort"):
        house.desk.behaviour.who(query, cohort="1999-01-01")


@pytest.mark.slow
def test_who_is_behind_a_number_of_paths(house: House, metrics: Metrics) -> None:
    query = metrics.paths("Viewed", within_hours=48, steps=2).query

    assert house.desk.behaviour.who(query, step=2, action="nothing more").total == 8
    with pytest.raises(KundskabError, match="so few are not listed"):
        house.desk.behaviour.who(query, step=1, action="Ordered")
    with pytest.raises(KundskabError, match="Nobody can be listed"):
        house.desk.behaviour.who(query, step=1, action="other")


@pytest.mark.slow
def test_the_same_question_is_answered_once(house: House, metrics: Metrics) -> None:
    query = metrics.funnel(["Viewed", "Ordered"]).query

    assert house.desk.behaviour.answer(query) is house.desk.behaviour.answer(query)


@pytest.mark.slow
def test_a_metric_declared_from_a_page_is_written_below_what_people_wrote(house: House, metrics: Metrics) -> None:
    page = house.home.folder / "metrics.yaml"
    page.write_text("# ours\nlooks: {is: count, of: Viewed}\n")

    house.desk.behaviour.declare("orders_here", {"is": "count", "of": "Ordered"})

    assert page.read_text().startswith("# ours\nlooks: {is: count, of: Viewed}\n\norders_here:\n")
    assert house.desk.behaviour.reading("looks")[0].value == 8
    with pytest.raises(KundskabError, match="already"):
        house.desk.behaviour.declare("looks", {"is": "count", "of": "Ordered"})
    with pytest.raises(KundskabError, match="one of rate"):
        house.desk.behaviour.declare("luck", {"is": "guess", "of": "Ordered"})


@pytest.mark.slow
def test_a_withdrawal_holds_for_the_next_question(metrics: Metrics, house: House) -> None:
    house.says("p0", "withdraw")

    assert metrics.funnel(["Viewed", "Ordered"]).together.began.value == 7


@pytest.mark.slow
def test_a_view_of_the_callers_is_asked_instead(metrics: Metrics, house: House) -> None:
    early = house.view(at=house.now - timedelta(days=29, hours=1))

    found = metrics.funnel(["Viewed", "Ordered"], view=early)

    assert (found.together.began.n, found.together.waiting) == (0, 8)


@pytest.mark.slow
def test_unsaid_days_are_the_last_ones_up_to_the_newest_event(metrics: Metrics) -> None:
    found = metrics.retention()

    assert found.query.until == date(2026, 2, 20)
    assert found.query.until - found.query.since == timedelta(days=83)


@pytest.mark.slow
def test_every_number_has_its_snapshot(metrics: Metrics, house: House) -> None:
    reading: Reading = metrics.retention("Viewed").together.size

    assert reading.snapshot == house.view().snapshot


@pytest.mark.slow
@pytest.mark.parametrize("said", ["yesterday", "2026-02-30"])
def test_a_day_that_is_none_is_refused(metrics: Metrics, said: str) -> None:
    with pytest.raises(KundskabError, match="is no day"):
        metrics.retention(since=said)


@pytest.mark.slow
def test_a_length_of_time_that_is_none_is_refused(metrics: Metrics) -> None:
    with pytest.raises(KundskabError, match="no length of time"):
        metrics.funnel(["Viewed", "Ordered"], window_days=float("nan"))
