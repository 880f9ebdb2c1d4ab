"""Which columns say who did what when: the mapping of a foreign file to our keys, as SQL over the staged table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from kundskab.lake.engine import quoted
from kundskab.lake.intake.expressions import Expression, compile_expression, missing_number
from kundskab.lake.intake.foreign import Column, Staged
from kundskab.lake.intake.times import read_time
from kundskab.types import KundskabError

IDENTIFIER_KEYS = {
    "actor": "user_id",
    "device": "anonymous_id",
    "email": "email",
}  # key -> kind, the first there is wins
TEXT_KEYS = ("action", "object", "category", "currency", "channel", "occasion", "account")
NUMBER_KEYS = ("quantity", "value")
TIME_KEYS = ("occurred_at", "solved_at", "valid_from")
EVENT_KEYS = (*IDENTIFIER_KEYS, "occurred_at", *TEXT_KEYS, *NUMBER_KEYS, "items", "event_id", "properties")
# Exports of dataframes turn whole numbers with gaps into floats; as names of things "17850.0" and "17850" are one.
_NAMING_KEYS = frozenset({*IDENTIFIER_KEYS, "object", "occasion", "account", "event_id", "case"})

_INVISIBLE = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
_ITEMS = '[{"object":"VARCHAR","category":"VARCHAR","quantity":"DOUBLE","price":"DECIMAL(18,4)"}]'
ITEM_TYPE = "STRUCT(object VARCHAR, category VARCHAR, quantity DOUBLE, price DECIMAL(18,4))[]"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a row must keep to. reserved: lower-case texts that name nobody ("null", "undefined", ...)."""

    reserved: frozenset[str]
    longest_identifier: int
    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Mapped:
    """SQL per key over the staged table.  bad_number: true where a cell that should be a number is none.
    good_number: cheaper; true where none is bad, though not everywhere.

    names: identifier key -> (its text as it stands, the identifier it is, as SQL over a column `raw`), so that each
    distinct text is put right once and not once a row.
    """

    keys: Mapping[str, str]
    names: Mapping[str, tuple[str, str]]
    properties: str
    bad_number: str
    good_number: str
    original_timestamp: str
    notes: tuple[str, ...]

    def get(self, key: str, kind: str) -> str:
        return self.keys.get(key, f"NULL::{kind}")


def compile_mapping(
    staged: Staged, mapping: Mapping[str, str], *, keys: Sequence[str], keep: str | Sequence[str], rules: Rules
) -> Mapped:
    """Check a mapping and turn it into SQL.

    keys: those that may be mapped; one that ends in "." stands for all that begin so.
    keep: which columns stay in `properties`: "all" that no key uses, "none", or a list of names.
    Raises KundskabError for an unknown key, a column that is not there, or an expression that is not allowed.
    """
    wanted = {key: text for key, text in mapping.items() if text}
    _refuse_unknown(wanted, keys)
    comma = has_decimal_comma(staged)
    parsed = {key: compile_expression(text, staged.columns, comma=comma) for key, text in wanted.items()}
    compiled: dict[str, str] = {}
    names: dict[str, tuple[str, str]] = {}
    bad_numbers: list[str] = []
    good_numbers: list[str] = []
    original, notes = "NULL::VARCHAR", [*staged.layout.notes]
    for key, expression in parsed.items():
        if key in IDENTIFIER_KEYS:
            names[key] = expression.text(), _identifier(replace(expression, sql="raw", kind="text"), rules)
            compiled[key] = _identifier(replace(expression, sql=expression.text(), kind="text"), rules)
        elif key in TIME_KEYS:
            time = read_time(staged.connection, staged.table, expression)
            compiled[key], original = time.sql, time.original
            notes += [time.note] if time.note else []
        elif key in NUMBER_KEYS:
            compiled[key], bad = _number(expression, "DECIMAL(18,4)" if key == "value" else "DOUBLE", comma)
            bad_numbers.append(bad)
            good_numbers.append(f"{compiled[key]} IS NOT NULL" if expression.kind == "text" else f"NOT ({bad})")
        elif key == "items":
            compiled[key] = _items(expression)
        elif key != "properties":
            compiled[key] = _text(expression, whole=key in _NAMING_KEYS)
    if comma:
        notes.append("Numbers were read with a decimal comma.")
    used = {name for expression in parsed.values() if _is_one_cell(staged, expression) for name in expression.columns}
    properties = _properties(staged, keep, used)
    if "properties" in parsed:
        properties = _with_own(parsed["properties"], properties)
    bad_number = " OR ".join(f"coalesce({bad}, false)" for bad in bad_numbers) or "false"
    good_number = " AND ".join(f"({good})" for good in good_numbers) or "true"
    return Mapped(compiled, names, properties, bad_number, good_number, original, tuple(notes))


