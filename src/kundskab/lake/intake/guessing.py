"""A first mapping for a file nobody has described yet: names propose, the data dispose, every choice has a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kundskab.lake.intake.expressions import compile_expression, missing_number
from kundskab.lake.intake.foreign import Column, Staged
from kundskab.lake.intake.mapping import has_decimal_comma
from kundskab.lake.intake.times import read_time

SAMPLE_ROWS = 5_000
ENOUGH = 0.8  # the share of filled cells that must read as the numbers that the name promises
ENOUGH_TIMES = 0.5  # a column called timestamp is one, even when many of its cells are broken; those go to quarantine


@dataclass(slots=True)
class Guess:
    """mapping: key -> column or expression.  reasons: key -> one sentence.  missing: a sentence per key not found."""

    mapping: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


# Patterns over names in lower case with single underscores, the most telling first.
_ACTOR = (
    r"actor", r"(user|customer|client|member|household|person|player|participant|voter|buyer|shopper|subscriber|"
    r"patient|reviewer|donor|passenger|guest|consumer)_?(id|no|nr|number|key)", r"uid",
    r"user|customer|client|member|household|person|player|participant|voter|kund(e|nr|id)?", r"case_?id|case",
    r"author_?id|.*_user_id|.*_customer_id",
)  # fmt: skip
_DEVICE = (r"(anonymous|anon|device|visitor|cookie|browser)_?id", r"session_?id|session|visit_?id")
_SESSION = (r"session_?id|session|visit_?id",)
_INNER_IDS = ("id", "userId", "user_id", "uid", "key")
_EMAIL = (r"e_?mail(_address)?",)
_TIME = (
    r"occurred_at|event_?time(stamp)?|timestamp|ts", r".*_?timestamp|date_?time", r"time|date|day",
    r"(created|ordered|purchased|updated|modified|sent)_(at|on)", r".*_(date|time|at)|datum|.*date",
)  # fmt: skip
_ACTION = (
    r"action|event_?name|event_?type|event", r"activity(_?(id|name))?|verb|behaviou?r(_type)?", r"action_?type|type",
)  # fmt: skip
_OBJECT = (
    r"object(_id)?", r"(product|item|article|sku|stock|asin|upc|movie|book|song)_?(id|code|no|nr|number)|sku|asin",
    r"(comment|page|content|coupon|offer|post|document|ad)_?(id|upc|code|url)|stockcode", r"url|path|page|product|item",
)  # fmt: skip
_CATEGORY = (r"(product_|item_)?category(_name|_id)?", r"department|genre|section")
_QUANTITY = (r"quantity|qty|units|antal", r"number_of_.*|num_.*|(item|unit)_?count")
_UNIT_PRICE = (r"unit_?price|price_?per_.*|price|pris",)
_VALUE = (
    r"value|revenue|total|sales_?value|amount|belopp",
    r".*_(value|amount|revenue|total)|spend|net_?sales|total_.*",
)
_CURRENCY = (r"currency(_code)?",)
_CHANNEL = (r"channel", r"platform|medium")
_OCCASION = (
    r"occasion", r"(order|invoice|basket|transaction|receipt|cart|booking|visit|trip)_?(id|no|nr|number|code)",
    r"invoice|order|basket|receipt",
)  # fmt: skip
_ACCOUNT = (r"(account|company|organi[sz]ation|org|group|tenant)_?(id|no|number)",)
_EVENT_ID = (r"(event|message|row|log)_?id|uuid|guid",)

_WORDS_OF_PURCHASE = {"invoice", "order", "ordered", "transaction", "purchase", "purchased", "sale", "sales", "receipt"}
_GENERIC = {
    "event",
    "created",
    "updated",
    "modified",
    "complete",
    "completed",
    "start",
    "end",
    "sent",
    "action",
    "local",
}


def guess_people(staged: Staged, purposes: Sequence[str]) -> Guess:
    """Guess the mapping of a file about people: who, when, and what they consented to; the rest are facts."""
    guesser = _Guesser(staged)
    guesser.identifiers()
    guesser.consents(purposes)
    return guesser.result()


def guess_objects(staged: Staged) -> Guess:
    """Guess the mapping of a catalogue: which object, its name, its category, since when."""
    guesser = _Guesser(staged)
    guesser.catalogue()
    return guesser.result()


def guess_mapping(staged: Staged) -> Guess:
    """Guess who did what when, from the columns' names and a sample of their cells."""
    guesser = _Guesser(staged)
    guesser.person()
    guesser.time()
    guesser.details()
    guesser.action()
    return guesser.result()


