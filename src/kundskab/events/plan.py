"""Tracking plan: which events and properties are agreed on, and what becomes of all others. Written in YAML:

settings:
  unlisted: strip          # of properties: keep (default), strip, refuse
  unknown_events: keep     # keep (default), quarantine
events:
  Order Completed:
    purpose: analytics
    unlisted: refuse       # of this event's properties, where it should differ
    properties:
      order_id: {type: string, required: true}
      email: {type: string, class: personal, purpose: marketing}
      coupon: string       # the short way, when only the type matters
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from kundskab.events.clock import read_time
from kundskab.types import KundskabError

_LARGEST = 1 << 20  # signs of YAML
_UNLISTED = ("keep", "strip", "refuse")
_UNKNOWN = ("keep", "quarantine")
_CLASSES = ("plain", "personal", "sensitive")


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


PROPERTY_TYPES: dict[str, Callable[[Any], bool]] = {
    "any": lambda value: True,
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: _is_number(value) and value == int(value),
    "number": _is_number,
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
    "time": lambda value: read_time(value) is not None,
}


class PlanError(KundskabError):
    """The YAML of a tracking plan is wrong; the sentence names the line and the field."""


@dataclass(frozen=True, slots=True)
class PlannedProperty:
    type: str = "any"
    required: bool = False
    purpose: str | None = None  # None: the purpose of its event
    data_class: str = "plain"  # plain, personal, sensitive


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    purpose: str | None = None
    unlisted: str | None = None  # None: as the plan's settings say
    properties: dict[str, PlannedProperty] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrackingPlan:
    events: dict[str, PlannedEvent]
    unlisted: str = "keep"
    unknown_events: str = "keep"

    @classmethod
    def from_yaml(cls, text: str) -> TrackingPlan:
        """Raises PlanError with the line and the field that is wrong."""
        return _read_plan(text)

    def apply(self, action: str, properties: dict[str, Any]) -> dict[str, Any] | str:
        """The properties that may stay, or one sentence that tells how the event breaks the plan."""
        planned = self.events.get(action)
        if planned is None:
            if self.unknown_events == "quarantine":
                return f"“{action}” is not in the tracking plan; add it there or send one of its events."
            return properties
        for name, expected in planned.properties.items():
            value = properties.get(name)
            if value is None:
                if expected.required:
                    return f"“{action}” needs the property {name}; send it with the type {expected.type}."
            elif not PROPERTY_TYPES[expected.type](value):
                return f"The property {name} of “{action}” must have the type {expected.type}; {_found(value)} came."
        unlisted_may = planned.unlisted or self.unlisted
        if unlisted_may == "keep" or planned.properties.keys() >= properties.keys():
            return properties
        if unlisted_may == "strip":
            return {name: value for name, value in properties.items() if name in planned.properties}
        unlisted = ", ".join(sorted(properties.keys() - planned.properties.keys())[:5])[:200]
        return f"The tracking plan does not list {unlisted} for “{action}”; add it there or stop sending it."


def _found(value: Any) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "an array", dict: "an object"}
    return kinds.get(type(value), "something else")


# Reading YAML by nodes rather than values keeps the line of every field, and never builds more than text.


def _read_plan(text: str) -> TrackingPlan:
    if len(text) > _LARGEST:
        raise PlanError("The tracking plan is over 1 MB; split it by source.")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark is not None else ""
        raise PlanError(f"The tracking plan is not YAML{where}; check indents, colons and quotes.") from None
    if root is None:
        return TrackingPlan({})
    parts = _fields(root, "the plan", ("settings", "events"))
    settings = _fields(parts["settings"], "settings", ("unlisted", "unknown_events")) if "settings" in parts else {}
    events = _fields(parts["events"], "events") if "events" in parts else {}
    return TrackingPlan(
        events={name: _read_event(node, name) for name, node in events.items()},
        unlisted=_choice(settings, "unlisted", _UNLISTED, "settings"),
        unknown_events=_choice(settings, "unknown_events", _UNKNOWN, "settings"),
    )


def _read_event(node: yaml.Node, name: str) -> PlannedEvent:
    if _is_empty(node):
        return PlannedEvent()
    fields = _fields(node, name, ("purpose", "unlisted", "properties", "description"))
    listed = fields.get("properties")
    properties = _fields(listed, f"{name}.properties") if listed is not None and not _is_empty(listed) else {}
    return PlannedEvent(
        purpose=_text(fields["purpose"], f"{name}.purpose") if "purpose" in fields else None,
        unlisted=_choice(fields, "unlisted", _UNLISTED, name) if "unlisted" in fields else None,
        properties={prop: _read_property(inner, f"{name}.{prop}") for prop, inner in properties.items()},
    )


def _read_property(node: yaml.Node, where: str) -> PlannedProperty:
    if _is_empty(node):
        return PlannedProperty()
    if isinstance(node, yaml.ScalarNode):
        return PlannedProperty(type=_choice({"type": node}, "type", tuple(PROPERTY_TYPES), where))
    fields = _fields(node, where, ("type", "required", "purpose", "class", "description"))
    return PlannedProperty(
        type=_choice(fields, "type", tuple(PROPERTY_TYPES), where),
        required=_choice(fields, "required", ("false", "true"), where) == "true",
        purpose=_text(fields["purpose"], f"{where}.purpose") if "purpose" in fields else None,
        data_class=_choice(fields, "class", _CLASSES, where),
    )


def _fields(node: yaml.Node, where: str, known: tuple[str, ...] = ()) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise PlanError(f"{_at(node)}: {where} must hold names and values, one “name: value” a line.")
    fields: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = _text(key, where)
        if known and name not in known:
            raise PlanError(f"{_at(key)}: {where} knows no “{name}”; it may hold {', '.join(known)}.")
        if name in fields:
            raise PlanError(f"{_at(key)}: “{name}” stands twice in {where}; remove one.")
        fields[name] = value
    return fields


def _choice(fields: dict[str, yaml.Node], name: str, choices: tuple[str, ...], where: str) -> str:
    """The chosen word, or the first choice when the field is missing."""
    if name not in fields:
        return choices[0]
    said = _text(fields[name], f"{where}.{name}").lower()
    if said not in choices:
        raise PlanError(f"{_at(fields[name])}: {where}.{name} is “{said}”; it must be one of {', '.join(choices)}.")
    return said


def _text(node: yaml.Node, where: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise PlanError(f"{_at(node)}: {where} must be a plain word or text.")
    return str(node.value).strip()


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value in ("", "~", "null")


def _at(node: yaml.Node) -> str:
    return f"Tracking plan, line {node.start_mark.line + 1}"