def require_event(mapping: Mapping[str, str]) -> None:
    """Raises KundskabError when the mapping does not say who, when or what."""
    if not any(mapping.get(key) for key in IDENTIFIER_KEYS):
        raise KundskabError("The mapping does not say who did it; map actor (or device, or email) to a column.")
    if not mapping.get("occurred_at"):
        raise KundskabError("The mapping does not say when it happened; map occurred_at.")
    if not mapping.get("action"):
        raise KundskabError("The mapping does not say what was done; map action; a constant is written ='purchase'.")


def _refuse_unknown(mapping: Mapping[str, str], keys: Sequence[str]) -> None:
    for key in mapping:
        if key not in keys and not any(known.endswith(".") and key.startswith(known) for known in keys):
            raise KundskabError(f"{key!r} cannot be mapped; the keys are {', '.join(keys)}.")


def _is_one_cell(staged: Staged, expression: Expression) -> bool:
    return any(expression.sql == column.sql for column in staged.columns)


def has_decimal_comma(staged: Staged) -> bool:
    """True when cells such as 12,50 stand in a file whose delimiter is not the comma, and 12.50 does not."""
    if staged.layout.kind not in ("delimited", "aligned") or staged.layout.delimiter == ",":
        return False
    cells = ", ".join(column.sql for column in staged.columns)
    found = staged.connection.execute(
        f"""
        SELECT count(*) FILTER (regexp_full_match(v, '-?[0-9]{{1,3}}([. ]?[0-9]{{3}})*,[0-9]{{1,4}}')),
               count(*) FILTER (regexp_full_match(v, '-?[0-9]+\\.([1-9][0-9]?|0[1-9])'))
        FROM (SELECT trim(unnest([{cells}])) AS v FROM (FROM {staged.table} LIMIT 5000))
        """
    ).fetchone()
    return found is not None and found[0] > 0 and found[1] == 0


def _identifier(expression: Expression, rules: Rules) -> str:
    text = f"trim(nfc_normalize({_whole(expression)}), {quoted(_INVISIBLE)})"
    reserved = ", ".join(map(quoted, sorted(rules.reserved | {""})))
    return (
        f"CASE WHEN lower({text}) NOT IN ({reserved}) AND length({text}) <= {rules.longest_identifier} THEN {text} END"
    )


def _text(expression: Expression, *, whole: bool) -> str:
    return f"nullif(trim({_whole(expression) if whole else expression.text()}), '')"


def _whole(expression: Expression) -> str:
    """Text in which an integral float has lost its '.0'."""
    text = expression.text()
    if expression.kind != "text" or not expression.columns:
        return text  # a number's text is whole already, and what is written in the mapping stands
    # The cheap test first: most cells need no regular expression.
    plain = f"regexp_replace({text}, '^\\s*(-?[0-9]+)\\.0+\\s*$', '\\1')"
    return f"CASE WHEN ends_with({text}, '0') THEN {plain} ELSE {text} END"


def _number(expression: Expression, kind: str, comma: bool) -> tuple[str, str]:
    """(the number, what is true where it should be one and is none)."""
    if expression.kind == "text":
        plain = expression.number(comma)
        text, number = plain.cells[-1]
        sql = f"try_cast({number.removeprefix('try_cast(').removesuffix(' AS DOUBLE)')} AS {kind})"
        bad = f"{sql} IS NULL AND {text} IS NOT NULL AND NOT {missing_number(text)}"
    else:
        whole = expression.number(comma).sql
        sql = f"try_cast({whole} AS {kind})"
        # NaN is how dataframes write "missing"; infinity and overflow are no numbers.
        cells = [
            f"({number} IS NULL AND {text} IS NOT NULL AND NOT {missing_number(text)})"
            for text, number in expression.cells
        ]
        bad = " OR ".join([f"({sql} IS NULL AND NOT isnan(({whole})::DOUBLE))", *cells])
    if kind == "DOUBLE":
        return f"CASE WHEN isfinite({sql}) THEN {sql} END", f"{bad} OR isinf({sql})"
    return sql, bad


