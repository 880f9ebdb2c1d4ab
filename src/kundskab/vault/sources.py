"""Sources: where events come from, and what a source's settings allow."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from kundskab.types import KundskabError
from kundskab.vault.purposes import BASES
from kundskab.vault.schema import sources
from kundskab.vault.times import from_micros, to_micros

KINDS = ("live", "import")
_CHOICES = {"on_refusal": ("strip", "drop"), "no_signal": ("no_grant", "declared")}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/ -]{0,99}")


@dataclass(frozen=True, slots=True)
class Source:
    """`settings`: purposes (list), basis ({purpose: lawful basis}), on_refusal, no_signal, categories, and more."""

    name: str
    kind: str  # live | import
    label: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None

    @property
    def purposes(self) -> tuple[str, ...]:
        """What its events are collected for."""
        return tuple(self.settings.get("purposes", ()))

    @property
    def basis(self) -> dict[str, str]:
        """Declared lawful basis per purpose; a purpose that is not here keeps its own."""
        return dict(self.settings.get("basis", {}))

    @property
    def on_refusal(self) -> str:
        """What the door does with an event whose own signal refuses: strip the purposes or drop the body."""
        return str(self.settings.get("on_refusal", "strip"))

    @property
    def no_signal(self) -> str:
        """What an event without a signal means: no_grant, or declared (the source's declaration stands)."""
        return str(self.settings.get("no_signal", "no_grant"))

    @property
    def categories(self) -> dict[str, str]:
        """Consent categories of the sender -> our purposes."""
        return dict(self.settings.get("categories", {}))


def put(tx: Connection, name: str, *, kind: str, label: str, settings: Mapping[str, Any], at: datetime) -> Source:
    """Add a source, or renew its label and settings. Raises KundskabError for a name or setting that cannot be."""
    _check(name, kind, settings)
    row = {
        "name": name,
        "kind": kind,
        "label": label,
        "settings": json.dumps(dict(settings), sort_keys=True, ensure_ascii=False),
        "created_at": to_micros(at),
    }
    renewed = {"label": row["label"], "settings": row["settings"]}
    tx.execute(upsert(sources).on_conflict_do_update(index_elements=["name"], set_=renewed), row)
    found = get(tx, name)
    if found is None or found.kind != kind:
        raise KundskabError(f"There is already a source {name!r} of another kind; choose another name.")
    return found


def get(tx: Connection, name: str) -> Source | None:
    return next((source for source in every(tx) if source.name == name), None)


def every(tx: Connection) -> list[Source]:
    """All sources by name."""
    rows = tx.execute(select(sources).order_by(sources.c.name))
    return [Source(r.name, r.kind, r.label, json.loads(r.settings), from_micros(r.created_at)) for r in rows]


def _check(name: str, kind: str, settings: Mapping[str, Any]) -> None:
    if not _NAME.fullmatch(name):
        raise KundskabError(f"{name!r} cannot name a source; use 1 to 100 letters, digits, spaces and . _ : / -")
    if kind not in KINDS:
        raise KundskabError(f"A source is live or an import, not {kind!r}.")
    for setting, choices in _CHOICES.items():
        if setting in settings and settings[setting] not in choices:
            raise KundskabError(f"{setting} is {' or '.join(choices)}, not {settings[setting]!r}.")
    for purpose, basis in dict(settings.get("basis", {})).items():
        if basis not in BASES:
            raise KundskabError(f"{basis!r} is no lawful basis (for {purpose}); choose one of {', '.join(BASES)}.")
