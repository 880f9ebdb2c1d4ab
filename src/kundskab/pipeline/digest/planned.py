"""What a tracking plan says of purposes: an event is kept for its own alone, a property only in rows of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import orjson

from kundskab.events import TrackingPlan
from kundskab.pipeline.digest.rows import Arrived


def within_plan(plan: TrackingPlan, arrived: Arrived, ground: Mapping[str, str]) -> tuple[Arrived, dict[str, str]]:
    """The event without the properties that its row may not carry, and the grounds that the plan leaves it.

    A row is shown whole to every purpose it stands on, so a property planned for one purpose is stripped from a row
    that also stands on another; a sensitive one without a purpose from every row.
    """
    planned = plan.events.get(arrived.event.action)
    if planned is None:
        return arrived, dict(ground)
    left = {name: how for name, how in ground.items() if planned.purpose in (None, name)}
    barred = {
        name
        for name, each in planned.properties.items()
        if (each.purpose is not None or each.data_class == "sensitive") and set(left) - {each.purpose}
    }
    if not barred:
        return arrived, left
    properties = {name: value for name, value in orjson.loads(arrived.event.properties).items() if name not in barred}
    return replace(arrived, event=replace(arrived.event, properties=orjson.dumps(properties))), left
