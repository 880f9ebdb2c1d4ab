"""Any file becomes rows and bad lines; nothing falls between."""

from __future__ import annotations

import gzip
import io
from errno import ENOSPC
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.intake.conftest import Stage, bad_of, rows_of

from kundskab.lake.intake import head_of, staged, staging
from kundskab.types import KundskabError


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_it_finds_the_delimiter(stage: Stage, delimiter: str) -> None:
    text = "who,when,what\nann,2026-01-01,visit\nbo,2026-01-02,order\n".replace(",", delimiter)

    file = stage(text)

    assert [column.name for column in file.columns] == ["who", "when", "what"]
    assert rows_of(file) == [(1, "ann", "2026-01-01", "visit"), (2, "bo", "2026-01-02", "order")]


def test_columns_may_be_aligned_by_blanks(stage: Stage) -> None:
    file = stage(" who   when  n\n 001 19970101  1\n   002 19970112   5 \n\n 003 19970113\n", "shop.txt")

    assert rows_of(file) == [(1, "001", "19970101", "1"), (2, "002", "19970112", "5")]
    assert bad_of(file) == [(3, "bad_width")]
    assert file.rows == 3


def test_a_file_without_a_header_gets_numbered_columns(stage: Stage) -> None:
    file = stage("1,2026-01-01,5\n2,2026-01-02,7\n")

    assert [column.name for column in file.columns] == ["column1", "column2", "column3"]
    assert file.rows == 2


def test_decimal_commas_are_no_delimiters(stage: Stage) -> None:
    file = stage("weight;price\n" + "1,5;2,5\n" * 30)

    assert [column.name for column in file.columns] == ["weight", "price"]
    assert file.bad_lines == 0


@pytest.mark.parametrize("text", ["a,b,\n1,2\n3,4\n5,6\n", "a,b\n1,2,\n3,4,\n5,6,\n", "\ufeffa,b\n1,2\n3,4\n5,6\n"])
def test_a_delimiter_too_many_or_a_mark_in_front_does_no_harm(stage: Stage, text: str) -> None:
    file = stage(text)

    assert [column.name for column in file.columns][:2] == ["a", "b"]
    assert [row[1:3] for row in rows_of(file)] == [("1", "2"), ("3", "4"), ("5", "6")]


def test_a_header_alone_is_no_rows(stage: Stage) -> None:
    assert stage("who,when\n").rows == 0


def test_packed_files_are_read_as_they_are(stage: Stage) -> None:
    packed = pa.BufferOutputStream()
    with pa.CompressedOutputStream(packed, "zstd") as out:
        out.write(b"who,what\nann,visit\n")

    assert rows_of(stage(gzip.compress(b"who,what\nann,visit\n"), "a.csv.gz")) == [(1, "ann", "visit")]
    assert rows_of(stage(packed.getvalue().to_pybytes(), "b.csv.zst")) == [(1, "ann", "visit")]


def test_cells_hold_delimiters_quotes_and_lines(stage: Stage) -> None:
    file = stage('who,text\nann,"a ""b"", c"\nbo,"two\r\nlines"\n')

    assert rows_of(file) == [(1, "ann", 'a "b", c'), (2, "bo", "two\r\nlines")]


def test_quotes_may_be_escaped_by_a_backslash(stage: Stage) -> None:
    file = stage('who,text\nann,"a \\"b\\", c"\n')

    assert rows_of(file) == [(1, "ann", 'a "b", c')]


def test_malformed_lines_are_counted_with_their_numbers(stage: Stage) -> None:
    file = stage('a,b,c\n1,2,3\n4,5\n"x\ny",6,7\n8,9,10,11\nq,"w"z,e\n12,13,14\n')

    assert bad_of(file) == [(2, "missing_cells"), (4, "extra_cells"), (5, "bad_quotes")]
    assert [row[0] for row in rows_of(file)] == [1, 3, 6]
    assert file.rows == 6


def test_an_open_quote_swallows_nothing_silently(stage: Stage) -> None:
    file = stage('a,b\n1,2\n"open,3\n' + "4,5\n" * 10)

    assert rows_of(file) == [(1, "1", "2")]
    assert file.connection.execute("SELECT body FROM bad_lines").fetchall()[0][0].count("4,5") == 10


