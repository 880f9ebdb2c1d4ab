"""The books in the text form that Prometheus reads. Counts only: no person, no value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kundskab.pipeline.answers import SourceBooks
from kundskab.types import Books

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PLACES = {
    "received": "Events received: acknowledged, or read from a file",
    "stored": "Events stored in the lake",
    "duplicate": "Events that had come before",
    "refused": "Events refused for want of permission",
    "quarantined": "Events that could not be read",
}


def text(books: Books, sources: Sequence[SourceBooks], status: Mapping[str, object]) -> str:
    """All metrics, each with its help and type."""
    lines: list[str] = []
    for place, about in PLACES.items():
        samples = [(f'{{source="{_escaped(row.source)}"}}', getattr(row, place)) for row in sources]
        # What was quarantined leaves it again by replay: a count that can fall is a gauge.
        kind = "gauge" if place == "quarantined" else "counter"
        name = f"kundskab_events_{place}" + ("_total" if kind == "counter" else "")
        lines += _metric(name, kind, about, samples)
    lines += _metric("kundskab_events_waiting", "gauge", "Events acknowledged, not yet digested", [("", books.waiting)])
    lines += _metric(
        "kundskab_books_balanced", "gauge", "1 when every event received is accounted for", [("", int(books.balanced))]
    )
    for key, (name, about) in GAUGES.items():
        if isinstance(value := status.get(key), int | float):
            lines += _metric(name, "gauge", about, [("", int(value) if isinstance(value, bool) else value)])
    return "\n".join(lines) + "\n"


GAUGES = {
    "fictitious": ("kundskab_fictitious", "1 when every person and event here is invented"),
    "persons": ("kundskab_persons", "Persons known, whatever they permit"),
    "actors": ("kundskab_actors", "Traces known, each one identifier's token"),
    "lag_seconds": ("kundskab_digest_lag_seconds", "How long the oldest waiting event has waited"),
}


def _metric(name: str, kind: str, about: str, samples: Iterable[tuple[str, object]]) -> list[str]:
    return [
        f"# HELP {name} {about}",
        f"# TYPE {name} {kind}",
        *(f"{name}{labels} {value}" for labels, value in samples),
    ]


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
