"""What objects are called: the catalogue, in memory, for pages."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, datetime
from threading import Lock

from kundskab.pipeline.home import Home

_ALWAYS = datetime.min.replace(tzinfo=UTC)


class Catalogue:
    """Names of objects by the day they were valid from; read anew when the lake's catalogue changed."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = Lock()
        self._stamp: int | None = None
        self._names: dict[str, tuple[list[datetime], list[str | None]]] = {}

    def current(self) -> Catalogue:
        """This catalogue, up to date."""
        stamp = self._home.lake.objects_stamp()
        with self._lock:
            if stamp != self._stamp:
                self._names, self._stamp = self._read(), stamp
        return self

    def name_of(self, thing: str | None, at: datetime) -> str | None:
        """What `thing` was called at a time; before its first name, that first name; None when it has none."""
        if thing is None or thing not in self._names:
            return None
        since, names = self._names[thing]
        return names[max(0, bisect_right(since, at) - 1)]

    def _read(self) -> dict[str, tuple[list[datetime], list[str | None]]]:
        by_object: defaultdict[str, list[tuple[datetime, str | None]]] = defaultdict(list)
        for row in self._home.lake.objects().to_pylist():
            by_object[row["object"]].append((row["valid_from"] or _ALWAYS, row["name"]))
        return {
            thing: ([since for since, _ in named], [name for _, name in named])
            for thing, named in ((thing, sorted(each, key=lambda pair: pair[0])) for thing, each in by_object.items())
        }