def test_a_line_that_is_too_long_does_not_stop_the_rest(stage: Stage) -> None:
    file = stage("a,b\n1,2\n" + "x" * 3_000_000 + ",3\n4,5\n")

    assert [row[1:] for row in rows_of(file)] == [("1", "2"), ("4", "5")]
    assert bad_of(file) == [(2, "too_large")]


def test_other_encodings_are_read_and_told(stage: Stage) -> None:
    western = stage("namn;ort\nÅsa;Malmö\n".encode("cp1252"), "w.csv")
    wide = stage("namn;ort\nÅsa;Malmö\n".encode("utf-16"), "u.csv")

    assert rows_of(western) == rows_of(wide) == [(1, "Åsa", "Malmö")]
    assert "Windows-1252" in western.layout.notes[0]


def test_a_stray_byte_far_down_makes_one_bad_row(stage: Stage) -> None:
    file = stage(b"who,what\n" + b"ann,visit\n" * 40_000 + b"b\xff,visit\n" + b"cy,visit\n")

    assert file.rows == 40_002
    assert bad_of(file) == [(40_001, "bad_encoding")]


def test_broken_json_lines_are_kept_apart(stage: Stage) -> None:
    deep = "[" * 40 + "]" * 40
    file = stage(
        '{"a":1,"b\\"q":[1,2]}\n{"a":2\n\n[1]\n{"a":NaN}\n{"z":{"y":1}}\n{"a":' + deep + '}\n"x"\n{"a":1e999}\n'
        '{"a":"inf nan"}\n{"a":"\\ud800"}\n',
        "events.jsonl",
    )

    assert [column.name for column in file.columns] == ["a", 'b"q', "z"]
    assert [row[0] for row in rows_of(file)] == [1, 5, 9]
    assert bad_of(file) == [
        (2, "bad_json"), (3, "not_an_object"), (4, "bad_json"), (6, "too_deep"), (7, "not_an_object"), (8, "bad_json"),
        (10, "bad_json"),
    ]  # fmt: skip


def test_a_list_of_objects_is_read_too(stage: Stage) -> None:
    assert rows_of(stage('[{"a":1},\n {"a":2,"b":"x"}]', "list.json")) == [(1, "1", None), (2, "2", "x")]


def test_parquet_keeps_its_types(stage: Stage) -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"who": ["ann", None], "n": [1.5, 2.0]}), buffer)

    assert rows_of(stage(buffer.getvalue(), "t.parquet")) == [(1, "ann", 1.5), (2, None, 2.0)]


def test_names_may_be_anything(stage: Stage) -> None:
    names = ["Value", "value", 'a"b', "person_id", "_consent", "n", "__proto__", "'; DROP TABLE bad_lines; --"]
    header = ",".join('"' + name.replace('"', '""') + '"' for name in names)

    file = stage(header + "\n" + ",".join("12345678") + "\n")

    assert [column.name for column in file.columns] == names
    assert rows_of(file) == [(1, *"12345678")]


def test_a_file_name_is_no_pattern(stage: Stage) -> None:
    stage("who,what\nbo,order\n", "w1.csv")

    assert rows_of(stage("who,what\nann,visit\n", "w[1]*.csv")) == [(1, "ann", "visit")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04....", "Excel"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"<html></html>", "HTML"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 100_000)[:-200], "damaged"),
        (b"PAR1 this is no parquet", "damaged"),
        (b'{"a": \n', "No line"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(stage: Stage, content: bytes, says: str) -> None:
    with pytest.raises(KundskabError, match=says):
        stage(content)


def test_what_a_crash_left_behind_is_swept(tmp_path: Path) -> None:
    left = tmp_path / "run" / "intake" / "dead"
    left.mkdir(parents=True)
    (left / "rows.parquet").write_bytes(b"people")
    (tmp_path / "a.csv").write_text("who,what\nann,visit\n")

    with staged(tmp_path / "a.csv", tmp_path / "run"):
        assert not left.exists()

    assert not list((tmp_path / "run").rglob("*.parquet"))


def test_a_guess_needs_only_the_first_rows(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("who,what\n" + "ann,visit\n" * 600_000)

    head = head_of(path, tmp_path)

    assert head.stat().st_size < 5_000_000
    assert head.read_text().endswith("\n")


def test_a_full_disk_is_called_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setitem(staging._READERS, "delimited", full)

    with pytest.raises(KundskabError, match="disk is full; nothing was stored"):
        stage("who,what\nann,visit\n")
