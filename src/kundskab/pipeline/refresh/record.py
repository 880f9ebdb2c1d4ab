"""How far a refresh came, in a small file beside the locks: so that one that was killed goes on where it was.

Losing the file costs a refresh from the beginning and nothing else.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import orjson


@dataclass(slots=True)
class Record:
    """One refresh.  inputs: what it was computed from.  done: stage -> seconds."""

    as_of: datetime
    began_at: datetime
    inputs: str
    asked: str  # "now", or the moment that was asked for
    done: dict[str, float] = field(default_factory=dict)
    finished_at: datetime | None = None
    tries: int = 0  # how often it was begun or gone on with
    tried_at: datetime | None = None


def read(folder: Path, purpose: str) -> Record | None:
    """The last refresh for this purpose; None when there was none, or its file cannot be read."""
    try:
        raw = orjson.loads(_path(folder, purpose).read_bytes())
        for name in ("as_of", "began_at", "finished_at", "tried_at"):
            raw[name] = raw[name] and datetime.fromisoformat(raw[name])
        return Record(**raw)
    except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None


def write(folder: Path, purpose: str, record: Record) -> None:
    """The old file or the new one, whatever happens meanwhile."""
    path = _path(folder, purpose)
    draft = path.with_suffix(".new")
    draft.write_bytes(orjson.dumps(asdict(record), option=orjson.OPT_INDENT_2))
    os.replace(draft, path)


def _path(folder: Path, purpose: str) -> Path:
    return folder / f"refreshed-{purpose}.json"
