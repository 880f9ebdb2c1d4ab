"""A first mapping for a file nobody has described yet: names propose, the data dispose, every choice has a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kundskab.lake.intake import hints
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
        named = self._take("actor", hints.ACTOR, self._repeats_or_names, "its name says that it names people")
        if not named and not self._nested_person():
            self._take(
                "device", hints.DEVICE, self._any, "no column names people, so what names their visits stands in"
            )
        if not self.guess.mapping:
            self._take("email", hints.EMAIL, self._any, "no other column names people")
        if not self.guess.mapping:
            self.missing.append("No column looks like a person (as customer_id or user_id would); map actor.")

    def _nested_person(self) -> bool:
        """user: {"id": "u1"} names a person by user.id."""
        for column in self.free:
            if any(re.fullmatch(pattern, _plain(column.name)) for pattern in hints.ACTOR) and self._is_object(column):
                for inner in hints.INNER_IDS:
                    text = f"{_name(column.name)}.{inner}"
                    if self._ask(f"count({compile_expression(text, [column]).text()})"):
                        self._note("actor", text, f"{column.name} is an object, and names people by its {inner}")
                        return True
        return False

    def identifiers(self) -> None:
        self._take("actor", hints.ACTOR, self._repeats_or_names, "its name says that it names people")
        self._take("device", hints.DEVICE, self._any, "its name says that it names devices")
        self._take("email", hints.EMAIL, self._any, "its name says so")
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
            self._take("channel", hints.CHANNEL, self._any, "its name says so")
            self._take("notice_version", (r"notice(_version)?|policy_version",), self._any, "its name says so")
            self._take("proof", (r"proof|evidence",), self._any, "its name says so")
        for purpose in purposes:
            self._take(f"consent.{purpose}", (f"consent_{purpose}|{purpose}_consent",), self._any, "its name says so")
        self._take("occurred_at", hints.TIME, self._reads_as_time, "its cells read as times")

    def catalogue(self) -> None:
        if not self._take("object", (*hints.OBJECT, r"id|code|key"), self._any, "its name says which object it is"):
            self.missing.append("No column names the objects (as product_id or sku would); map object.")
        self._take("name", (r"name|title|(product|item)_?name|label", r"description"), self._any, "its name says so")
        categories = (*hints.CATEGORY, r"(product_|item_)?type|group")
        self._take("category", categories, self._any, "its name says so")
        self._take("valid_from", (r"valid_?from|since|from_date",), self._reads_as_time, "its cells read as times")

    def time(self) -> None:
        why = "its cells read as times"
        if self._take("occurred_at", hints.TIME, self._reads_as_time, why):
            return
        # Whatever it is called: dates look like nothing else. Bare numbers could be anything.
        if not self._take("occurred_at", (r".*",), self._is_unmistakably_time, f"{why}, and no column is called so"):
            self.missing.append("No column reads as a time; map occurred_at.")

    def details(self) -> None:
        self._take(
            "event_id", hints.EVENT_ID, self._is_unique, "its name says so and no value comes twice in the sample"
        )
        if "actor" in self.guess.mapping:
            self._take("device", hints.DEVICE[:1], self._any, "its name says so")
        self._take("occasion", hints.OCCASION, self._any, "it gathers rows into orders or visits")
        if "occasion" not in self.guess.mapping:
            self._take("occasion", hints.SESSION, self._any, "it gathers rows into visits")
        self._take("object", hints.OBJECT, self._any, "its name says what it was done to")
        self._take("category", hints.CATEGORY, self._any, "its name says so")
        self._take("currency", hints.CURRENCY, self._any, "its name says so")
        self._take("channel", hints.CHANNEL, self._any, "its name says so")
        self._take("account", hints.ACCOUNT, self._any, "its name says so")
        self._take("items", (r"items|products|lines",), self._is_list, "its cells are lists")
        self._take("properties", (r"properties",), self._is_object, "its cells are JSON objects")
        self._take("quantity", hints.QUANTITY, self._reads_as_number, "its name says so and its cells are numbers")
        self._value()

    def _value(self) -> None:
        quantity, price = self.guess.mapping.get("quantity"), self._find(hints.UNIT_PRICE, self._reads_as_number)
        if self._take("value", hints.VALUE, self._reads_as_number, "its name says so and its cells are numbers"):
            return
        if price is not None and quantity is not None:
            self._note("value", f"{_name(quantity)} * {_name(price.name)}", "quantity times price is what was paid")
        elif price is not None:
            self._note("value", price.name, "its name says so and its cells are numbers")
            self.free.remove(price)

    def action(self) -> None:
        why = "its cells name few different actions"
        # What is called an action may name hundreds; what is called a type or an activity is believed for few only.
        if self._take("action", hints.ACTION[:1], self._repeats, why) or self._take(
            "action", hints.ACTION[1:], self._few_values, why
        ):
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
        if first in hints.WORDS_OF_PURCHASE or self.guess.mapping.keys() & {"value", "quantity"}:
            return "purchase", "amounts are paid"
        if first and first not in hints.GENERIC and re.fullmatch(r"[a-z]{4,}", first) and first not in hints.TIME_WORDS:
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
        return self._repeats(column, most=200)

    def _repeats(self, column: Column, most: int = SAMPLE_ROWS) -> bool:
        """Its cells name the same things again and again, and no more than so many of them."""
        cell = _filled(column)
        few = f"count(DISTINCT {cell}) <= greatest(1, least({most}, count(*) / 2 + 1))"
        return bool(self._ask(f"count({cell}) > 0 AND {few}"))

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

    def _is_unmistakably_time(self, column: Column) -> bool:
        return not self._reads_as_number(column) and self._reads_as_time(column)

    def _ask(self, sql: str) -> float | None:
        found = self.staged.connection.execute(f"SELECT {sql} FROM {self.sample}").fetchone()
        return None if found is None or found[0] is None else float(found[0])


def _plain(name: str) -> str:
    """CustomerID, customer-id and 'Customer Id' are all customer_id."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _filled(column: Column) -> str:
    return f"nullif(trim({column.sql}::VARCHAR), '')"


def _name(column: str) -> str:
    """A column's name as an expression may hold it."""
    return column if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", column) else '"' + column.replace('"', '""') + '"'
