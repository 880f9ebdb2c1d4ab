"""A raw event to a canonical one: the door's rules first, then the mapping to our words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from kundskab.events.commerce import read_trade, text_of
from kundskab.events.context import channel_of, kept_context, path_of, without_query
from kundskab.events.door import admit, door_check
from kundskab.events.identity import identifier_value, link_of, signature_of
from kundskab.events.parse import parse
from kundskab.events.plan import TrackingPlan
from kundskab.events.tidy import bounded, needs_bounding
from kundskab.events.types import Admitted, Event, Quarantine, RawRequest

_ACTIONS = {
    "page": "page viewed",
    "screen": "screen viewed",
    "identify": "identified",
    "group": "joined group",
    "alias": "aliased",
}
# Fields that are read elsewhere, speak of the sending only, or point at a person's device for no use of ours (`ip`);
# whatever else stands beside them is kept in `_other`.
_FIELDS = frozenset({
    "_metadata", "anonymousId", "category", "channel", "context", "event", "groupId", "integrations", "ip",
    "messageId", "name", "originalTimestamp", "previousId", "properties", "receivedAt", "request_ip", "rudderId",
    "sentAt", "timestamp", "traits", "type", "userAgent", "userId", "version", "writeKey",
})  # fmt: skip


def check(
    raw: Any,
    *,
    received_at: datetime,
    path_type: str | None = None,
    sent_at: Any = None,
    gpc: bool = False,
    anonymous_id_header: str | None = None,
    flags: tuple[str, ...] = (),
    plan: TrackingPlan | None = None,
) -> Event | Quarantine:
    """The canonical event, or why it is none; pure, and never raises on any JSON value.

    received_at: UTC, when the door took it.  sent_at: the request's; without it the event's own counts.
    """
    admitted = door_check(
        raw,
        received_at=received_at,
        path_type=path_type,
        sent_at=sent_at,
        gpc=gpc,
        anonymous_id_header=anonymous_id_header,
        flags=flags,
    )
    return map_event(admitted, plan) if isinstance(admitted, Admitted) else admitted


def expand(request: RawRequest, plan: TrackingPlan | None = None) -> list[Event | Quarantine]:
    """Every event of a request, in order and the same each time.

    Raises Unreadable or TooLarge for a body as a whole, as the door did before it was journaled.
    """
    admitted = admit(parse(request.body, path_type=request.path_type), request)
    return [map_event(one, plan) if isinstance(one, Admitted) else one for one in admitted]


def map_event(admitted: Admitted, plan: TrackingPlan | None = None) -> Event | Quarantine:
    """An admitted event in our words; only a tracking plan can still send it to quarantine."""
    raw, kind, flags = admitted.raw, admitted.type, admitted.flags.copy()
    given = raw.get("context")
    context = given if type(given) is dict else {}
    properties = _properties(raw, kind, flags)
    action = admitted.name or _ACTIONS[kind]
    # `unknown_events` speaks of track events: the other five types have the same names everywhere.
    if plan is not None and (kind == "track" or action in plan.events):
        planned = plan.apply(action, properties)
        if isinstance(planned, str):
            return Quarantine(admitted.event_id, "plan_violation", planned)
        properties = planned

    page, section = _page(raw, context, properties) if kind in ("page", "screen") else (None, None)
    channel = channel_of(raw, context, properties)
    trade = read_trade(action, properties, flags, object_=page, category=section)
    user, anonymous = admitted.user, admitted.anonymous
    actor = user or anonymous
    assert actor is not None  # the door saw to it
    return Event(
        event_id=admitted.event_id,
        actor=actor,
        device=anonymous if user is not None else None,
        action=action,
        object=trade.object,
        category=trade.category,
        quantity=trade.quantity,
        value=trade.value,
        currency=trade.currency,
        channel=channel,
        occasion=trade.occasion or text_of(context.get("sessionId")),
        account=identifier_value(raw.get("groupId") if kind == "group" else context.get("groupId")),
        items=trade.items,
        occurred_at=admitted.occurred_at,
        original_timestamp=admitted.original_timestamp,
        sent_at=admitted.sent_at,
        properties=_properties_text(raw, context, properties, flags),
        facts=_facts(raw, context, flags) if kind == "identify" else {},
        link=link_of(kind, raw, user, anonymous),
        signal=admitted.signal,
        flags=tuple(flags),
        signature=signature_of(context) if user is not None else None,
    )


def _properties(raw: dict[str, Any], kind: str, flags: list[str]) -> dict[str, Any]:
    """A copy of the event's properties; a group's traits are its properties."""
    given = raw.get("traits" if kind == "group" else "properties")
    if type(given) is dict:
        return given.copy()
    if given is not None:
        flags.append("properties_not_an_object")
    return {}


def _page(raw: dict[str, Any], context: dict[str, Any], properties: dict[str, Any]) -> tuple[str | None, str | None]:
    """(the page's name, else its path; its category). Leaves no query string in the properties."""
    properties.pop("search", None)
    for field in ("url", "referrer"):
        if field in properties:
            properties[field] = without_query(properties[field])
    page = context.get("page")
    name = text_of(raw.get("name")) or text_of(properties.get("name")) or text_of(properties.get("path"))
    if name is None and type(page) is dict:
        name = text_of(page.get("path"))
    return name or text_of(path_of(properties.get("url"))), text_of(raw.get("category"))


def _properties_text(
    raw: dict[str, Any], context: dict[str, Any], properties: dict[str, Any], flags: list[str]
) -> bytes:
    kept = kept_context(context)
    if kept:
        properties["_context"] = kept
    if not _FIELDS.issuperset(raw):
        properties["_other"] = {field: value for field, value in raw.items() if field not in _FIELDS}
        flags.append("other_fields")
    text = orjson.dumps(properties)
    if needs_bounding(text):
        text, unbounded = orjson.dumps(bounded(properties)), text
        if text != unbounded:
            flags.append("overflow")
    return text


def _facts(raw: dict[str, Any], context: dict[str, Any], flags: list[str]) -> dict[str, Any]:
    """The traits, at the top or in the context (Rudder's browser client has them only there); the top wins."""
    facts: dict[str, Any] = {}
    for traits in (context.get("traits"), raw.get("traits")):
        if type(traits) is dict:
            facts |= traits
    if not facts:
        return facts
    text = orjson.dumps(facts)
    if not needs_bounding(text):
        return facts if b"null" not in text else dict(orjson.loads(text))  # a NaN became null on the way
    kept = bounded(facts)
    if kept != facts:
        flags.append("overflow")
    return dict(orjson.loads(orjson.dumps(kept)))
