"""Does a file say of itself that everybody in it is invented? So that nobody has to remember it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

MARK = "fictitious"  # a key of a Parquet file's metadata, a column of a text file, the beginning of a name
_HEADER_BYTES = 1 << 16


def says_fictitious(path: Path) -> bool:
    """Whether a file carries the mark of a fictitious company: in its name, its metadata or its header.

    A file that cannot be read says nothing here; reading it in earnest will tell why.
    """
    if path.name.lower().startswith(f"{MARK}-"):
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
        if head.startswith(b"PAR1"):
            return MARK.encode() in (pq.read_schema(path).metadata or {})
    except (OSError, pa.ArrowException):
        return False
    header = head.split(b"\n", 1)[0].decode("utf-8", "replace").lower()
    return MARK in {cell.strip(" \"'\r") for sign in ",;\t|" for cell in header.split(sign)}
