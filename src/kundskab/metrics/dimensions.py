"""What events can be split by: a column, or a property that some of them carry."""

from __future__ import annotations

from typing import Any

import ibis

from kundskab.types import KundskabError

COLUMNS = ("channel", "category", "source", "object", "action")
PROPERTY = "property:"
# What the collector keeps of a client's context; a property of its own is never called so.
CONTEXT = {
    "language": "_context.locale",
    "referrer": "_context.referrer",
    "campaign": "_context.campaign.source",
    "device type": "_context.device.type",
    "operating system": "_context.os.name",
}
_SAMPLE = 20_000  # events looked at for the properties they carry
_LONGEST = 100  # signs of a property's name


def value_of(events: ibis.Table, dimension: str) -> Any:
    """Ibis: the text an event has in this dimension, or null.  dimension: one of COLUMNS, or "property:" and a name.

    Raises KundskabError for any other word.
    """
    if dimension in COLUMNS:
        return events[dimension]
    name = dimension.removeprefix(PROPERTY)
    if not dimension.startswith(PROPERTY) or not name or len(name) > _LONGEST or '"' in name or "\\" in name:
        raise KundskabError(f"Events cannot be split by {dimension[:_LONGEST]!r}; choose one of {', '.join(COLUMNS)}.")
    parts = name.split(".") if name in CONTEXT.values() else [name]
    return _json_text(events.properties, "$" + "".join(f'."{part}"' for part in parts))


def properties_of(events: ibis.Table) -> list[str]:
    """Which properties some of the newest of these events carry, the commonest first, as dimensions."""
    # First their numbers alone, which is one narrow column; then the few files that hold them.
    since = events.select("ingested_seq").order_by(ibis.desc("ingested_seq")).limit(_SAMPLE).to_pyarrow()
    if not since.num_rows:
        return []
    newest = events.filter(events.ingested_seq >= since["ingested_seq"][-1].as_py()).select("properties")
    keys = newest.mutate(name=_json_keys(newest.properties)).unnest("name")
    counted = keys.group_by("name").agg(n=keys.count()).order_by(ibis.desc("n"), "name").limit(60).to_pyarrow()
    names = [name for name in counted["name"].to_pylist() if name and not name.startswith("_")]
    usable = [name for name in names if '"' not in name and "\\" not in name and len(name) <= _LONGEST]
    return [PROPERTY + name for name in usable] + _context_of(newest)


def _context_of(newest: ibis.Table) -> list[str]:
    dimensions = [PROPERTY + path for path in CONTEXT.values()]
    counted = newest.agg(**{str(n): value_of(newest, name).count() for n, name in enumerate(dimensions)}).to_pyarrow()
    return [name for n, name in enumerate(dimensions) if counted[str(n)][0].as_py()]


def in_words(dimension: str) -> str:
    """How a page says it: "property:size" -> size."""
    name = dimension.removeprefix(PROPERTY)
    return next((said for said, path in CONTEXT.items() if path == name), name.replace("_", " "))


@ibis.udf.scalar.builtin(name="json_extract_string", signature=(("string", "string"), "string"))
def _json_text(text, path):  # type: ignore[no-untyped-def]
    """The value at a path of a JSON text, as text; null where there is none."""


@ibis.udf.scalar.builtin(name="json_keys", signature=(("string",), "array<string>"))
def _json_keys(text):  # type: ignore[no-untyped-def]
    """The names in a JSON object."""