def guess_named(
    staged: Staged,
    wanted: Sequence[tuple[str, Sequence[str], str]],
    *,
    nested: Sequence[tuple[str, str, str]],
    needed: Mapping[str, str],
    instead: Mapping[str, str],
) -> Guess:
    """Guess by the columns' names alone, and for times and e-mail addresses by their cells.

    wanted: (key, patterns, reason), the most telling first; a key that is found is not looked for again.
    nested: (key, pattern, inner name), for columns that hold JSON objects.
    needed: key -> what to say when it is missing, and so is the one that may stand `instead`.
    """
    guesser = _Guesser(staged)
    for key, patterns, reason in wanted:
        if key not in guesser.guess.mapping:
            guesser.named(key, patterns, reason)
    for key, pattern, inner in nested:
        if key not in guesser.guess.mapping:
            guesser.within(key, pattern, inner)
    found = guesser.guess.mapping
    guesser.missing += [text for key, text in needed.items() if not {key, instead.get(key)} & found.keys()]
    return guesser.result()


class _Guesser:
    def __init__(self, staged: Staged) -> None:
        self.staged = staged
        self.free = list(staged.columns)
        self.guess = Guess()
        self.missing: list[str] = []
        self.sample = f"(FROM {staged.table} LIMIT {SAMPLE_ROWS})"
        self.comma = has_decimal_comma(staged)

    def person(self) -> None:
        named = self._take("actor", _ACTOR, self._repeats_or_names, "its name says that it names people")
        if not named and not self._nested_person():
            self._take("device", _DEVICE, self._any, "no column names people, so what names their visits stands in")
        if not self.guess.mapping:
            self._take("email", _EMAIL, self._any, "no other column names people")
        if not self.guess.mapping:
            self.missing.append("No column looks like a person (as customer_id or user_id would); map actor.")

    def _nested_person(self) -> bool:
        """user: {"id": "u1"} names a person by user.id."""
        for column in self.free:
            if any(re.fullmatch(pattern, _plain(column.name)) for pattern in _ACTOR) and self._is_object(column):
                for inner in _INNER_IDS:
                    text = f"{_name(column.name)}.{inner}"
                    if self._ask(f"count({compile_expression(text, [column]).text()})"):
                        self._note("actor", text, f"{column.name} is an object, and names people by its {inner}")
                        return True
        return False

    def identifiers(self) -> None:
        self._take("actor", _ACTOR, self._repeats_or_names, "its name says that it names people")
        self._take("device", _DEVICE, self._any, "its name says that it names devices")
        self._take("email", _EMAIL, self._any, "its name says so")
        if not self.guess.mapping:
            self.missing.append("No column looks like a person (as customer_id, user_id or email would); map actor.")

    def named(self, key: str, patterns: Sequence[str], reason: str) -> None:
        """One key by its name; what should be times or addresses must read so."""
        reads = self._reads_as_time if key.endswith("_at") else self._holds_at if key == "email" else self._is_plain
        self._take(key, patterns, reads, reason)

    def within(self, key: str, pattern: str, inner: str) -> None:
        """One key inside an object: via: {"channel": "email"} says the channel by via.channel."""
        column = next((c for c in self.free if re.fullmatch(pattern, _plain(c.name)) and self._is_object(c)), None)
        if column is None:
            return
        text = f"{_name(column.name)}.{inner}"
        if self._ask(f"count({compile_expression(text, [column]).text()})"):
            self._note(key, text, f"{column.name} is an object, and says it by its {inner}")

    def consents(self, purposes: Sequence[str]) -> None:
        self._take("purpose", (r"purpose|consent(_for)?",), self._any, "its name says so")
        if self._take("status", (r"status|consent_?status|decision|answer",), self._any, "its name says so"):
            self._take("channel", _CHANNEL, self._any, "its name says so")
            self._take("notice_version", (r"notice(_version)?|policy_version",), self._any, "its name says so")
            self._take("proof", (r"proof|evidence",), self._any, "its name says so")
        for purpose in purposes:
            self._take(f"consent.{purpose}", (f"consent_{purpose}|{purpose}_consent",), self._any, "its name says so")
        self._take("occurred_at", _TIME, self._reads_as_time, "its cells read as times")

    def catalogue(self) -> None:
        if not self._take("object", (*_OBJECT, r"id|code|key"), self._any, "its name says which object it is"):
            self.missing.append("No column names the objects (as product_id or sku would); map object.")
        self._take("name", (r"name|title|(product|item)_?name|label", r"description"), self._any, "its name says so")
        categories = (*_CATEGORY, r"(product_|item_)?type|group")
        self._take("category", categories, self._any, "its name says so")
        self._take("valid_from", (r"valid_?from|since|from_date",), self._reads_as_time, "its cells read as times")

    def time(self) -> None:
        if not self._take("occurred_at", _TIME, self._reads_as_time, "its cells read as times"):
            self.missing.append("No column reads as a time; map occurred_at.")

    def details(self) -> None:
        self._take("event_id", _EVENT_ID, self._is_unique, "its name says so and no value comes twice in the sample")
        if "actor" in self.guess.mapping:
            self._take("device", _DEVICE[:1], self._any, "its name says so")
        self._take("occasion", _OCCASION, self._any, "it gathers rows into orders or visits")
        if "occasion" not in self.guess.mapping:
            self._take("occasion", _SESSION, self._any, "it gathers rows into visits")
        self._take("object", _OBJECT, self._any, "its name says what it was done to")
        self._take("category", _CATEGORY, self._any, "its name says so")
        self._take("currency", _CURRENCY, self._any, "its name says so")
        self._take("channel", _CHANNEL, self._any, "its name says so")
        self._take("account", _ACCOUNT, self._any, "its name says so")
        self._take("items", (r"items|products|lines",), self._is_list, "its cells are lists")
        self._take("properties", (r"properties",), self._is_object, "its cells are JSON objects")
        self._take("quantity", _QUANTITY, self._reads_as_number, "its name says so and its cells are numbers")
        self._value()

    def _value(self) -> None:
        quantity, price = self.guess.mapping.get("quantity"), self._find(_UNIT_PRICE, self._reads_as_number)
        if self._take("value", _VALUE, self._reads_as_number, "its name says so and its cells are numbers"):
            return
        if price is not None and quantity is not None:
            self._note("value", f"{_name(quantity)} * {_name(price.name)}", "quantity times price is what was paid")
        elif price is not None:
            self._note("value", price.name, "its name says so and its cells are numbers")
            self.free.remove(price)

    def action(self) -> None:
        if self._take("action", _ACTION, self._few_values, "its cells name few different actions"):
            return
        word, why = self._constant_action()
        if word:
            self._note("action", f"='{word}'", f"no column says what was done; {why}")
        else:
            self.missing.append("No column says what was done; map action, for example ='visit'.")

    def _constant_action(self) -> tuple[str, str]:
        names = [_plain(column.name) for column in self.staged.columns]
        for name in names:
            if name in ("vote", "rating", "review"):
                return name, f"there is a column {name}"
        if _plain(self.guess.mapping.get("actor", "")).startswith("author"):
            return "write", "authors write"
        first = _plain(self.guess.mapping.get("occurred_at", "")).split("_")[0]
        if first in _WORDS_OF_PURCHASE or self.guess.mapping.keys() & {"value", "quantity"}:
            return "purchase", "amounts are paid"
        if first and first not in _GENERIC and re.fullmatch(r"[a-z]{4,}", first) and first not in _TIME_WORDS:
            return first, "its time is called so"
        if "object" in self.guess.mapping:
            return "view", "things without amounts look looked at"
        return "", ""

    def result(self) -> Guess:
        self.guess.missing = tuple(self.missing)
        order = ("actor", "device", "email", "occurred_at", "action")
        keys = sorted(self.guess.mapping, key=lambda key: order.index(key) if key in order else len(order))
        self.guess.mapping = {key: self.guess.mapping[key] for key in keys}
        return self.guess

    # --- taking a column

    def _take(self, key: str, patterns: Iterable[str], fits: Callable[[Column], bool], why: str) -> bool:
        column = self._find(patterns, fits)
        if column is None:
            return False
        self._note(key, column.name, why)
        self.free.remove(column)
        return True

    def _find(self, patterns: Iterable[str], fits: Callable[[Column], bool]) -> Column | None:
        for pattern in patterns:
            for column in self.free:
                if re.fullmatch(pattern, _plain(column.name)) and fits(column):
                    return column
        return None

    def _note(self, key: str, text: str, why: str) -> None:
        self.guess.mapping[key] = text
        self.guess.reasons[key] = f"{key} is {text}: {why}."

    # --- what the cells say

    def _is_plain(self, column: Column) -> bool:
        return self._any(column) and not self._is_object(column)

    def _holds_at(self, column: Column) -> bool:
        """Most of its filled cells are e-mail addresses."""
        cell = _filled(column)
        share = self._ask(f"count(*) FILTER ({cell} LIKE '%@%') / nullif(count({cell}), 0)")
        return self._is_plain(column) and share is not None and share >= ENOUGH

    def _any(self, column: Column) -> bool:
        return bool(self._ask(f"count({_filled(column)})"))

    def _repeats_or_names(self, column: Column) -> bool:
        return (
            self._any(column)
            and not column.kind.startswith(("TIMESTAMP", "DATE", "STRUCT"))
            and not self._all_json(column, "OBJECT")
        )

    def _is_list(self, column: Column) -> bool:
        return column.kind.endswith("[]") or self._all_json(column, "ARRAY")

    def _is_object(self, column: Column) -> bool:
        return column.kind.startswith("STRUCT") or self._all_json(column, "OBJECT")

    def _all_json(self, column: Column, kind: str) -> bool:
        cell = _filled(column)
        typed = f"CASE WHEN json_valid({cell}) THEN json_type({cell}) END = '{kind}'"
        return bool(self._ask(f"count({cell}) > 0 AND bool_and(coalesce({typed}, {cell} IS NULL))"))

    def _is_unique(self, column: Column) -> bool:
        cell = _filled(column)
        return bool(self._ask(f"count({cell}) > 0 AND count(DISTINCT {cell}) = count(*)"))

    def _few_values(self, column: Column) -> bool:
        cell = _filled(column)
        return bool(
            self._ask(f"count({cell}) > 0 AND count(DISTINCT {cell}) <= greatest(1, least(200, count(*) / 2 + 1))")
        )

    def _reads_as_number(self, column: Column) -> bool:
        expression = compile_expression(column.name, [column])
        number, text = expression.number(self.comma).sql, expression.text()
        share = self._ask(f"count({number}) / nullif(count(*) FILTER (NOT {missing_number(text)}), 0)")
        return share is not None and float(share) >= ENOUGH

    def _reads_as_time(self, column: Column) -> bool:
        if "birth" in _plain(column.name) or (column.kind in ("BOOLEAN", "DOUBLE", "FLOAT") and not self._any(column)):
            return False
        expression = compile_expression(column.name, [column])
        if expression.kind not in ("text", "number", "time"):
            return False
        sql = read_time(self.staged.connection, self.sample, expression).sql
        believable = f"({sql}) BETWEEN '1970-02-01'::TIMESTAMPTZ AND '2100-01-01'::TIMESTAMPTZ"
        share = self._ask(f"count(*) FILTER ({believable}) / nullif(count({_filled(column)}), 0)")
        return share is not None and float(share) >= ENOUGH_TIMES

    def _ask(self, sql: str) -> float | None:
        found = self.staged.connection.execute(f"SELECT {sql} FROM {self.sample}").fetchone()
        return None if found is None or found[0] is None else float(found[0])


_TIME_WORDS = {"time", "timestamp", "date", "datetime", "datum", "occurred", "when"}


def _plain(name: str) -> str:
    """CustomerID, customer-id and 'Customer Id' are all customer_id."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _filled(column: Column) -> str:
    return f"nullif(trim({column.sql}::VARCHAR), '')"


def _name(column: str) -> str:
    """A column's name as an expression may hold it."""
    return column if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", column) else '"' + column.replace('"', '""') + '"'
