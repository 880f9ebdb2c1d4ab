"""From the path of a foreign file to its rows: a working folder, an engine of its own, the reader of its format."""

from __future__ import annotations

import codecs
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa

from kundskab.lake.engine import connect, quoted
from kundskab.lake.full import is_full_disk
from kundskab.lake.intake.delimited import read_delimited
from kundskab.lake.intake.foreign import Staged
from kundskab.lake.intake.formats import Layout, look
from kundskab.lake.intake.json_files import read_json_array, read_json_lines
from kundskab.lake.intake.lines import read_aligned
from kundskab.lake.intake.typed import read_typed
from kundskab.lake.intake.unreadable import expect_bad_lines
from kundskab.types import KundskabError

MEMORY_LIMIT = "1000MB"
WORK_FOLDER = "intake"
_CHUNK = 1 << 20
_HEAD_BYTES = 4 << 20


@contextmanager
def staged(path: Path, run_folder: Path, *, timezone: str = "UTC") -> Iterator[Staged]:
    """Read a file of any size in bounded memory; its working folder under `run_folder` goes in the end.

    timezone: of times that do not say theirs.  Raises KundskabError, with one sentence, for what cannot be read at all.
    """
    sweep(run_folder)
    folder = run_folder / WORK_FOLDER / uuid4().hex
    folder.mkdir(parents=True, mode=0o700)
    connection = connect(folder / "spill", memory_limit=MEMORY_LIMIT)
    try:
        _set_timezone(connection, timezone)
        yield _stage(connection, folder, path)
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def head_of(path: Path, folder: Path) -> Path:
    """A file of the same layout that holds only the first rows, for guessing; Parquet is quick enough as it is."""
    layout = look(path)
    if layout.kind in ("parquet", "json_array"):
        return path
    compression = None if layout.compression == "none" else layout.compression
    with pa.input_stream(str(path), compression=compression) as stream:
        start = stream.read(_HEAD_BYTES)
    lines = start if len(start) < _HEAD_BYTES or layout.encoding == "utf-16" else start[: start.rfind(b"\n") + 1]
    head = folder / "head"
    head.write_bytes(lines or start)
    return head


def sweep(run_folder: Path) -> None:
    """Remove what a crashed import left behind. The caller is the one writer, so nobody else is reading there."""
    shutil.rmtree(run_folder / WORK_FOLDER, ignore_errors=True)


def _set_timezone(connection: duckdb.DuckDBPyConnection, timezone: str) -> None:
    try:
        connection.execute(f"SET TimeZone = {quoted(timezone)}")
    except duckdb.Error as error:
        raise KundskabError(f"{timezone!r} is no time zone; give one like 'Europe/Stockholm'.") from error


def _stage(connection: duckdb.DuckDBPyConnection, folder: Path, path: Path) -> Staged:
    layout = look(path)
    source = folder / f"source{_ENDINGS[layout.compression]}"
    source.symlink_to(path.resolve())  # the engine would take *, ? and [ in a name for a pattern
    expect_bad_lines(connection)
    try:
        if layout.encoding != "utf-8":
            source, layout = _as_utf8(source, folder, layout)
        return _READERS[layout.kind](connection, folder, source, layout)
    except (duckdb.Error, pa.ArrowInvalid, OSError, EOFError) as error:
        refuse_full_disk(error)
        raise KundskabError(f"{path.name} could not be read; it seems damaged ({_short(error)}).") from error


def refuse_full_disk(error: BaseException) -> None:
    """Raises KundskabError when this error means that the disk is full; nothing was stored then."""
    if is_full_disk(error):
        raise KundskabError("The disk is full; nothing was stored. Free some space and import again.") from error


_ENDINGS = {"none": "", "gzip": ".gz", "zstd": ".zst"}


def _as_utf8(source: Path, folder: Path, layout: Layout) -> tuple[Path, Layout]:
    target = folder / "source-utf8"
    compression = None if layout.compression == "none" else layout.compression
    decoder = codecs.getincrementaldecoder(layout.encoding)(errors="replace")
    with pa.input_stream(str(source), compression=compression) as stream, target.open("w", encoding="utf-8") as out:
        while chunk := stream.read(_CHUNK):
            out.write(decoder.decode(chunk))
        out.write(decoder.decode(b"", final=True))
    return target, replace(layout, compression="none", encoding="utf-8")


_READERS = {
    "delimited": read_delimited,
    "aligned": read_aligned,
    "parquet": read_typed,
    "json_lines": read_json_lines,
    "json_array": read_json_array,
}


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:160] if str(error) else type(error).__name__
