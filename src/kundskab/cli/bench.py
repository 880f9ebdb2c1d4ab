"""What this machine can do: a few figures from a throw-away workspace. `make bench` measures more, beside its peers."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import orjson

from kundskab.types import utc_now

if TYPE_CHECKING:
    from kundskab.journal import Entry
    from kundskab.workspace import Workspace

_PERSONS = 5_000
_BATCH = 100  # events in a request
_SINGLES = 200  # appends made one by one, each with its own sync
_META = orjson.dumps({"path_type": None, "gpc": False, "key": "server"})


def measure(events: int, *, folder: Path | None = None) -> Iterator[str]:
    """Lines ready to print: durable appends, digest, reading through the view. Takes about events / 5,000 seconds.

    folder: on the disk to be measured; the machine's folder for temporary files when None.
    """
    events = max(events // _BATCH, 1) * _BATCH
    with _workspace(folder) as ws:
        yield _appends_one_by_one(ws)
        yield _appends_in_groups(ws, events)
        yield _digest(ws, events)
        yield from _reading(ws)


@contextmanager
def _workspace(beside: Path | None) -> Iterator[Workspace]:
    """A workspace that is gone afterwards, its keys too."""
    from kundskab.workspace import open_workspace

    with tempfile.TemporaryDirectory(prefix="kundskab-bench-", dir=beside) as folder:
        keys = Path(folder) / "keys"
        keys.mkdir(mode=0o700)
        before = os.environ.get("KUNDSKAB_KEYS")
        os.environ["KUNDSKAB_KEYS"] = str(keys)
        try:
            with open_workspace(Path(folder) / "home") as ws:
                ws.desk.create_source("shop", no_signal="declared", basis="legitimate_interests", who="bench")
                yield ws
        finally:
            del os.environ["KUNDSKAB_KEYS"]
            os.environ |= {} if before is None else {"KUNDSKAB_KEYS": before}


def _appends_one_by_one(ws: Workspace) -> str:
    from kundskab.journal import Journal

    entries = _entries(0, _SINGLES * _BATCH)
    with Journal.open(Path(ws.home.folder) / "trial") as journal:
        started = perf_counter()
        for entry in entries:
            journal.append([entry])
        seconds = perf_counter() - started
    return _line("journal, each request synced", len(entries) / seconds, "requests/s")


def _appends_in_groups(ws: Workspace, events: int) -> str:
    from kundskab.journal import Journal

    groups = [_entries(first, min(first + 2_000, events)) for first in range(0, events, 2_000)]
    with Journal.open(ws.home.journal) as journal:
        started = perf_counter()
        for group in groups:
            journal.append(group)
        seconds = perf_counter() - started
    return _line("journal, 20 requests a sync", events / seconds, "events/s")


def _digest(ws: Workspace, events: int) -> str:
    from kundskab.pipeline.digest import digest_all

    started = perf_counter()
    done = digest_all(ws.home)
    seconds = perf_counter() - started
    assert done.stored == events, done
    return _line("digest, journal to committed lake", events / seconds, "events/s")


def _reading(ws: Workspace) -> Iterator[str]:
    ws.view()  # the first one loads libraries
    started = perf_counter()
    view = ws.view()
    [persons] = view.events.agg(n=view.events.person.nunique()).to_pyarrow()["n"].to_pylist()
    yield _line(f"open a view, count its {persons:,} persons", (perf_counter() - started) * 1000, "ms")
    person = view.events.select("person").limit(1).to_pyarrow()["person"][0].as_py()
    started = perf_counter()
    view.of_person(person).order_by("occurred_at").to_pyarrow()
    yield _line("one person's timeline", (perf_counter() - started) * 1000, "ms")


def _entries(first: int, last: int) -> Sequence[Entry]:
    """Requests of a hundred events each, from number `first` to before `last`."""
    from kundskab.journal import Entry

    bodies = [
        orjson.dumps({"batch": [_event(n) for n in range(at, min(at + _BATCH, last))]})
        for at in range(first, last, _BATCH)
    ]
    return [Entry("shop", utc_now(), _META, body, _BATCH) for body in bodies]


def _event(number: int) -> dict[str, object]:
    visit = number // 8
    return {
        "type": "track",
        "event": ("Product Viewed", "Product Added", "Order Completed")[number % 3],
        "messageId": f"bench-{number}",
        "userId": f"user-{visit * 7919 % _PERSONS}",
        "properties": {"product_id": f"sku-{number * 40_503 % 5_000}", "price": 129.5, "currency": "EUR"},
        "context": {"library": {"name": "bench", "version": "1"}, "page": {"path": f"/p/{number % 900}"}},
    }


def _line(what: str, value: float, unit: str) -> str:
    return f"{what:<44}{value:>12,.0f} {unit}"
