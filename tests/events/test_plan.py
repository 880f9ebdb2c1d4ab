"""The tracking plan: what is agreed on passes, what is not is kept, stripped or refused as the plan says."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from kundskab.events import Event, PlanError, Quarantine, RawRequest, TrackingPlan, check, expand
from kundskab.events.plan import PlannedEvent, PlannedProperty

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)

YAML = """
settings:
  unlisted: {unlisted}
  unknown_events: {unknown}
events:
  Order Completed:
    purpose: analytics
    properties:
      order_id: {{type: string, required: true}}
      revenue: number
      email: {{type: string, class: personal, purpose: marketing}}
      pieces: integer
      gift: boolean
      tags: array
      extra: object
      deliver_at: time
      note:
  signed up:
"""


def _plan(unlisted="keep", unknown="keep"):
    return TrackingPlan.from_yaml(YAML.format(unlisted=unlisted, unknown=unknown))


def _check(plan, event="Order Completed", **properties):
    raw = {"type": "track", "event": event, "userId": "ann", "messageId": "m", "properties": properties}
    return check(raw, received_at=NOW, plan=plan)


def test_it_reads_a_plan():
    plan = _plan("strip", "quarantine")

    assert (plan.unlisted, plan.unknown_events) == ("strip", "quarantine")
    assert plan.events["signed up"] == PlannedEvent()
    ordered = plan.events["Order Completed"]
    assert ordered.purpose == "analytics"
    assert ordered.properties["order_id"] == PlannedProperty("string", required=True)
    assert ordered.properties["revenue"] == PlannedProperty("number")
    assert ordered.properties["email"] == PlannedProperty("string", purpose="marketing", data_class="personal")
    assert ordered.properties["note"] == PlannedProperty()


def test_an_empty_plan_plans_nothing():
    assert TrackingPlan.from_yaml("") == TrackingPlan({})
    assert isinstance(_check(TrackingPlan({}), "anything"), Event)


def test_an_event_that_follows_the_plan_passes():
    event = _check(
        _plan("refuse", "quarantine"), order_id="o", revenue=1.5, pieces=2.0, gift=True, tags=[], extra={},
        deliver_at="2026-02-03", note=None,
    )  # fmt: skip

    assert isinstance(event, Event)
    assert event.occasion == "o"


@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({}, "order_id"),
        ({"order_id": None}, "order_id"),
        ({"order_id": 7}, "a number came"),
        ({"order_id": "o", "revenue": "7"}, "a text came"),
        ({"order_id": "o", "revenue": True}, "a boolean came"),
        ({"order_id": "o", "pieces": 1.5}, "integer"),
        ({"order_id": "o", "gift": 1}, "boolean"),
        ({"order_id": "o", "tags": {}}, "an object came"),
        ({"order_id": "o", "extra": []}, "an array came"),
        ({"order_id": "o", "deliver_at": "soon"}, "time"),
    ],
)
def test_a_violation_says_what_is_wrong(properties, word):
    event = _check(_plan(), **properties)

    assert isinstance(event, Quarantine)
    assert (event.event_id, event.reason) == ("m", "plan_violation")
    assert word in event.help
    assert event.help.endswith(".")


def test_unlisted_properties_are_kept_stripped_or_refused():
    kept = _check(_plan("keep"), order_id="o", colour="red")
    stripped = _check(_plan("strip"), order_id="o", colour="red")
    refused = _check(_plan("refuse"), order_id="o", colour="red")

    assert orjson.loads(kept.properties) == {"colour": "red"}
    assert (stripped.occasion, stripped.properties) == ("o", b"{}")
    assert isinstance(refused, Quarantine)
    assert "colour" in refused.help


def test_unknown_events_are_kept_or_quarantined():
    assert isinstance(_check(_plan(unknown="keep"), "visit"), Event)
    assert _check(_plan(unknown="quarantine"), "visit").reason == "plan_violation"


def test_the_plan_speaks_of_tracked_events():
    body = b'{"batch":[{"type":"identify","userId":"ann"},{"type":"page","userId":"ann"}]}'

    events = expand(RawRequest(body, NOW), _plan(unknown="quarantine"))

    assert all(isinstance(event, Event) for event in events)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", ["not YAML", "line 1"]),
        ("- a", ["line 1", "names and values"]),
        ("event: {}", ["line 1", "“event”", "settings, events"]),
        ("settings:\n  unlisted: drop", ["line 2", "unlisted", "“drop”", "keep, strip, refuse"]),
        ("settings:\n  unknown_events: strip", ["line 2", "keep, quarantine"]),
        ("events:\n  visit:\n    properties:\n      a: text", ["line 4", "visit.a", "“text”"]),
        ("events:\n  visit:\n    properties:\n      a: {required: maybe}", ["line 4", "required"]),
        ("events:\n  visit:\n    properties:\n      a: {kind: x}", ["line 4", "“kind”"]),
        ("events:\n  visit:\n    properties:\n      a: {class: secret}", ["line 4", "plain, personal, sensitive"]),
        ("events:\n  visit:\n    purpose: [a]", ["line 3", "visit.purpose"]),
        ("events:\n  visit:\n  visit:", ["line 3", "twice"]),
        ("events:\n  visit: 7", ["line 2", "visit"]),
        ("events: {[a]: b}", ["line 1"]),
        ("a: !!python/object:os.system x", ["line 1"]),
        ("\x00", ["not YAML"]),
        ("x" * (1 << 21), ["1 MB"]),
    ],
)
def test_a_wrong_plan_is_refused_with_line_and_field(text, words):
    with pytest.raises(PlanError) as refusal:
        TrackingPlan.from_yaml(text)

    assert all(word in str(refusal.value) for word in words), str(refusal.value)
