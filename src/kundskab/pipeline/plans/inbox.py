"""What was seen, held against the plan: what is new, what has changed, what breaks it, and what could be agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kundskab.events import TrackingPlan
from kundskab.events.plan import PlannedEvent
from kundskab.pipeline.plans.seen import SeenAction

ENOUGH = 20  # events before a property that all of them carry is called required
STATES = ("violating", "changed", "new", "planned", "ignored")  # in the order of the inbox


@dataclass(frozen=True, slots=True)
class SeenProperty:
    """A property as it was sent. types: type -> events.  share: of the action's events, 0-1.  planned: what the plan
    says its type is, None where it is not in the plan."""

    name: str
    types: dict[str, int]
    share: float
    planned: str | None

    @property
    def type(self) -> str:
        """One type that holds for all of them."""
        return _common(self.types)


@dataclass(frozen=True, slots=True)
class Finding:
    """One action of one source in the inbox."""

    source: str
    action: str
    state: str  # one of STATES
    events: int  # stored, since the beginning
    first_seen: datetime | None
    last_seen: datetime | None
    properties: tuple[SeenProperty, ...]  # the commonest first
    changes: tuple[str, ...]  # how it differs from the plan, each a sentence
    breaks: dict[str, int]  # what the plan said of those in quarantine -> how many
    is_strict: bool = False  # the plan refuses what it does not list

    @property
    def quarantined(self) -> int:
        return sum(self.breaks.values())


def findings(
    seen: list[SeenAction],
    plans: Mapping[str, TrackingPlan | None],
    ignored: Mapping[str, frozenset[str]],
    breaks: Mapping[tuple[str, str], dict[str, int]],
) -> list[Finding]:
    """One finding per source and action, what wants a decision first.

    plans: source -> its plan.  ignored: source -> actions.  breaks: (source, action) -> sentence -> events.
    """
    known = {(each.source, each.action): each for each in seen}
    found = [
        _finding(source, action, known.get((source, action)), plans.get(source), ignored, breaks)
        for source, action in {*known, *breaks}
    ]
    return sorted(found, key=lambda each: (STATES.index(each.state), -each.events - each.quarantined, each.action))


def suggested(finding: Finding, *, strict: bool) -> dict[str, object]:
    """What the plan could say of this action: types as they were sent; strict also says what must be there.

    Strict: properties that every one of at least ENOUGH events carried are required, and others are refused.
    """
    properties: dict[str, object] = {}
    for each in finding.properties:
        required = strict and each.share >= 1 and finding.events >= ENOUGH
        properties[each.name] = {"type": each.type, "required": True} if required else each.type
    event: dict[str, object] = {"properties": properties} if properties else {}
    return {"unlisted": "refuse", **event} if strict else event


def _finding(
    source: str,
    action: str,
    seen: SeenAction | None,
    plan: TrackingPlan | None,
    ignored: Mapping[str, frozenset[str]],
    breaks: Mapping[tuple[str, str], dict[str, int]],
) -> Finding:
    planned = plan.events.get(action) if plan else None
    properties = _properties(seen, planned)
    changes = _changes(properties, planned) if planned else ()
    broken = breaks.get((source, action), {})
    return Finding(
        source=source,
        action=action,
        state=_state(action in ignored.get(source, ()), planned, changes, broken),
        events=seen.events if seen else 0,
        first_seen=seen.first_seen if seen else None,
        last_seen=seen.last_seen if seen else None,
        properties=properties,
        changes=changes,
        breaks=broken,
        is_strict=plan is not None and planned is not None and (planned.unlisted or plan.unlisted) == "refuse",
    )


def _state(ignored: bool, planned: PlannedEvent | None, changes: tuple[str, ...], broken: Mapping[str, int]) -> str:
    if broken:  # events are kept aside: that is never to be overlooked
        return "violating"
    if ignored:
        return "ignored"
    if planned is None:
        return "new"
    return "changed" if changes else "planned"


def _properties(seen: SeenAction | None, planned: PlannedEvent | None) -> tuple[SeenProperty, ...]:
    if seen is None:
        return ()
    listed = planned.properties if planned else {}
    found = [
        SeenProperty(
            name, types, min(1.0, sum(types.values()) / seen.events), listed[name].type if name in listed else None
        )
        for name, types in seen.properties.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.share, each.name)))


def _changes(properties: tuple[SeenProperty, ...], planned: PlannedEvent) -> tuple[str, ...]:
    found = []
    for each in properties:
        if each.name not in planned.properties:
            found.append(f"{each.name} is sent and not in the plan.")
        elif each.planned is not None and not _fits(each.planned, each.type):
            found.append(f"{each.name} is sent as {each.type}; the plan says {each.planned}.")
    return tuple(found)


def _fits(planned: str, sent: str) -> bool:
    # A time is sent as a text or a number; whether it can be read was seen when it came in.
    return planned in ("any", sent) or (planned, sent) in {("number", "integer")} or planned == "time"


def _common(types: Mapping[str, int]) -> str:
    if set(types) == {"integer", "number"}:
        return "number"
    return next(iter(types)) if len(types) == 1 else "any"
