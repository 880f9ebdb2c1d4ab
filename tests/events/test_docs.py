"""The page about events tells every reason, flag, bound and type that a sender may meet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.events import payloads
from tests.events.corpus import BODIES, EVENTS

from kundskab.events import REASONS, TYPES, Event, RawRequest, TooLarge, TrackingPlan, Unreadable, check, expand
from kundskab.events.identity import RESERVED
from kundskab.events.plan import PROPERTY_TYPES

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text()


_SPELT_OUT = {"", "00000000-0000-0000-0000-000000000000", "[object object]"}  # told in words, or in another case


@pytest.mark.parametrize("word", [*REASONS, *TYPES, *PROPERTY_TYPES, *sorted(RESERVED - _SPELT_OUT)])
def test_the_page_tells_it(word):
    assert f"`{word}`" in PAGE


def test_the_page_tells_every_flag_of_the_corpus():
    flags = {flag for event in _everything() for flag in event.flags if not flag.endswith("_unread")}

    assert len(flags) > 8
    assert {flag for flag in flags if f"`{flag}`" not in PAGE} == set()


def test_the_plan_on_the_page_is_a_plan():
    plan = TrackingPlan.from_yaml(PAGE.partition("```yaml")[2].partition("```")[0])

    assert plan.unlisted == "strip"
    assert plan.events["Order Completed"].properties["email"].data_class == "personal"


def _everything():
    for body in [*(body for _, body in BODIES), *payloads.ALL]:
        try:
            yield from (event for event in expand(RawRequest(body, NOW)) if isinstance(event, Event))
        except (Unreadable, TooLarge):
            continue
    for _, raw in EVENTS:
        event = check(raw, received_at=NOW)
        if isinstance(event, Event):
            yield event
