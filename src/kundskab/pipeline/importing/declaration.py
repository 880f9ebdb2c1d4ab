"""What an import declares: its source, what its rows may be used for, on which basis, and who says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kundskab.events.identity import RESERVED
from kundskab.events.limits import FURTHEST_AHEAD, MAX_IDENTIFIER
from kundskab.lake.intake import Rules, says_fictitious
from kundskab.pipeline.home import Home
from kundskab.pipeline.sources import settings_for
from kundskab.types import KundskabError
from kundskab.vault import Source, Tx

DEFAULT_PURPOSES = ("analytics",)
DEFAULT_BASIS = "legitimate_interests"

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)  # a file may hold history; what is older is a broken clock

Progress = Callable[[str, float], None]  # what is being done, and which share of the whole is done (0-1)

_ENDINGS = re.compile(r"\.(csv|tsv|txt|json|jsonl|ndjson|parquet|gz|zst)$", re.IGNORECASE)


def nothing(what: str, share: float) -> None:
    """A progress that nobody watches."""


def rules_at(received_at: datetime) -> Rules:
    """What every row must keep to; the door's own bounds where it has them."""
    return Rules(RESERVED, MAX_IDENTIFIER, EARLIEST, received_at + FURTHEST_AHEAD)


def refuse_mixing(home: Home, path: Path, *, fictitious: bool) -> None:
    """Fictitious and real people never share a workspace; a file that says it is fictitious needs no declaration."""
    fictitious = fictitious or says_fictitious(path)
    if home.settings.fictitious and not fictitious:
        raise KundskabError(
            f"{home.settings.name} is a fictitious workspace; real data never mix with it. Import into another "
            "workspace, or declare the file fictitious (--fictitious)."
        )
    if fictitious and not home.settings.fictitious:
        raise KundskabError(
            f"{home.settings.name} holds real data; the file is fictitious and never mixes with it. "
            "Make a fictitious workspace for it: kundskab init --fictitious"
        )


def source_name(path: Path) -> str:
    """The file's name without its endings, as far as a source may be called so."""
    name = path.name
    while (shorter := _ENDINGS.sub("", name)) != name:
        name = shorter
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:100] or "import"


def declare(
    home: Home,
    tx: Tx,
    name: str,
    *,
    purposes: Sequence[str] | None,
    basis: Mapping[str, str] | str | None,
    now: datetime,
    mapping: Mapping[str, str] | None = None,
) -> tuple[Source, dict[str, str], int]:
    """Put down the source with what is declared; returns it, {purpose: basis}, and which import of it this is.

    Raises KundskabError for an unknown purpose or basis, or when the name is a live source's.
    """
    known = {purpose.name: purpose for purpose in home.vault.purposes(tx)}
    wanted = list(purposes or DEFAULT_PURPOSES)
    settings = settings_for(wanted, DEFAULT_BASIS if basis is None else basis, known)
    before = home.vault.source(name, tx)
    if before is not None and before.kind != "import":
        raise KundskabError(f"{name!r} is a live source; give the import a source name of its own.")
    number = 1 + int(before.settings.get("imports", 0)) if before is not None else 1
    label = name if before is None else before.label
    settings["imports"] = number
    if mapping is not None:  # remembered, so that a page can tell how the source's files were read
        settings["mapping"] = dict(mapping)
    elif before is not None and "mapping" in before.settings:
        settings["mapping"] = before.settings["mapping"]
    source = home.vault.put_source(tx, name, kind="import", label=label, settings=settings, at=now)
    return source, {purpose: source.basis[purpose] for purpose in wanted}, number


def declaration_note(grounds: Mapping[str, str], declared_by: str) -> str:
    """One sentence that says what was declared, and by whom."""
    said = ", ".join(f"{purpose} ({basis.replace('_', ' ')})" for purpose, basis in grounds.items())
    asked = [purpose for purpose, basis in grounds.items() if basis == "consent"]
    more = f" Rows for {', '.join(asked)} are seen once the person herself has granted it." if asked else ""
    return f"{declared_by} declares that these rows may be used for {said}; a person's objection beats that.{more}"
