"""The small language of mappings: columns, literals, arithmetic, comparison, CASE and a few functions.

The text is parsed by sqlglot and written anew from the tree, node by node: whatever is not named here is refused,
so nothing of a mapping reaches the engine as it was typed. Cells are text in CSV and typed in Parquet; a place that
needs a number reads text as one, and a cell that is no number makes the row bad instead of stopping the import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from math import isfinite
from typing import Any, Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from kundskab.lake.engine import quoted
from kundskab.lake.intake.foreign import Column
from kundskab.types import KundskabError

MAX_LENGTH = 2_000
ALLOWED = (
    "column names, 'texts', numbers, + - * / % ||, comparisons, AND OR NOT, IN, LIKE, BETWEEN, IS NULL, "
    "CASE WHEN, if, coalesce, lower, upper, trim, concat, round, abs, CAST to text, integer, double, decimal, "
    "date or timestamp, and parse_time(column, '%d/%m/%Y')"
)

Kind = Literal["text", "number", "truth", "time", "nested"]


@dataclass(frozen=True, slots=True)
class Expression:
    """SQL over a staged table.  columns: names it reads.  cells: (text, number) where a text is read as a number."""

    sql: str
    kind: Kind
    columns: frozenset[str] = frozenset()
    cells: tuple[tuple[str, str], ...] = ()
    naive: bool = True  # a time without zone

    def text(self) -> str:
        """As text; an integral float reads as an integer."""
        if self.kind == "text":
            return self.sql
        if self.kind == "number":
            plain = f"({self.sql})::VARCHAR"
            return f"CASE WHEN ends_with({plain}, '.0') THEN left({plain}, -2) ELSE {plain} END"
        return f"to_json({self.sql})::VARCHAR" if self.kind == "nested" else f"({self.sql})::VARCHAR"

    def number(self, comma: bool) -> Expression:
        """As a number; comma: the decimal sign of texts is a comma."""
        if self.kind == "number":
            return self
        if self.kind == "truth":
            return replace(self, sql=f"({self.sql})::INTEGER", kind="number")
        source = self.text()
        sql = f"try_cast({plain_number(source, comma)} AS DOUBLE)"
        return replace(self, sql=sql, kind="number", cells=(*self.cells, (source, sql)))


def plain_number(text: str, comma: bool) -> str:
    """SQL that writes a text as a number the engine reads: '1.234,50' -> '1234.50' with comma."""
    if not comma:
        return text  # the engine's casts pass over blanks around a number
    return f"replace(replace(regexp_replace({text}, '[\\s\\x{{a0}}]', '', 'g'), '.', ''), ',', '.')"


def missing_number(text: str) -> str:
    """SQL that is true for the ways in which files say that a number is not there."""
    return f"lower(trim({text})) IN ('', 'nan', 'null', 'none', 'na', 'n/a', '-', '\\n')"


def compile_expression(text: str, columns: Sequence[Column], *, comma: bool = False) -> Expression:
    """Turn one mapping text into SQL. An exact column name wins; a leading '=' marks an expression.

    Raises KundskabError naming what is allowed, or the column that is not there and its nearest neighbours.
    """
    for column in columns:
        if column.name == text:
            return _of_column(column)
    source = text.strip().removeprefix("=").strip()
    if not source or len(source) > MAX_LENGTH:
        raise _refused(text, "it is empty" if not source else f"it is longer than {MAX_LENGTH} characters")
    try:
        trees = sqlglot.parse(source, read="duckdb")
        if len(trees) != 1 or trees[0] is None:
            raise _refused(text, "it is not one expression")
        return _Compiler(text, columns, comma).compile(trees[0])
    except (SqlglotError, RecursionError) as error:
        raise _refused(text, "it could not be read") from error


def _of_column(column: Column) -> Expression:
    kind = _kind(column.kind)
    return Expression(column.sql, kind, frozenset([column.name]), naive=column.kind != "TIMESTAMP WITH TIME ZONE")


def _kind(engine_kind: str) -> Kind:
    name = engine_kind.split("(")[0]
    if engine_kind.endswith("[]") or name in ("STRUCT", "MAP", "UNION", "BLOB", "BIT"):
        return "nested"
    if ("INT" in name and name != "INTERVAL") or name in ("DOUBLE", "FLOAT", "DECIMAL", "BIGNUM"):
        return "number"
    if name == "BOOLEAN":
        return "truth"
    return "time" if name.startswith(("DATE", "TIMESTAMP")) else "text"


def _refused(text: str, why: str) -> KundskabError:
    return KundskabError(f"The mapping {text!r} was refused: {why}. Allowed are {ALLOWED}.")


class _Compiler:
    """Walks the tree; one method a kind of node."""

    def __init__(self, text: str, columns: Sequence[Column], comma: bool) -> None:
        self.text = text
        self.columns = columns
        self.comma = comma

    def compile(self, node: exp.Expression) -> Expression:
        if node.comments:
            raise _refused(self.text, "it holds a comment")
        method = _NODES.get(type(node))
        if method is None:
            raise _refused(self.text, f"{_word(node)} is not allowed")
        return method(self, node)

    def paren(self, node: exp.Paren) -> Expression:
        inner = self.compile(node.this)
        return replace(inner, sql=f"({inner.sql})")

    def column(self, node: exp.Column) -> Expression:
        parts = [part.name for part in node.parts]
        name = ".".join(parts)
        same = [c for c in self.columns if c.name == name] or [
            c for c in self.columns if c.name.lower() == name.lower()
        ]
        if len(same) == 1:
            return _of_column(same[0])
        outer = [column for column in self.columns if column.name == parts[0]]
        if len(parts) > 1 and outer:
            return self._inside(outer[0], parts[1:])
        raise self._no_column(name)

    def _inside(self, column: Column, parts: list[str]) -> Expression:
        """A dotted path into a JSON object or a nested column."""
        whole = _of_column(column)
        pointer = quoted("".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts))
        safe = f"CASE WHEN json_valid({whole.text()}) THEN {whole.text()} END"
        return Expression(f"json_extract_string({safe}, {pointer})", "text", whole.columns)

    def _no_column(self, name: str) -> KundskabError:
        names = [column.name for column in self.columns]
        near = get_close_matches(name, names, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"the columns are {', '.join(names[:30])}."
        return KundskabError(f"The mapping {self.text!r} names a column {name!r} that the file does not have; {hint}")

    def literal(self, node: exp.Literal) -> Expression:
        if node.is_string:
            return Expression(quoted(node.name), "text")
        if not isfinite(number := float(node.name)):
            raise _refused(self.text, f"the number {node.name[:20]} is too large")
        whole = node.name.isdigit() and len(node.name) < 16
        return Expression(node.name if whole else f"{number!r}::DOUBLE", "number")

    def null(self, _: exp.Null) -> Expression:
        return Expression("NULL::VARCHAR", "text")

    def boolean(self, node: exp.Boolean) -> Expression:
        return Expression(str(bool(node.this)).lower(), "truth")

    def negative(self, node: exp.Neg) -> Expression:
        inner = self._number(node.this)
        return replace(inner, sql=f"(-({inner.sql}))")

    def arithmetic(self, node: exp.Binary) -> Expression:
        bare = (node.this, node.expression) if isinstance(node, exp.Mod) else ()
        if any(isinstance(part, exp.Add | exp.Sub | exp.Mul | exp.Div) for part in bare):
            # sqlglot binds % as loosely as +, the rest of the world as tightly as *.
            raise _refused(self.text, "% beside + - * / needs parentheses")
        a, b = self._number(node.this), self._number(node.expression)
        # Whole numbers would overflow with an error; doubles do not, and cents are rounded in the end.
        return _joined(f"(({a.sql})::DOUBLE {_SIGNS[type(node)]} ({b.sql})::DOUBLE)", "number", a, b)

    def comparison(self, node: exp.Binary) -> Expression:
        a, b = self._alike([self.compile(node.this), self.compile(node.expression)])
        return _joined(f"(({a.sql}) {_SIGNS[type(node)]} ({b.sql}))", "truth", a, b)

    def logic(self, node: exp.Connector) -> Expression:
        a, b = self._truth(node.this), self._truth(node.expression)
        return _joined(f"(({a.sql}) {_SIGNS[type(node)]} ({b.sql}))", "truth", a, b)

    def negation(self, node: exp.Not) -> Expression:
        inner = self._truth(node.this)
        return replace(inner, sql=f"(NOT ({inner.sql}))")

    def is_null(self, node: exp.Is) -> Expression:
        inner = self.compile(node.this)
        if not isinstance(node.expression, exp.Null):
            raise _refused(self.text, "only IS NULL and IS NOT NULL are known")
        return replace(inner, sql=f"(({inner.sql}) IS NULL)", kind="truth")

    def inside(self, node: exp.In) -> Expression:
        if node.args.get("query") or node.args.get("unnest") or node.args.get("field"):
            raise _refused(self.text, "a subquery is not allowed")
        first, *rest = self._alike([self.compile(node.this), *map(self.compile, node.expressions)])
        return _joined(f"(({first.sql}) IN ({', '.join(e.sql for e in rest)}))", "truth", first, *rest)

    def like(self, node: exp.Like) -> Expression:
        a, b = self.compile(node.this), self.compile(node.expression)
        return _joined(f"(({a.text()}) {_SIGNS[type(node)]} ({b.text()}))", "truth", a, b)

    def between(self, node: exp.Between) -> Expression:
        a, low, high = self._alike([self.compile(node.this), *(self.compile(node.args[k]) for k in ("low", "high"))])
        return _joined(f"(({a.sql}) BETWEEN ({low.sql}) AND ({high.sql}))", "truth", a, low, high)

    def concat(self, node: exp.Expression) -> Expression:
        parts = [self.compile(n) for n in (node.expressions or [node.this, node.expression])]
        joint = " || " if isinstance(node, exp.DPipe) else ", "
        inner = joint.join(f"({part.text()})" for part in parts)
        return _joined(f"({inner})" if joint == " || " else f"concat({inner})", "text", *parts)

    def coalesce(self, node: exp.Coalesce) -> Expression:
        parts = self._alike([self.compile(n) for n in (node.this, *node.expressions)])
        # An empty cell is no value: coalesce(a, b) should take b then.
        values = [f"nullif(trim({p.sql}), '')" if p.kind == "text" else p.sql for p in parts]
        return _joined(f"coalesce({', '.join(values)})", parts[0].kind, *parts)

    def case(self, node: exp.Case) -> Expression:
        whole = node.args.get("this")
        tests = [self._test(whole, branch.this) for branch in node.args["ifs"]]
        default = node.args.get("default")
        results = [self.compile(branch.args["true"]) for branch in node.args["ifs"]]
        return self._choice(tests, [*results, *([self.compile(default)] if default else [])])

    def choice(self, node: exp.If) -> Expression:
        results = [self.compile(node.args[key]) for key in ("true", "false") if node.args.get(key)]
        return self._choice([self._truth(node.this)], results)

    def _test(self, whole: exp.Expression | None, node: exp.Expression) -> Expression:
        return self._truth(node) if whole is None else self.comparison(exp.EQ(this=whole, expression=node))

    def _choice(self, tests: list[Expression], results: list[Expression]) -> Expression:
        results = self._alike(results)
        whens = " ".join(f"WHEN {t.sql} THEN {r.sql}" for t, r in zip(tests, results, strict=False))
        last = f" ELSE {results[-1].sql}" if len(results) > len(tests) else ""
        return _joined(f"CASE {whens}{last} END", results[0].kind, *tests, *results)

    def text_function(self, node: exp.Func) -> Expression:
        if node.args.get("expression"):
            raise _refused(self.text, "trim takes one argument")
        inner = self.compile(node.this)
        return replace(inner, sql=f"{_FUNCTIONS[type(node)]}({inner.text()})", kind="text")

    def round(self, node: exp.Round) -> Expression:
        inner, digits = self._number(node.this), node.args.get("decimals")
        if digits is not None and not (isinstance(digits, exp.Literal) and digits.name.isdigit()):
            raise _refused(self.text, "round takes a whole number of digits")
        places = min(int(digits.name), 12) if digits is not None else 0
        return replace(inner, sql=f"round(({inner.sql})::DOUBLE, {places})")

    def absolute(self, node: exp.Abs) -> Expression:
        inner = self._number(node.this)
        return replace(inner, sql=f"abs(({inner.sql})::DOUBLE)")

    def cast(self, node: exp.Cast) -> Expression:
        inner, wanted = self.compile(node.this), node.to.this
        if wanted in _NUMBER_TYPES:
            number = inner.number(self.comma)
            whole = wanted in _WHOLE_TYPES
            return replace(number, sql=f"trunc(({number.sql})::DOUBLE)" if whole else number.sql)
        if wanted in _TEXT_TYPES:
            return replace(inner, sql=inner.text(), kind="text")
        if wanted in _TIME_TYPES:
            sql = f"try_cast({inner.text() if inner.kind != 'time' else inner.sql} AS {_TIME_TYPES[wanted]})"
            return replace(inner, sql=sql, kind="time", naive=_TIME_TYPES[wanted] != "TIMESTAMPTZ")
        raise _refused(self.text, f"a cast to {node.to.sql()} is not allowed")

    def parse_time(self, node: exp.Func) -> Expression:
        inner, pattern = self.compile(node.this), node.args.get("format")
        if not (isinstance(pattern, exp.Literal) and pattern.is_string):
            raise _refused(self.text, "parse_time takes a column and a format such as '%d/%m/%Y %H:%M'")
        return replace(inner, sql=f"try_strptime(trim({inner.text()}), {quoted(pattern.name)})", kind="time")

    def _number(self, node: exp.Expression) -> Expression:
        return self.compile(node).number(self.comma)

    def _truth(self, node: exp.Expression) -> Expression:
        inner = self.compile(node)
        if inner.kind == "truth":
            return inner
        return replace(inner, sql=f"(lower(trim({inner.text()})) IN ('true', 't', 'yes', 'y', '1'))", kind="truth")

    def _alike(self, parts: list[Expression]) -> list[Expression]:
        """Numbers stay numbers only among numbers and cells; otherwise all become text."""
        kinds = {part.kind for part in parts}
        if len(kinds) == 1 and kinds <= {"text", "truth", "time"}:
            return parts
        literal_text = any(part.kind == "text" and not part.columns for part in parts)
        if "number" in kinds and "time" not in kinds and not literal_text:
            return [replace(p, sql=f"({p.sql})::DOUBLE") for p in (part.number(self.comma) for part in parts)]
        if "time" in kinds and kinds <= {"time", "text"}:
            return [replace(part, sql=f"try_cast({part.sql} AS TIMESTAMPTZ)", kind="time") for part in parts]
        return [replace(part, sql=part.text(), kind="text") for part in parts]


def _joined(sql: str, kind: Kind, *parts: Expression) -> Expression:
    cells: dict[tuple[str, str], None] = {}
    for part in parts:
        cells.update(dict.fromkeys(part.cells))
    columns = frozenset().union(*(part.columns for part in parts))
    return Expression(sql, kind, columns, tuple(cells), naive=all(part.naive for part in parts))


def _word(node: exp.Expression) -> str:
    if isinstance(node, exp.Anonymous):
        return f"the function {node.name}"
    if isinstance(node, exp.Subquery | exp.Select | exp.Query):
        return "a subquery"
    if isinstance(node, exp.Func):
        return f"the function {node.key!s}"
    return f"'{type(node).__name__.lower()}'"


_SIGNS: dict[type[exp.Expression], str] = {
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%",
    exp.EQ: "=", exp.NEQ: "!=", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
    exp.And: "AND", exp.Or: "OR", exp.Like: "LIKE", exp.ILike: "ILIKE",
}  # fmt: skip
_FUNCTIONS: dict[type[exp.Expression], str] = {exp.Lower: "lower", exp.Upper: "upper", exp.Trim: "trim"}
_T = exp.DataType.Type
_WHOLE_TYPES = {_T.INT, _T.BIGINT, _T.SMALLINT, _T.TINYINT}
_NUMBER_TYPES = _WHOLE_TYPES | {_T.DOUBLE, _T.FLOAT, _T.DECIMAL}
_TEXT_TYPES = {_T.TEXT, _T.VARCHAR}
_TIME_TYPES = {
    _T.DATE: "DATE", _T.TIMESTAMP: "TIMESTAMP", _T.TIMESTAMPNTZ: "TIMESTAMP", _T.TIMESTAMPTZ: "TIMESTAMPTZ",
}  # fmt: skip

# Any: each method takes its own kind of node.
_NODES: dict[type[exp.Expression], Callable[[_Compiler, Any], Expression]] = {
    exp.Paren: _Compiler.paren, exp.Column: _Compiler.column, exp.Literal: _Compiler.literal,
    exp.Null: _Compiler.null, exp.Boolean: _Compiler.boolean, exp.Neg: _Compiler.negative,
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod), _Compiler.arithmetic),
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE), _Compiler.comparison),
    **dict.fromkeys((exp.And, exp.Or), _Compiler.logic), exp.Not: _Compiler.negation, exp.Is: _Compiler.is_null,
    exp.In: _Compiler.inside, **dict.fromkeys((exp.Like, exp.ILike), _Compiler.like), exp.Between: _Compiler.between,
    **dict.fromkeys((exp.DPipe, exp.Concat), _Compiler.concat),
    exp.Coalesce: _Compiler.coalesce, exp.Case: _Compiler.case, exp.If: _Compiler.choice,
    **dict.fromkeys((exp.Lower, exp.Upper, exp.Trim), _Compiler.text_function), exp.Round: _Compiler.round,
    exp.Abs: _Compiler.absolute, **dict.fromkeys((exp.Cast, exp.TryCast), _Compiler.cast),
    **dict.fromkeys((exp.ParseTime, exp.StrToTime), _Compiler.parse_time),
}  # fmt: skip
