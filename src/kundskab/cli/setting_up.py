"""kundskab init | status | doctor: a workspace and its state."""

from __future__ import annotations

import argparse

from kundskab.cli.common import Commands, command, print_json, workspace


def register(commands: Commands) -> None:
    init = command(commands, "init", _init, "Make a new workspace.")
    init.add_argument("--name", help="what the company is called (the folder's name)")
    init.add_argument(
        "--timezone", default="UTC", help="whose clock its days follow, like Europe/Stockholm (%(default)s)"
    )
    init.add_argument("--currency", default="EUR", help="of amounts that name none (%(default)s)")
    init.add_argument("--fictitious", action="store_true", help="for invented people; real ones never come in")

    status = command(commands, "status", _status, "What came in and what became of it: the books.")
    status.add_argument("--json", action="store_true", help="one JSON object")

    command(commands, "doctor", _doctor, "Look for what is wrong with a workspace, and say what helps.")


def _init(given: argparse.Namespace) -> int:
    from kundskab.pipeline.home import Home

    with Home.create(
        given.home, name=given.name, timezone=given.timezone, currency=given.currency, fictitious=given.fictitious
    ) as home:
        print(f"Made the workspace {home.settings.name!r} in {home.folder}.")
        print(f"Its keys lie in {home.keys.path}: keep a copy elsewhere, without them nobody can be named.")
    return 0


def _status(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        status = ws.status()
    exit_code = 0 if status["balanced"] else 1
    if given.json:
        print_json(status)
        return exit_code
    for name in ("received", "stored", "duplicate", "refused", "quarantined", "waiting"):
        print(f"{name:>12} {status[name]:>14,}")
    print(f"{'the books':>12} {'balance' if status['balanced'] else 'DO NOT BALANCE':>14}")
    print(f"{'persons':>12} {status['persons']:>14,}   actors {status['actors']:,}   lag {status['lag_seconds']:.1f} s")
    return exit_code


def _doctor(given: argparse.Namespace) -> int:
    from kundskab.pipeline.doctor import examine

    findings = examine(given.home)
    for finding in findings:
        print(f"{'ok ' if finding.is_well else 'BAD'} {finding.what}" + (f": {finding.help}" if finding.help else ""))
    return 0 if all(finding.is_well for finding in findings) else 1
