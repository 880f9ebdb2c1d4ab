"""The language of mappings: what it says, and what it refuses."""

from __future__ import annotations

import duckdb
import pytest

from kundskab.lake.intake import Column
from kundskab.lake.intake.expressions import compile_expression
from kundskab.types import KundskabError

COLUMNS = [
    Column("Quantity", "c0", "VARCHAR"),
    Column("UnitPrice", "c1", "DOUBLE"),
    Column("InvoiceNo", "c2", "VARCHAR"),
    Column("emp.var", "c3", "VARCHAR"),
    Column("context", "c4", "VARCHAR"),
    Column("n", "c5", "BIGINT"),
    Column("day", "c6", "DATE"),
    Column("comment-id", "c7", "VARCHAR"),
]


def answer(text: str) -> str | None:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    row = (
        "SELECT '6' c0, 2.5::DOUBLE c1, 'C12' c2, 'e' c3, '{\"a\":{\"b\":5}}' c4, 7::BIGINT c5, DATE '2024-01-02' c6, "
        "'9' c7"
    )
    found = connection.execute(f"SELECT {compile_expression(text, COLUMNS).text()} FROM ({row})").fetchall()
    value: str | None = found[0][0]
    return value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Quantity", "6"),
        ("quantity", "6"),
        ("emp.var", "e"),
        ("comment-id", "9"),
        ("='purchase'", "purchase"),
        ("='it''s'", "it's"),
        ("Quantity*UnitPrice", "15"),
        ("=Quantity * UnitPrice / 2", "7.5"),
        ("-n + (10 % 4)", "-5"),
        ("(n - 1) * 2", "12"),
        ("CASE WHEN InvoiceNo LIKE 'C%' THEN 'cancel' ELSE 'purchase' END", "cancel"),
        ("CASE n WHEN 7 THEN 'seven' END", "seven"),
        ("if(Quantity > 5, 'many', 'few')", "many"),
        ("coalesce(InvoiceNo, Quantity)", "C12"),
        ("lower(InvoiceNo) || '-' || n", "c12-7"),
        ("concat(day, ' ', upper('x'))", "2024-01-02 X"),
        ("round(UnitPrice)", "3"),
        ("round(UnitPrice * 1.11, 1)", "2.8"),
        ("abs(-n)", "7"),
        ("CAST(Quantity AS integer) + n", "13"),
        ("Quantity IN (1, 6) AND NOT n IS NULL", "true"),
        ("n BETWEEN 1 AND 6 OR InvoiceNo = 'C12'", "true"),
        ("context.a.b", "5"),
        ("parse_time(day, '%Y-%m-%d')", "2024-01-02 00:00:00"),
        ("InvoiceNo * 2", None),
        ("'read_text(''/etc/passwd'')'", "read_text('/etc/passwd')"),
    ],
)
def test_it_says(text: str, value: str | None) -> None:
    assert answer(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "read_text('/etc/passwd')", "lower(read_text('/etc/passwd'))", "(SELECT 1)", "n IN (SELECT 1)",
        "EXISTS (SELECT 1)", "1; DROP TABLE bad_lines", "$$x$$", "x.y()", "getenv('HOME')", "current_setting('x')",
        "n -- hidden", "n /* hidden */", "*", "columns('n')", "{'a': 1}", "[1, 2]", "$1", "?", "now()", "random()",
        "list_transform([1], x -> x)", "n::INTEGER[]", "CAST(n AS JSON)", "InvoiceNo COLLATE nocase", "1e999",
        "INTERVAL 1 DAY", "''::BLOB", "", "=", "(" * 3000, "n n", "'open", "n OVER ()", "sum(n)",
        "row_number() OVER ()", "-n + 10 % 4",
         "pg_sleep(1)", "query('SELECT 1')", "n IS TRUE", "trim(InvoiceNo, 'C')", "round(n, Quantity)",
        "${7*7}", "{{7*7}}", "<script>", "=1+1'; DROP TABLE x",
    ],
)  # fmt: skip
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(KundskabError):
        compile_expression(text, COLUMNS)


def test_a_refusal_names_what_is_allowed() -> None:
    with pytest.raises(KundskabError, match=r"read_text is not allowed. Allowed are column names"):
        compile_expression("read_text('/etc/passwd')", COLUMNS)


def test_a_wrong_name_is_told_its_neighbours() -> None:
    with pytest.raises(KundskabError, match="did you mean Quantity"):
        compile_expression("Quantiy * 2", COLUMNS)


def test_an_exact_name_wins_over_an_expression() -> None:
    columns = [Column("a*b", "c0", "VARCHAR"), Column("a", "c1", "VARCHAR"), Column("b", "c2", "VARCHAR")]

    assert compile_expression("a*b", columns).sql == "c0"


def test_names_that_differ_in_case_are_told_apart() -> None:
    columns = [Column("Value", "c0", "VARCHAR"), Column("value", "c1", "VARCHAR")]

    assert compile_expression("value", columns).sql == "c1"
    with pytest.raises(KundskabError):
        compile_expression("VALUE", columns)
