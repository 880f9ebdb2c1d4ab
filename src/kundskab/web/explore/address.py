"""Reading addresses: typed, shared, cut off. What cannot be read gives way to what is usual."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from kundskab.metrics.acts import Act

_LONGEST = 400  # signs of a name
_MOST_VALUES = 50


def one_of(said: str | None, choices: Collection[str]) -> str | None:
    return said if said in choices else None


def day(said: str | None) -> date | None:
    try:
        found = date.fromisoformat(said or "")
    except ValueError:
        return None
    # Further than a lifetime away nothing happened, and calendars end at year 9999.
    return found if 1900 < found.year < 2200 else None


def whole(said: str | None, *, usual: int, most: int, least: int = 1) -> int:
    """A whole number from least to most, or the usual one."""
    if said and said.isascii() and said.isdecimal() and len(said) < 7 and least <= int(said) <= most:
        return int(said)
    return usual


Where = tuple[tuple[str, tuple[str, ...]], ...]


def act(said: str | None, where: Where = ()) -> Act:
    """An action by its name; none said: anything.  where: what else must be true of the event."""
    return Act(said[:_LONGEST] if said else None, where)


def acts(asked: QueryDict, name: str, most: int, where: Where = ()) -> tuple[Act, ...]:
    """Actions in their order, gaps left out."""
    return tuple(act(said, where) for said in asked.getlist(name) if said)[:most]


def where(asked: QueryDict) -> Where:
    """The condition "only where channel is web, app": `where` a dimension, `is` its values, with commas or said again.

    Nothing where either is not said; whether there is such a dimension is for the metric to say.
    """
    said = asked.getlist("is")
    values = said if len(said) > 1 else (said[0] if said else "").split(",")
    kept = tuple(dict.fromkeys(value.strip()[:_LONGEST] for value in values if value.strip()))[:_MOST_VALUES]
    name = (asked.get("where") or "")[:_LONGEST]
    return ((name, kept),) if name and kept else ()


def condition(act: Act) -> dict[str, Any]:
    """The condition of an act as an address says it."""
    return next(({"where": name, "is": list(values)} for name, values in act.where), {})


def written(said: Mapping[str, Any]) -> str:
    """The query part that says this; what is None is left out, a list says its name several times."""
    return urlencode({name: value for name, value in said.items() if value is not None}, doseq=True)
