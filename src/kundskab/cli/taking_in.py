"""kundskab import | digest | refresh: from files and journals into the lake."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundskab.cli.common import Commands, command, me, print_json, purposes_and_basis, workspace
from kundskab.pipeline.progress import bar
from kundskab.types import ImportReport, KundskabError

if TYPE_CHECKING:
    from kundskab.pipeline.refresh import Refreshed
    from kundskab.workspace import Workspace

Progress = Callable[[str, float], None]
Mapping = dict[str, str] | None


def register(commands: Commands) -> None:
    take = command(commands, "import", _import, "Read a file of events, people, objects or encounters.")
    take.add_argument("file", type=Path)
    take.add_argument("--what", choices=tuple(_READERS), default="events", help="(%(default)s)")
    take.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="KEY=EXPR",
        help="a field of ours and a column or small expression, as in actor=CustomerID; guessed when none is given",
    )
    take.add_argument("--source", help="the name under which its rows are known (the file's name)")
    take.add_argument(
        "--purpose",
        action="append",
        metavar="NAME[=BASIS]",
        help="what its rows may be used for, and on which lawful basis, as you declare it (analytics)",
    )
    take.add_argument("--timezone", help="of times that name none (the workspace's)")
    take.add_argument("--keep", help="columns kept as properties: all, none, or a comma-separated list (all)")
    take.add_argument("--fictitious", action="store_true", help="declare that these rows are invented")
    take.add_argument("--yes", action="store_true", help="take the guessed mapping without asking")
    take.add_argument("--json", action="store_true", help="print the report as one JSON object")

    command(commands, "digest", _digest, "Put what the collector acknowledged into the lake, now.")
    refresh = command(commands, "refresh", _refresh, "Compute anew what is understood of people.")
    refresh.add_argument("--as-of", metavar="TIME", help="look at nothing later (now; of old data the newest event)")
    refresh.add_argument("--purpose", default="analytics", help="for which purpose (%(default)s)")
    refresh.add_argument("--horizon", type=int, default=30, metavar="DAYS", help="how far to look ahead (%(default)s)")
    refresh.add_argument(
        "--months-back",
        type=int,
        default=0,
        metavar="N",
        help="first as of N earlier months, so that forecasts can be scored at once",
    )
    refresh.add_argument("--force", action="store_true", help="also when nothing has changed since the last one")
    refresh.add_argument("--json", action="store_true", help="print what was done as one JSON object")
    refresh.add_argument("--everything", action="store_true", help="rewrite the whole lake into one run")


def _import(given: argparse.Namespace) -> int:
    mapping = _mapping(given)
    if not given.file.exists():
        raise KundskabError(f"There is no file {given.file}.")
    with workspace(given.home, make=True) as ws:
        if mapping is None:
            mapping = _guess(given, [purpose.name for purpose in ws.desk.purposes()])
        with bar(show=not given.json) as progress:
            report = _READERS[given.what](ws, given, mapping, progress)
    print_json(asdict(report)) if given.json else _print_report(report)
    return 0


def _events(ws: Workspace, given: argparse.Namespace, mapping: Mapping, progress: Progress) -> ImportReport:
    purposes, basis = purposes_and_basis(given.purpose)
    common = _common(given, progress)
    return ws.import_events(given.file, mapping, purposes=purposes, basis=basis or None, **common)


def _people(ws: Workspace, given: argparse.Namespace, mapping: Mapping, progress: Progress) -> ImportReport:
    purposes, basis = purposes_and_basis(given.purpose)
    common = _common(given, progress)
    return ws.import_people(given.file, mapping, purposes=purposes, basis=basis or None, **common)


def _objects(ws: Workspace, given: argparse.Namespace, mapping: Mapping, progress: Progress) -> ImportReport:
    return ws.import_objects(given.file, mapping, **_common(given, progress))


def _encounters(ws: Workspace, given: argparse.Namespace, mapping: Mapping, progress: Progress) -> ImportReport:
    purposes, basis = purposes_and_basis(given.purpose)
    common = _common(given, progress)
    common.pop("keep")  # what no key takes stays outside: free text about people has no place in the lake
    return ws.import_encounters(given.file, mapping, purposes=purposes, basis=basis or None, **common)


_READERS = {"events": _events, "people": _people, "objects": _objects, "encounters": _encounters}


def _common(given: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    return {
        "source": given.source,
        "timezone": given.timezone,
        "keep": _keep(given.keep),
        "fictitious": given.fictitious,
        "by": me(),
        "progress": progress,
    }


def _mapping(given: argparse.Namespace) -> dict[str, str] | None:
    if not given.map:
        return None
    pairs = [text.partition("=") for text in given.map]
    wrong = [key for key, sign, _ in pairs if not sign]
    if wrong:
        raise KundskabError(f"--map wants KEY=EXPR, and {wrong[0]!r} has no '='; for example --map actor=CustomerID.")
    return {key.strip(): expression.strip() for key, _, expression in pairs}


def _guess(given: argparse.Namespace, purposes: list[str]) -> dict[str, str]:
    """The guessed mapping, confirmed by a human or by --yes."""
    from kundskab.pipeline.importing import guess_for

    guess = guess_for(given.file, given.what, purposes)
    for key, expression, reason in guess:
        print(f"  {key:<14} {expression:<28} {reason}", file=sys.stderr)
    if not given.yes:
        if not sys.stdin.isatty():
            raise KundskabError("Nobody is here to confirm this mapping; add --yes to take it, or give --map KEY=EXPR.")
        if input("Read the file like this? [y/N] ").strip().lower() not in ("y", "yes"):
            raise KundskabError("Nothing was read; give the mapping with --map KEY=EXPR.")
    return {key: expression for key, expression, _ in guess}


def _keep(text: str | None) -> str | list[str]:
    if text in (None, "all", "none"):
        return text or "all"
    return [name.strip() for name in text.split(",")]


def _print_report(report: ImportReport) -> None:
    print(f"{report.rows:,} rows from {report.source}: {report.stored:,} stored, {report.duplicates:,} duplicates, "
          f"{report.refused:,} refused, {report.quarantined:,} quarantined, in {report.seconds:.1f} s")  # fmt: skip
    for reason, count in report.reasons.items():
        print(f"  quarantined {count:,}: {reason}")
    for note in report.notes:
        print(f"  {note}")


def _digest(given: argparse.Namespace) -> int:
    from kundskab.pipeline.digest import digest_all

    with workspace(given.home) as ws:
        done = digest_all(ws.home)
    print(f"{done.events:,} events: {done.stored:,} stored, {done.duplicate:,} duplicates, {done.refused:,} refused, "
          f"{done.quarantined:,} quarantined")  # fmt: skip
    return 0


def _refresh(given: argparse.Namespace) -> int:
    from kundskab.pipeline.digest import digest_all
    from kundskab.pipeline.refresh.looking_back import refresh_from_the_past
    from kundskab.pipeline.refresh.moment import NothingYet
    from kundskab.pipeline.worker import tidy

    ahead = {"purpose": given.purpose, "horizon_days": given.horizon}
    with workspace(given.home) as ws, bar(show=not given.json) as progress:
        if given.everything:
            tidy(ws.home, everything=True)
        try:
            if given.months_back and given.as_of is None:
                digest_all(ws.home)
                done = refresh_from_the_past(ws.home, months=given.months_back, progress=progress, **ahead)
            else:
                done = ws.refresh(given.as_of, force=given.force, progress=progress, **ahead)
        except NothingYet as nothing:  # what waits is digested and the lake is tidy all the same
            print(nothing)
            return 0
    print_json(asdict(done)) if given.json else _print_refreshed(done)
    return 0


def _print_refreshed(done: Refreshed) -> None:
    if done.was_fresh:
        print(f"Nothing has changed since the refresh as of {done.as_of:%Y-%m-%d %H:%M} UTC.")
    else:
        print(
            f"Refreshed for {done.purpose} as of {done.as_of:%Y-%m-%d %H:%M} UTC, in {sum(done.stages.values()):.1f} s"
        )
        for name, seconds in done.stages.items():
            print(f"  {name:<14} {seconds:6.1f} s")
    for note in done.notes:
        print(f"  {note}")
