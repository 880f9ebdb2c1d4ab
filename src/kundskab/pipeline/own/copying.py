"""A person's copy of what is kept about her: each kind of thing as a JSON object, in words she may read."""

from __future__ import annotations

from typing import Any

import orjson

from kundskab.vault import Fact
from kundskab.vault.encounters import Said


def fact(kept: Fact) -> dict[str, Any]:
    """One thing we know or knew."""
    return {
        "what": kept.name,
        "value": kept.value,
        "how": kept.how,
        "source": kept.source,
        "at": kept.occurred_at.isoformat(),
    }


def meeting(said: Said) -> dict[str, Any]:
    """What we wrote down when we met her: her words, and our reading marked as ours."""
    return {
        "at": said.occurred_at.isoformat(),
        "how": said.kind,
        "with": said.staff,
        "your_words": said.words or None,
        "our_reading": said.reading or None,
        "for_research": said.research,
    }


def event(row: dict[str, Any]) -> dict[str, Any]:
    """An event without its empty fields; money as exact text, its properties as they came."""
    told = {name: value for name, value in row.items() if value is not None and name != "permission"}
    told["properties"] = orjson.loads(told["properties"]) if told.get("properties") else {}
    return told
