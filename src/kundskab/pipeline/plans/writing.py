"""Putting an event into the YAML of a plan where a person would, leaving her comments and order alone."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from kundskab.events import TrackingPlan


def with_event(text: str, action: str, event: Mapping[str, object]) -> str:
    """The plan's text with this event added, or put in the place of what stood there.

    Raises PlanError when the text was no plan before.
    """
    TrackingPlan.from_yaml(text)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    events = _value(root, "events")
    if not isinstance(events, yaml.MappingNode) or events.flow_style or not events.value:
        written = _rewritten(text, action, event)
    else:
        written = _inserted(text.splitlines(), events, action, event)
    TrackingPlan.from_yaml(written)
    return written


def _inserted(lines: list[str], events: yaml.MappingNode, action: str, event: Mapping[str, object]) -> str:
    indent = events.value[0][0].start_mark.column
    block = [" " * indent + line for line in _dump({action: event}).splitlines()]
    places = {key.value: (key.start_mark.line, _end(lines, key, value)) for key, value in events.value}
    last = max(end for _, end in places.values())
    start, end = places.get(action, (last, last))
    return "\n".join([*lines[:start], *block, *lines[end:]]) + "\n"


def _end(lines: list[str], key: yaml.Node, value: yaml.Node) -> int:
    """The line after an event. A block ends where the next thing begins, so comments before that are not its own."""
    end = value.end_mark.line if value.end_mark.column <= key.start_mark.column else value.end_mark.line + 1
    end = max(min(end, len(lines)), key.start_mark.line + 1)
    while end > key.start_mark.line + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _rewritten(text: str, action: str, event: Mapping[str, object]) -> str:
    """For a plan without events in blocks: written anew from its values, or with a first event at its end."""
    plan = yaml.safe_load(text) or {}
    if not plan.get("events") and "events" not in plan:
        return (text.rstrip() + "\n" if text.strip() else "") + _dump({"events": {action: dict(event)}})
    return _dump({**plan, "events": {**(plan.get("events") or {}), action: dict(event)}})


def _dump(values: Mapping[str, object]) -> str:
    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)


def _value(root: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(root, yaml.MappingNode):
        return None
    return next((value for key, value in root.value if key.value == name), None)