def _items(expression: Expression) -> str:
    text = expression.text()
    a_list = f"json_valid({text}) AND json_type({text}) = 'ARRAY'"
    return f"CASE WHEN {a_list} THEN json_transform({text}, {quoted(_ITEMS)})::{ITEM_TYPE} END"


def _with_own(own: Expression, others: str) -> str:
    """A column that is a JSON object itself, together with what else is kept; the object's own keys win."""
    text = own.text()
    safe = f"CASE WHEN json_valid({text}) AND json_type({text}) = 'OBJECT' THEN {text} ELSE '{{}}' END"
    return safe if others == "'{}'" else f"json_merge_patch({others}, {safe})::VARCHAR"


def _properties(staged: Staged, keep: str | Sequence[str], used: set[str]) -> str:
    """SQL of a JSON object of what no key took; empty cells are left out.

    A column that only takes part in an expression is kept: the expression cannot be read backwards.
    """
    if keep == "none":
        return "'{}'"
    names = {column.name for column in staged.columns}
    if not isinstance(keep, str):
        if missing := [name for name in keep if name not in names]:
            raise KundskabError(f"keep names a column {missing[0]!r} that the file does not have.")
        kept = [column for column in staged.columns if column.name in set(keep)]
    elif keep == "all":
        kept = [column for column in staged.columns if column.name not in used]
    else:
        raise KundskabError(f"keep is 'all', 'none' or a list of columns, not {keep!r}.")
    if not kept:
        return "'{}'"
    if staged.layout.kind in ("json_lines", "json_array"):
        return _json_properties(staged, kept)
    numeric = _numeric_columns(staged, kept)
    parts = ", ".join(_pair(column, column.name in numeric) for column in sorted(kept, key=lambda c: c.name))
    return f"concat('{{', substr(concat({parts}), 2), '}}')"


def _json_properties(staged: Staged, kept: Sequence[Column]) -> str:
    """The object without what the keys took: types and nesting stay as they were."""
    names = {column.name for column in kept}
    dropped = [column.name for column in staged.columns if column.name not in names]
    if not dropped:
        return "line"
    patch = "{" + ",".join(f"{_json_text(name)}:null" for name in dropped) + "}"
    return f"json_merge_patch(line, {quoted(patch)})::VARCHAR"


def _numeric_columns(staged: Staged, kept: Sequence[Column]) -> set[str]:
    """Text columns whose sampled cells are all plain numbers: their cells become JSON numbers."""
    texts = [column for column in kept if column.kind == "VARCHAR"]
    if staged.layout.kind == "parquet" or not texts:
        return set()
    tests = ", ".join(f"coalesce(bool_and(regexp_full_match({c.sql}, {quoted(_JSON_NUMBER)})), false)" for c in texts)
    found = staged.connection.execute(f"SELECT {tests} FROM (FROM {staged.table} LIMIT 10000)").fetchone()
    assert found is not None
    return {column.name for column, is_number in zip(texts, found, strict=True) if is_number}


_JSON_NUMBER = r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?"


def _pair(column: Column, numeric: bool) -> str:
    """SQL of one `,"name":value`, or nothing where the cell is empty."""
    name = quoted("," + _json_text(column.name) + ":")
    cell = column.sql
    if column.kind == "VARCHAR":
        value = f"to_json({cell})::VARCHAR"
        if numeric:
            value = f"CASE WHEN regexp_full_match({cell}, {quoted(_JSON_NUMBER)}) THEN {cell} ELSE {value} END"
        return f"CASE WHEN {cell} IS NOT NULL AND {cell} != '' THEN {name} || {value} ELSE '' END"
    there = f"{cell} IS NOT NULL"
    if column.kind in ("DOUBLE", "FLOAT"):
        there += f" AND isfinite({cell})"
    value = cell if column.kind not in ("BLOB", "BIT") else f"base64({cell}::BLOB)"
    return f"CASE WHEN {there} THEN {name} || to_json({value})::VARCHAR ELSE '' END"


def _json_text(name: str) -> str:
    return orjson.dumps(name).decode()
