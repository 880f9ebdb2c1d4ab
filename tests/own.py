"""Events of single persons as a view hands them out, from drawn rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from tests.spec.drawn import moment

from kundskab.consent.alone import OwnEvent


def own_events(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[OwnEvent, ...]]:
    """person -> what she did, oldest first; what a row does not say is None."""
    found: defaultdict[str, list[OwnEvent]] = defaultdict(list)
    for row in rows:
        said: dict[str, Any] = {name: row.get(name) for name in OwnEvent._fields} | {"occurred_at": moment(row["at"])}
        found[row["person"]].append(OwnEvent(**said))
    return {person: tuple(sorted(events, key=lambda event: event.occurred_at)) for person, events in found.items()}
