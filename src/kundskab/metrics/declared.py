"""Metrics that a company declares for itself. Written in YAML:

repeat_rate:
  is: rate                   # rate, mean, sum, count, ratio or median
  of: Order Completed        # an action, or {action: ..., where: {dimension: value}}
  at_least: 2                # of a rate: how often; 1 when not said
  per: Order Completed       # of a rate: among whom (anybody seen); of a ratio: what is below the line
  days: 365                  # read over so many days up to the newest event; 90 when not said
order_value:
  is: mean
  of: Order Completed
  amount: value              # value or quantity; of a ratio also count
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from kundskab.metrics.acts import ANYTHING, Act, act
from kundskab.types import KundskabError

KINDS = ("rate", "mean", "sum", "count", "ratio", "median")
AMOUNTS = ("count", "value", "quantity")
USUAL_DAYS = 90

_KEYS = {"is", "of", "at_least", "per", "amount", "days", "currency"}
_LARGEST = 1 << 18  # signs of YAML
_MOST = 500  # metrics
_LONGEST = 3660  # days


@dataclass(frozen=True, slots=True)
class Declared:
    """A metric.

    rate: of the persons who did `per`, those who did `of` at least `at_least` times.  count: events.  sum: amounts.
    mean: the amount of one event.  median: of each person's amounts added up.
    ratio: amounts of `of` over events of `per`.
    currency of value; None: the workspace's own.
    """

    name: str
    kind: str
    of: Act
    per: Act = ANYTHING
    amount: str = "count"
    at_least: int = 1
    days: int = USUAL_DAYS
    currency: str | None = None


def declared(text: str) -> dict[str, Declared]:
    """Name -> metric, in the order of the page.  Raises KundskabError naming the metric at fault and what helps."""
    if len(text) > _LARGEST:
        raise KundskabError(f"The page of metrics is longer than {_LARGEST} signs.")
    try:
        page = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise KundskabError(f"The page of metrics is no YAML{f' at line {mark.line + 1}' if mark else ''}.") from None
    if page is None:
        return {}
    if not isinstance(page, Mapping) or len(page) > _MOST:
        raise KundskabError(f"The page of metrics holds names with what each is below it, {_MOST} at most.")
    return {str(name): _metric(str(name), said) for name, said in page.items()}


def _metric(name: str, said: Any) -> Declared:
    if not isinstance(said, Mapping) or not said.keys() <= _KEYS or "is" not in said or "of" not in said:
        raise KundskabError(f"{name!r} needs 'is' and 'of', and may have {', '.join(sorted(_KEYS - {'is', 'of'}))}.")
    kind = said["is"]
    if kind not in KINDS:
        raise KundskabError(f"{name!r} is {kind!r}; a metric is one of {', '.join(KINDS)}.")
    if kind == "ratio" and "per" not in said:
        raise KundskabError(f"{name!r} is a ratio and needs 'per': what is below the line.")
    currency = said.get("currency")
    if currency is not None and not isinstance(currency, str):
        raise KundskabError(f"The currency of {name!r} is {currency!r}; write it like EUR.")
    return Declared(
        name,
        kind,
        act(said["of"]),
        act(said.get("per")),
        _amount(name, kind, said),
        _whole(name, "at_least", said, 1, 1_000_000),
        _whole(name, "days", said, USUAL_DAYS, _LONGEST),
        currency,
    )


def _amount(name: str, kind: str, said: Mapping[str, Any]) -> str:
    if kind in ("rate", "count"):
        if "amount" in said:
            raise KundskabError(f"{name!r} is a {kind}, which has no amount; leave it out.")
        return "count"
    amount = said.get("amount", "count" if kind == "ratio" else "value")
    if amount not in AMOUNTS or (kind == "mean" and amount == "count"):
        raise KundskabError(f"The amount of {name!r} is {amount!r}; choose value or quantity.")
    return str(amount)


def _whole(name: str, key: str, said: Mapping[str, Any], usual: int, most: int) -> int:
    value = said.get(key, usual)
    if type(value) is not int or not 1 <= value <= most:
        raise KundskabError(f"{key!r} of {name!r} is a whole number from 1 to {most:,}, not {value!r}.")
    return value
