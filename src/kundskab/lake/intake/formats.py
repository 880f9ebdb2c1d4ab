"""What kind of file is this? Told from its first bytes, its name helping only when the bytes do not say."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

from kundskab.types import KundskabError

HEAD_BYTES = 1 << 18
HEAD_ROWS = 200
DELIMITERS = ",;\t|"

Kind = Literal["delimited", "aligned", "parquet", "json_lines", "json_array"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a file.  names: the columns of a text file, unique and never empty; () for the other kinds."""

    kind: Kind
    compression: str = "none"  # "none" | "gzip" | "zstd"
    encoding: str = "utf-8"
    delimiter: str = ","
    escape: str = '"'
    header: bool = True
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def look(path: Path) -> Layout:
    """Tell a file's layout. Raises KundskabError with one sentence for a file that cannot be read."""
    start, compression = _open(path)
    if start.startswith(b"PAR1"):
        if compression != "none":
            raise KundskabError(
                f"{path.name} is a compressed Parquet file; unpack it first, Parquet compresses itself."
            )
        return Layout("parquet")
    _refuse_known_others(path, start)
    encoding, notes = _encoding(start)
    text = start.decode(encoding, errors="replace").removeprefix("\ufeff")
    if not text.strip():
        raise KundskabError(f"{path.name} is empty; there is nothing to import.")
    if text.lstrip().startswith("{"):
        return Layout("json_lines", compression, encoding, notes=notes)
    if re.match(r"\s*\[\s*[{\]]", text):
        return Layout("json_array", compression, encoding, notes=notes)
    return _text_layout(text, len(start) >= HEAD_BYTES, compression, encoding, notes)


def _open(path: Path) -> tuple[bytes, str]:
    if not path.is_file():
        raise KundskabError(f"There is no file {path}; check the name and the folder.")
    with path.open("rb") as file:
        magic = file.read(4)
    compression = {b"\x1f\x8b": "gzip", b"\x28\xb5": "zstd"}.get(magic[:2], "none")
    try:
        with pa.input_stream(str(path), compression=None if compression == "none" else compression) as stream:
            return stream.read(HEAD_BYTES), compression
    except OSError as error:
        raise KundskabError(f"{path.name} could not be unpacked; it seems damaged ({_first_line(error)}).") from error


def _refuse_known_others(path: Path, start: bytes) -> None:
    for magic, what in _OTHERS.items():
        if start.startswith(magic):
            raise KundskabError(f"{path.name} is {what}; CSV, Parquet and JSON Lines (also .gz, .zst) can be read.")
    if b"\x00" in start[:1024] and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise KundskabError(
            f"{path.name} is not a text file; CSV, Parquet and JSON Lines (also .gz, .zst) can be read."
        )


_OTHERS = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; save the sheet as CSV first",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV first",
    b"SQLite format 3": "an SQLite database; export its table as CSV first",
    b"%PDF": "a PDF document",
    b"BZh": "packed with bzip2; unpack it first",
    b"\xfd7zXZ": "packed with xz; unpack it first",
    b"Obj\x01": "an Avro file; convert it to Parquet first",
    b"ORC": "an ORC file; convert it to Parquet first",
    b"<": "an HTML or XML page",
}


def _encoding(start: bytes) -> tuple[str, tuple[str, ...]]:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", ("The file is UTF-16; it was read as such.",)
    try:
        # The head may end within a character: its last bytes may be incomplete.
        start[: max(len(start) - 3, 1)].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 7:
            return "cp1252", ("The file is not UTF-8; it was read as Windows-1252 (Western European).",)
    return "utf-8", ()


def _text_layout(text: str, cut: bool, compression: str, encoding: str, notes: tuple[str, ...]) -> Layout:
    lines = text.splitlines(keepends=True)
    if cut and len(lines) > 1:
        lines = lines[:-1]
    text = "".join(lines)
    escape = "\\" if '\\"' in text and '""' not in text else '"'
    best: tuple[tuple[float, int], str, list[list[str]]] | None = None
    for delimiter in DELIMITERS:
        rows = _rows(text, delimiter, escape)
        score = _evenness(rows)
        if best is None or score > best[0]:
            best = (score, delimiter, rows)
    assert best is not None
    (share, width), delimiter, rows = best
    aligned = [line.split() for line in lines[:HEAD_ROWS] if line.strip()]
    aligned_share, aligned_width = _evenness(aligned)
    if share < 0.9 and aligned_share > share and len(aligned[0]) == aligned_width:
        header = _has_header(aligned)
        return Layout(
            "aligned", compression, encoding, " ", "", header, _names(aligned[0], header, aligned_width), notes
        )
    header = _has_header(rows)
    return Layout("delimited", compression, encoding, delimiter, escape, header, _names(rows[0], header, width), notes)


def _rows(text: str, delimiter: str, escape: str) -> list[list[str]]:
    rows = []
    try:
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=delimiter,
            doublequote=escape == '"',
            escapechar=None if escape == '"' else escape,
        )
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) >= HEAD_ROWS:
                break
    except csv.Error:
        pass  # a cell larger than csv allows: what was read so far must do
    return rows or [[""]]


def _evenness(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """(share of rows of the commonest width, that width); one column is no evidence of a delimiter.

    A header of another width speaks against it: in "a;b" over "1,5;2,5" the commas cut every row alike but that one.
    """
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if width < 2:
        return 0.0, width
    header = [cell for cell in rows[0] if cell.strip()]
    return round(count / len(rows), 1) - (0.3 if len(header) < width - 1 and len(rows) > 1 else 0.0), width


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """The first row is a header when it differs in nature from what stands below it."""
    first, below = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    if all(_is_typed(cell) for cell in first):
        return False
    named = [cell.strip() for cell in first if cell.strip()]
    if len(set(named)) < len(named):
        return not below
    if any(_is_typed(cell) and _is_typed(below[0][i]) and "." in cell for i, cell in enumerate(first) if below):
        return False
    for i, cell in enumerate(first):
        column = [row[i].strip() for row in below if row[i].strip()]
        typed = sum(map(_is_typed, column))
        if column and typed > 0.8 * len(column) and cell.strip() and not _is_typed(cell):
            return True
    return not any(cell.strip() and any(row[i] == cell for row in below) for i, cell in enumerate(first))


def _is_typed(cell: str) -> bool:
    """A number or a date, by its looks."""
    return bool(_NUMBER.fullmatch(cell.strip()) or _DATE.match(cell.strip()))


_NUMBER = re.compile(r"[-+]?(\d[\d ., ]*|\d*\.\d+)([eE][-+]?\d+)?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")


def _names(first: Sequence[str], header: bool, width: int) -> tuple[str, ...]:
    cells = [cell.strip() for cell in first] if header else []
    while len(cells) > width and not cells[-1]:
        cells.pop()  # a header may end with a delimiter too many
    cells = (cells + [""] * width)[: max(width, len(cells))]
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name, again = cell or f"column{number}", 2
        while name in names:
            name, again = f"{cell or 'column'}_{again}", again + 1
        names.append(name)
    return tuple(names)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
