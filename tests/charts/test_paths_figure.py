"""Paths as a figure: only what is reached from the act by streams that are drawn."""

from __future__ import annotations

from datetime import date, timedelta

from kundskab.charts.paths import figure
from kundskab.metrics.acts import act
from kundskab.metrics.paths import Leg, Paths, Way
from kundskab.metrics.readings import Reading, share
from kundskab.metrics.walks import PathsQuery

QUERY = PathsQuery(act("Searched"), date(2026, 1, 1), date(2026, 3, 1), "after", 3, timedelta(days=1), 7)


def stage(**persons: int) -> tuple[Way, ...]:
    return tuple(Way((name,), share(n, 100)) for name, n in persons.items())


def test_a_part_that_nothing_drawn_leads_to_is_not_put_beside_the_act() -> None:
    stages = (stage(Viewed=96, Added=4), stage(Ordered=90, Asked=10), stage(Paid=90, Sent=10))
    legs = ((Leg("Viewed", "Ordered", share(90, 100)),), (Leg("Ordered", "Paid", share(90, 100)),
                                                         Leg("Asked", "Sent", share(10, 100))))  # fmt: skip
    people = Reading(100.0, 80.0, 120.0, 100, "persons", 7)

    drawn = figure(Paths(QUERY, people, stages, legs, (), share(100, 100), 0, None, 7), theme="light").data[0]

    names = [drawn.node.label[at] for at in (*drawn.link.source, *drawn.link.target)]
    assert "Asked" not in names
    assert "Paid" in names
