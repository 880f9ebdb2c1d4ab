"""What a hand-written segment may ask of a person, in JSON; nothing else is understood, and nothing of it is run.

{"all": [...]}, {"any": [...]}, {"not": {...}}                          conditions together
{"did": "order completed", "where": {"category": ["boots"]}, "at_least": 2, "at_most": 9, "within_days": 90}
{"value_of": "order completed", "where": {...}, "at_least": 500, "currency": "SEK", "within_days": 365}
{"fact": "city", "is": ["Umeå", "Kiruna"]} or {"fact": "city", "known": true}
{"first_seen": {"at_most_days_ago": 30}}, {"last_seen": {"at_least_days_ago": 90}}

An action of null is any action. `at_least` is 1 where a count is asked for and neither end is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from kundskab.metrics.acts import Act, act
from kundskab.metrics.dimensions import COLUMNS, PROPERTY
from kundskab.metrics.dimensions import in_words as dimension_in_words
from kundskab.types import KundskabError

MOST_CONDITIONS = 50
MOST_DEFINITIONS = 200
DEEPEST = 8
LONGEST_DAYS = 36_600
_LONGEST_TEXT = 200
_MOST_VALUES = 1_000


@dataclass(frozen=True, slots=True)
class Did:
    """How often somebody did something. at_most None: no upper end.  within_days None: ever."""

    act: Act
    at_least: int = 1
    at_most: int | None = None
    within_days: int | None = None


@dataclass(frozen=True, slots=True)
class Bought:
    """The value of what somebody did, added up, in one currency (None: the workspace's). Refunds count against it."""

    act: Act
    at_least: float | None = None
    at_most: float | None = None
    within_days: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The newest fact of this name is one of these values; no values: it is known at all."""

    fact: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """How many days ago somebody was first or last seen. end: "first" or "last"."""

    end: str
    at_least_days_ago: int | None = None
    at_most_days_ago: int | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Leaf = Did | Bought | Told | Seen
Condition = Leaf | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Definition:
    """A hand-written segment. id: stable, made once.  name: as people call it."""

    id: str
    name: str
    when: Condition


def definitions(said: Any) -> tuple[Definition, ...]:
    """A JSON list of definitions.  Raises KundskabError naming the one at fault."""
    if not isinstance(said, list) or len(said) > MOST_DEFINITIONS:
        raise KundskabError(
            f"Hand-written segments are a list of at most {MOST_DEFINITIONS}, each with id, name, when."
        )
    found = tuple(definition(one) for one in said)
    twice = {one.id for one in found if sum(other.id == one.id for other in found) > 1}
    if twice:
        raise KundskabError(f"Two hand-written segments have the id {sorted(twice)[0]!r}; give each its own.")
    return found


def definition(said: Any) -> Definition:
    """{"id", "name", "when"} as a definition.  Raises KundskabError: one sentence with what helps."""
    if not isinstance(said, Mapping) or set(said) != {"id", "name", "when"}:
        raise KundskabError("A hand-written segment is written as {'id': ..., 'name': ..., 'when': a condition}.")
    name = _text(said["name"], "name")
    try:
        return Definition(_text(said["id"], "id"), name, condition(said["when"]))
    except KundskabError as error:
        raise KundskabError(f"Segment {name!r}: {error}") from error


def condition(said: Any) -> Condition:
    """JSON as a condition.  Raises KundskabError: one sentence with what helps."""
    found = _condition(said, 0)
    if sum(1 for _ in leaves(found)) > MOST_CONDITIONS:
        raise KundskabError(f"A segment may ask at most {MOST_CONDITIONS} things.")
    return found


def leaves(when: Condition) -> Iterator[Leaf]:
    """The conditions that ask something of a person, left to right; the same one twice when written twice."""
    if isinstance(when, AllOf | AnyOf):
        for part in when.parts:
            yield from leaves(part)
    elif isinstance(when, Not):
        yield from leaves(when.part)
    else:
        yield when


def said(when: Condition) -> dict[str, Any]:
    """The condition in JSON again: condition(said(c)) == c."""
    match when:
        case AllOf(parts):
            return {"all": [said(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [said(part) for part in parts]}
        case Not(part):
            return {"not": said(part)}
        case Told(fact, values):
            return {"fact": fact, "is": list(values)} if values else {"fact": fact, "known": True}
        case Seen():
            ends = {"at_least_days_ago": when.at_least_days_ago, "at_most_days_ago": when.at_most_days_ago}
            return {f"{when.end}_seen": _without_none(ends)}
        case Did():
            return _without_none({"did": when.act.action} | _where(when.act) | _bounds(when), keep=("did",))
        case Bought():
            bounds = _bounds(when) | {"currency": when.currency}
            return _without_none({"value_of": when.act.action} | _where(when.act) | bounds, keep=("value_of",))


def in_words(when: Condition) -> str:
    """The condition as a page says it."""
    match when:
        case AllOf(parts):
            return " and ".join(_bracketed(part, AnyOf) for part in parts)
        case AnyOf(parts):
            return " or ".join(_bracketed(part, AllOf) for part in parts)
        case Not(part):
            return f"not ({in_words(part)})" if isinstance(part, AllOf | AnyOf) else f"not {in_words(part)}"
        case Did():
            often = _range(
                when.at_least, when.at_most, "{:,} or more times", "at most {:,} times", "{:,} to {:,} times"
            )
            return f"{act_in_words(when.act)} {often}{_within(when.within_days)}"
        case Bought():
            worth = _range(when.at_least, when.at_most, "{:,} or more", "at most {:,}", "{:,} to {:,}")
            unit = f" {when.currency}" if when.currency else ""
            return f"value of {act_in_words(when.act)} {worth}{unit}{_within(when.within_days)}"
        case Told(fact, values):
            return f"{fact} is {' or '.join(values)}" if values else f"{fact} is known"
        case Seen():
            days = _range(when.at_least_days_ago, when.at_most_days_ago, "{:,} or more", "at most {:,}", "{:,} to {:,}")
            return f"{when.end} seen {days} days ago"


def act_in_words(what: Act) -> str:
    conditions = ", ".join(f"{dimension_in_words(name)} {' or '.join(values)}" for name, values in what.where)
    return (what.action or "anything") + (f" ({conditions})" if conditions else "")


def _condition(said: Any, depth: int) -> Condition:
    if not isinstance(said, Mapping):
        raise KundskabError(f"A condition is written in braces with one of {', '.join(_KINDS)}, not {_short(said)}.")
    heads = [kind for kind in _KINDS if kind in said]
    if len(heads) != 1:
        raise KundskabError(f"A condition has exactly one of {', '.join(_KINDS)}; this one has {_short(list(said))}.")
    if depth >= DEEPEST:
        raise KundskabError(f"Conditions lie more than {DEEPEST} deep in each other; say it more simply.")
    known, read = _KINDS[heads[0]]
    strange = sorted(str(key) for key in said if key != heads[0] and key not in known)
    if strange:
        takes = f"takes {', '.join(known)}" if known else "takes nothing else"
        raise KundskabError(f"{heads[0]!r} {takes}, not {_short(strange[0])}.")
    return read(said, depth)


def _several(kind: str, made: type[AllOf] | type[AnyOf]) -> Callable[[Mapping[str, Any], int], Condition]:
    def read(said: Mapping[str, Any], depth: int) -> Condition:
        parts = said[kind]
        if not isinstance(parts, Sequence) or isinstance(parts, str) or not 0 < len(parts) <= MOST_CONDITIONS:
            raise KundskabError(f"{kind!r} wants a list of one to {MOST_CONDITIONS} conditions.")
        return made(tuple(_condition(part, depth + 1) for part in parts))

    return read


def _not(said: Mapping[str, Any], depth: int) -> Condition:
    return Not(_condition(said["not"], depth + 1))


def _did(said: Mapping[str, Any], depth: int) -> Condition:
    low, high = (_whole(said, key, most=1_000_000_000) for key in ("at_least", "at_most"))
    if low is None:
        low = 0 if high is not None else 1
    _in_order(low, high)
    return Did(_act(said, "did"), low, high, _whole(said, "within_days", least=1, most=LONGEST_DAYS))


def _bought(said: Mapping[str, Any], depth: int) -> Condition:
    low, high = (_number(said, key) for key in ("at_least", "at_most"))
    if low is None and high is None:
        raise KundskabError("'value_of' wants 'at_least', 'at_most' or both.")
    _in_order(low, high)
    currency = None if said.get("currency") is None else _text(said["currency"], "currency")
    within = _whole(said, "within_days", least=1, most=LONGEST_DAYS)
    return Bought(_act(said, "value_of"), low, high, within, currency)


def _told(said: Mapping[str, Any], depth: int) -> Condition:
    name = _text(said["fact"], "fact")
    if ("is" in said) == ("known" in said) or said.get("known", True) is not True:
        raise KundskabError(f"Say of the fact {name!r} either 'is' with a value or a list of values, or 'known': true.")
    return Told(name, tuple(dict.fromkeys(_values(name, said["is"]))) if "is" in said else ())


def _seen(end: str) -> Callable[[Mapping[str, Any], int], Condition]:
    def read(said: Mapping[str, Any], depth: int) -> Condition:
        ends, keys = said[f"{end}_seen"], ("at_least_days_ago", "at_most_days_ago")
        if not isinstance(ends, Mapping) or not ends or not set(ends) <= set(keys):
            raise KundskabError(f"'{end}_seen' wants {{'{keys[0]}': days}}, {{'{keys[1]}': days}} or both.")
        low, high = (_whole(ends, key, most=LONGEST_DAYS) for key in keys)
        if low is None and high is None:
            raise KundskabError(f"'{end}_seen' wants {{'{keys[0]}': days}}, {{'{keys[1]}': days}} or both.")
        _in_order(low, high)
        return Seen(end, low, high)

    return read


_COUNTED = ("where", "at_least", "at_most", "within_days")
_KINDS: dict[str, tuple[tuple[str, ...], Callable[[Mapping[str, Any], int], Condition]]] = {
    "all": ((), _several("all", AllOf)),
    "any": ((), _several("any", AnyOf)),
    "not": ((), _not),
    "did": (_COUNTED, _did),
    "value_of": ((*_COUNTED, "currency"), _bought),
    "fact": (("is", "known"), _told),
    "first_seen": ((), _seen("first")),
    "last_seen": ((), _seen("last")),
}


def _act(said: Mapping[str, Any], key: str) -> Act:
    name = None if said[key] is None else _text(said[key], key)
    where = said.get("where") or {}
    if not isinstance(where, Mapping):
        raise KundskabError("'where' wants dimensions with their values, as in {'category': ['boots']}.")
    for dimension, values in where.items():
        if dimension not in COLUMNS and not (isinstance(dimension, str) and dimension.startswith(PROPERTY)):
            choices = ", ".join(COLUMNS)
            raise KundskabError(
                f"{_short(dimension)} is nothing to ask of events; choose {choices} or 'property:name'."
            )
        _values(dimension, values)
    return act({"action": name, "where": dict(where)})


def _values(name: str, said: Any) -> list[str]:
    several = said if isinstance(said, list | tuple) else [said]
    whole = 0 < len(several) <= _MOST_VALUES and all(isinstance(value, str | int | float | bool) for value in several)
    if not whole:
        raise KundskabError(f"{name!r} wants a value or a list of at most {_MOST_VALUES:,} values, not {_short(said)}.")
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in several]


def _text(said: Any, key: str) -> str:
    if not isinstance(said, str) or not said.strip() or len(said) > _LONGEST_TEXT:
        raise KundskabError(f"{key!r} wants a text of at most {_LONGEST_TEXT} signs, not {_short(said)}.")
    return said


def _whole(said: Mapping[str, Any], key: str, *, least: int = 0, most: int) -> int | None:
    value = said.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise KundskabError(f"{key!r} wants a whole number from {least} to {most:,}, not {_short(value)}.")
    return value


def _number(said: Mapping[str, Any], key: str) -> float | None:
    value = said.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or abs(value) > 1e15:
        raise KundskabError(f"{key!r} wants a number, not {_short(value)}.")
    return float(value)


def _in_order(low: float | None, high: float | None) -> None:
    if low is not None and high is not None and low > high:
        raise KundskabError(f"At least {low:,} and at most {high:,} holds of nobody; change one of them.")


def _short(said: Any) -> str:
    return repr(said)[:60]


def _without_none(said: dict[str, Any], keep: tuple[str, ...] = ()) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value is not None or key in keep}


def _where(what: Act) -> dict[str, Any]:
    return {"where": {name: list(values) for name, values in what.where}} if what.where else {}


def _bounds(when: Did | Bought) -> dict[str, Any]:
    return {"at_least": when.at_least, "at_most": when.at_most, "within_days": when.within_days}


def _range(low: float | None, high: float | None, at_least: str, at_most: str, between: str) -> str:
    low, high = (None if end is None else int(end) if float(end).is_integer() else end for end in (low, high))
    if high is None:
        return at_least.format(low)
    return at_most.format(high) if not low else between.format(low, high)


def _within(days: int | None) -> str:
    return "" if days is None else f" within {days:,} days"


def _bracketed(part: Condition, other: type[AllOf] | type[AnyOf]) -> str:
    return f"({in_words(part)})" if isinstance(part, other) else in_words(part)
