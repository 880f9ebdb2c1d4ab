"""An act: what somebody did, by the name of the action and what else must be true of the event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from kundskab.metrics.dimensions import in_words, value_of
from kundskab.types import KundskabError

_KEYS = {"action", "where"}


@dataclass(frozen=True, slots=True)
class Act:
    """action None: any.  where: (dimension, the values of which the event must have one), all of them at once."""

    action: str | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __str__(self) -> str:
        conditions = ", ".join(f"{in_words(name)} {' or '.join(values)}" for name, values in self.where)
        return (self.action or "anything") + (f" ({conditions})" if conditions else "")


ANYTHING = Act()
Said = Act | str | Mapping[str, Any] | None


def act(said: Said) -> Act:
    """An act as it is said: an action's name, None for any, or {"action": ..., "where": {dimension: value or values}}.

    Raises KundskabError for anything else.
    """
    if isinstance(said, Act):
        return said
    if said is None or isinstance(said, str):
        return Act(said or None)
    if not isinstance(said, Mapping) or not said.keys() <= _KEYS or not isinstance(said.get("where") or {}, Mapping):
        raise KundskabError(f"{said!r} is no act; say an action, or a mapping with 'action' and 'where'.")
    action = said.get("action")
    if action is not None and not isinstance(action, str):
        raise KundskabError(f"{action!r} is no action; say its name as a text.")
    where = sorted((said.get("where") or {}).items())
    return Act(action or None, tuple((str(name), _values(name, value)) for name, value in where))


def does(events: ibis.Table, what: Act) -> Any:
    """Ibis: whether an event is this act; never null.

    Raises KundskabError for a dimension that there is not.
    """
    found: Any = ibis.literal(True)
    if what.action is not None:
        found = events.action == what.action
    for name, values in what.where:
        found = found & value_of(events, name).isin(values)
    return ibis.coalesce(found, False)


def _values(name: str, said: Any) -> tuple[str, ...]:
    several = said if isinstance(said, Sequence) and not isinstance(said, str) else [said]
    if not several or not all(isinstance(value, str | int | float | bool) for value in several):
        raise KundskabError(f"{name!r} wants a value or a list of values, not {said!r}.")
    # Properties are compared as the texts that JSON writes: true, not True.
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in several)
