"""Sources: what they are declared for, and what is done about their events."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import inf

from kundskab.consent.collection import Declaration
from kundskab.events import TrackingPlan
from kundskab.types import KundskabError
from kundskab.vault import BASES, Purpose, Source

# What a new live source collects for when nobody says otherwise: the contract stands, the rest asks the person.
DEFAULT_LIVE = ("necessary", "analytics", "personalisation", "marketing")


def declaration_of(source: Source | None, purposes: Mapping[str, Purpose]) -> Declaration:
    """What this source's events may be kept for; a source that is gone may keep nothing."""
    if source is None:
        return Declaration({})
    known = [name for name in source.purposes if name in purposes]
    return Declaration(
        purposes={name: source.basis.get(name, purposes[name].basis) for name in known},
        no_signal=source.no_signal,
        on_refusal=source.on_refusal,
        categories=source.categories,
    )


def plan_of(source: Source) -> TrackingPlan | None:
    """The source's tracking plan, when it has one."""
    text = source.settings.get("plan")
    return _plan(text) if text else None


@lru_cache(maxsize=64)
def _plan(text: str) -> TrackingPlan:
    return TrackingPlan.from_yaml(text)


def settings_for(
    purposes: list[str] | tuple[str, ...],
    basis: Mapping[str, str] | str | None,
    known: Mapping[str, Purpose],
    *,
    on_refusal: str = "strip",
    no_signal: str = "no_grant",
    plan: str | None = None,
    categories: Mapping[str, str] | None = None,
    events_per_second: float | None = None,
) -> dict[str, object]:
    """A source's settings from what a person said; `basis` may be one word for all or a word per purpose.

    Raises KundskabError for an unknown purpose or basis, a speed that lets nothing in, and a plan that cannot be read.
    """
    unknown = [name for name in (*purposes, *(categories or {}).values()) if name not in known]
    if unknown:
        raise KundskabError(f"There is no purpose {unknown[0]!r} here; this workspace knows {', '.join(known)}.")
    if plan:
        TrackingPlan.from_yaml(plan)
    if events_per_second is not None and not 0 < events_per_second < inf:
        raise KundskabError(f"{events_per_second:g} events a second would let nothing in; give more than 0.")
    by_purpose = dict.fromkeys(purposes, basis) if isinstance(basis, str) else dict(basis or {})
    for word in by_purpose.values():
        if word not in BASES:
            raise KundskabError(f"{word!r} is no lawful basis; choose one of {', '.join(BASES)}.")
    return {
        "purposes": list(purposes),
        "basis": {name: by_purpose.get(name, known[name].basis) for name in purposes},
        "on_refusal": on_refusal,
        "no_signal": no_signal,
        **({"plan": plan} if plan else {}),
        **({"categories": dict(categories)} if categories is not None else {}),
        **({"events_per_second": events_per_second} if events_per_second is not None else {}),
    }
