"""The doctor: what could be wrong with a workspace, and what helps."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kundskab import journal
from kundskab.lake.reader import pin
from kundskab.pipeline.books import books
from kundskab.pipeline.home import Home
from kundskab.pipeline.permissions import wrong_rows
from kundskab.types import KundskabError

LEAST_FREE_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    is_well: bool
    help: str = ""  # one sentence, when it is not well


def examine(folder: Path) -> list[Finding]:
    """Every check in turn; one that cannot be made is a bad finding with the reason."""
    try:
        home = Home.open(folder)
    except KundskabError as error:
        return [Finding("the workspace opens", False, str(error))]
    with home:
        return [_checked(what, check, home) for what, check in _CHECKS]


def _checked(what: str, check: Callable[[Home], str], home: Home) -> Finding:
    try:
        trouble = check(home)
    except KundskabError as error:
        trouble = str(error)
    except Exception as error:  # whatever a damaged file makes of us: a doctor must not faint
        trouble = f"this could not be looked at ({type(error).__name__}: {_first_line(error)})"
    return Finding(what, not trouble, trouble)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]


def _keys(home: Home) -> str:
    return "" if home.keys.active else "no active key"


def _vault(home: Home) -> str:
    home.vault.count_actors()
    return ""


def _files(home: Home) -> str:
    missing = [path for path in pin(home.lake).files if not path.exists()]
    moved = " (was the folder moved? the lake's files are known by their full path)" if missing else ""
    return f"{len(missing)} data files are missing, the first is {missing[0]}{moved}" if missing else ""


def _ids(home: Home) -> str:
    behind = not home.ids.covers(home.lake.state().positions)
    return "the id index is behind the lake; the next digest builds it anew" if behind else ""


def _journals(home: Home) -> str:
    positions, received = home.lake.state().positions, journal.received(home.journal)
    behind = [name for name, position in positions.items() if received.get(name, 0) < position]
    if not behind:
        return ""
    return (
        f"journal {behind[0]} counts fewer events than were digested from it, so it was replaced, and what comes in "
        f"now would be taken for digested; restore {home.journal} from its backup"
    )


def _balance(home: Home) -> str:
    summed = books(home)
    return "" if summed.balanced else f"the books do not balance: {summed}"


def _map(home: Home) -> str:
    with home.vault.reading() as tx:
        wrong = wrong_rows(home, tx)
    return (
        f"{wrong} persons or permissions are not what links and ledger say; run: kundskab people rebuild"
        if wrong
        else ""
    )


def _disk(home: Home) -> str:
    free = shutil.disk_usage(home.folder).free
    return "" if free >= LEAST_FREE_BYTES else f"only {free / 1e6:,.0f} MB are free; the collector will say 'try later'"


def _private(home: Home) -> str:
    open_to_others = os.stat(home.folder).st_mode & 0o077
    return f"others can read {home.folder}; run: chmod 700 {home.folder}" if open_to_others else ""


_CHECKS: tuple[tuple[str, Callable[[Home], str]], ...] = (
    ("the key file is there and private", _keys),
    ("the vault opens with these keys", _vault),
    ("every file the lake names is there", _files),
    ("the id index covers the lake", _ids),
    ("the journals reach as far as the lake", _journals),
    ("the books balance", _balance),
    ("the map says what links and ledger say", _map),
    ("there is room on the disk", _disk),
    ("the folder is private", _private),
)
