"""Reading addresses: typed, shared, cut off. What cannot be read gives way to what is usual."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from kundskab.metrics.acts import Act

_LONGEST = 400  # signs of a name


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


def act(said: str | None) -> Act:
    """An action by its name; none said: anything."""
    return Act(said[:_LONGEST] if said else None)


def acts(asked: QueryDict, name: str, most: int) -> tuple[Act, ...]:
    """Actions in their order, gaps left out."""
    return tuple(act(said) for said in asked.getlist(name) if said)[:most]


def written(said: Mapping[str, Any]) -> str:
    """The query part that says this; what is None is left out, a list says its name several times."""
    return urlencode({name: value for name, value in said.items() if value is not None}, doseq=True)
