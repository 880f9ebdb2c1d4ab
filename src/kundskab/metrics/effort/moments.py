"""From events to steps: each event of a flow with its pass and its sign of effort. All in the engine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import ibis

from kundskab.metrics.dimensions import value_of
from kundskab.metrics.effort.signs import KINDS, PAUSE, SIGNS, WAITED_SINCE, WAITING

NAMELESS = "without a name"


def steps(events: ibis.Table, *, since: datetime | None = None, until: datetime | None = None) -> ibis.Table:
    """One row per event of a flow, many per pass: person, kind, flow, occasion, pass_id, at, detail, sign, points ...

    An event may be a step of two flows (an order ends a checkout and begins a delivery), and then has two rows.
    sign is null and points 0 for a step that was easy.  detail: the field of an error or the question asked.
    since, until: times from which and before which steps are read; a pass that was under way is cut there.
    """
    if since is not None:
        events = events.filter(events.occurred_at >= ibis.literal(since))
    if until is not None:
        events = events.filter(events.occurred_at < ibis.literal(until))
    return _with_signs(_with_passes(_of_flows(events)))


def _of_flows(events: ibis.Table) -> ibis.Table:
    """The events that are a step of a flow, each under its kind and name."""
    events = events.mutate(step=_spelled(events))
    return ibis.union(*(_under(events, kind_of) for kind_of in _layers()))


def _layers() -> list[dict[str, str]]:
    """action -> kind, as few such tables as it takes: an action of two kinds stands in two, so each is read once."""
    layers: list[dict[str, str]] = []
    for kind in KINDS:
        for action in kind.actions:
            free = next((layer for layer in layers if action not in layer), None)
            if free is None:
                layers.append(free := {})
            free[action] = kind.name
    return layers


def _under(events: ibis.Table, kind_of: dict[str, str]) -> ibis.Table:
    some = events.filter(events.step.isin(sorted(kind_of)))
    some = some.mutate(kind=some.step.substitute(kind_of))
    named = some.kind.isin([kind.name for kind in KINDS if kind.named])
    by_case = some.kind.isin([kind.name for kind in KINDS if kind.by_case])
    return some.select(
        person=some.person,
        kind=some.kind,
        flow=ibis.ifelse(named, ibis.coalesce(some.object, NAMELESS), some.kind),
        occasion=ibis.ifelse(by_case, some.occasion, ibis.null("string")),
        at=some.occurred_at,
        seq=some.ingested_seq,
        step=some.step,
        action=some.action,
        object=some.object,
        category=some.category,
        properties=some.properties,
    )


def _spelled(events: ibis.Table) -> Any:
    """Actions as the definition spells them: "Form_Error " -> form error."""
    return events.action.lower().replace("_", " ").strip()


def _with_passes(rows: ibis.Table) -> ibis.Table:
    """Number the passes of each person through each flow; a case is one pass, all else ends with a pause."""
    own = ibis.window(group_by=["person", "kind", "flow", "occasion"], order_by=["at", "seq"])
    rows = rows.mutate(
        before=rows.at.lag(1).over(own),
        step_before=rows.step.lag(1).over(own),
        object_before=rows.object.lag(1).over(own),
        object_two_before=rows.object.lag(2).over(own),
    )
    late = (rows.at.epoch_seconds() - rows.before.epoch_seconds()) > PAUSE.total_seconds()
    rows = rows.mutate(first=rows.before.isnull() | (rows.occasion.isnull() & late))
    running = ibis.cumulative_window(group_by=["person", "kind", "flow", "occasion"], order_by=["at", "seq"])
    rows = rows.mutate(
        pass_id=rows.first.cast("int64").sum().over(running),
        second=rows.first.lag(1).over(own),
    )
    proven = ibis.window(group_by=["person", "kind", "flow", "occasion", "pass_id"])
    rows = rows.mutate(proven=_proves(rows).any().over(proven))
    return rows.filter(rows.proven)


def _proves(rows: ibis.Table) -> Any:
    asking = [(rows.kind == kind.name, rows.step.isin(kind.proof)) for kind in KINDS if kind.proof]
    return ibis.cases(*asking, else_=True)


def _with_signs(rows: ibis.Table) -> ibis.Table:
    """Which sign of effort each step is, and its points."""
    known = value_of(rows, "property:known") == "true"
    told = [
        (
            (rows.kind == kind.name) & (rows.step == step),
            _told(rows, sign, known),
        )
        for kind in KINDS
        for step, sign in kind.tells.items()
    ]
    reopened = [
        ((rows.kind == kind.name) & rows.step.isin(kind.opens) & ~rows.first, ibis.literal(kind.reopened))
        for kind in KINDS
        if kind.reopened
    ]
    # From one to another and back again, within one pass.
    back = (rows.object == rows.object_two_before) & (rows.object != rows.object_before)
    back = (rows.kind == "browsing") & ~rows.first & ~rows.second.fill_null(True) & back
    rows = rows.mutate(
        sign=ibis.cases(*told, *reopened, (back, ibis.literal("back")), else_=ibis.null("string")),
        detail=ibis.ifelse(
            rows.kind == "form",
            ibis.coalesce(value_of(rows, "property:field"), value_of(rows, "property:question")),
            rows.category,
        ),
    )
    return rows.mutate(points=_points(rows)).drop(
        "properties", "before", "step_before", "object_before", "object_two_before", "first", "second", "proven", "seq"
    )


def _told(rows: ibis.Table, sign: str, known: Any) -> Any:
    if sign == "asked twice":
        return ibis.ifelse(known, ibis.literal(sign), ibis.null("string"))
    if sign in WAITING:
        return ibis.ifelse(rows.step_before.isin(WAITED_SINCE), ibis.literal(sign), ibis.null("string"))
    return ibis.literal(sign)


def _points(rows: ibis.Table) -> Any:
    waited_days = (rows.at.epoch_seconds() - rows.before.epoch_seconds()) / 86_400.0
    given = []
    for sign in SIGNS.values():
        amount: Any = ibis.least(waited_days * sign.weight, sign.at_most) if sign.name in WAITING else sign.weight
        given.append((rows.sign == sign.name, ibis.literal(0.0) + amount))
    return ibis.cases(*given, else_=0.0)


def passes(walked: ibis.Table) -> ibis.Table:
    """One row per pass: person, kind, flow, began, points, signs (how many)."""
    return walked.group_by("person", "kind", "flow", "occasion", "pass_id").agg(
        began=walked.at.min(), points=walked.points.sum(), signs=walked.sign.count()
    )


def kinds_seen(events: ibis.Table) -> set[str]:
    """The actions among those that flows are read from, as they are spelled in the definition."""
    action, every = _spelled(events), sorted(_every())
    found = events.mutate(step=action).filter(action.isin(every)).select("step").distinct().to_pyarrow()
    return set(found["step"].to_pylist())


def _every() -> Iterable[str]:
    return {action for kind in KINDS for action in kind.actions}
