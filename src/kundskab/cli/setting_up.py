"""kundskab init | status | doctor | keys: a workspace, its state, its keys."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from kundskab.cli.common import Commands, command, deed, me, print_json, workspace
from kundskab.types import KundskabError

if TYPE_CHECKING:
    from kundskab.pipeline.answers import SourceRow
    from kundskab.workspace import Workspace


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

    keys = command(commands, "keys", _keys_list, "Write keys: list, create, rotate, revoke.")
    deeds = keys.add_subparsers(metavar="DEED")
    deed(deeds, "list", _keys_list, "The keys of all sources, without their secrets.")
    create = deed(deeds, "create", _keys_create, "Make a key and print it alone; it is shown this once.")
    create.add_argument("--source", required=True, help="the source it writes for; made when new")
    create.add_argument(
        "--kind", choices=("browser", "server"), default="browser", help="browser keys are public (%(default)s)"
    )
    create.add_argument(
        "--purpose", action="append", metavar="NAME[=BASIS]", help="of the source: what for, and on which basis"
    )
    create.add_argument(
        "--no-signal", choices=("no_grant", "declared"),
        help="of the source: what silence means; declared: it sends only what was consented to (no_grant)",
    )  # fmt: skip
    create.add_argument("--on-refusal", choices=("strip", "drop"), help="of the source (strip)")
    create.add_argument("--plan", type=argparse.FileType(), metavar="YAML", help="of the source: its tracking plan")
    create.add_argument(
        "--category", action="append", metavar="NAME=PURPOSE", help="of the source: a word of its consent banner, and "
        "the purpose it means",
    )  # fmt: skip
    create.add_argument(
        "--events-per-second", type=float, metavar="N", help="of the source: how fast a key may send, in each worker"
    )
    rotate = deed(deeds, "rotate", _keys_rotate, "Make a new key beside an old one and print it alone.")
    rotate.add_argument("key_id", type=int)
    rotate.add_argument("--overlap-days", type=int, default=7, help="how long the old one still works (%(default)s)")
    revoke = deed(deeds, "revoke", _keys_revoke, "Stop a key at once.")
    revoke.add_argument("key_id", type=int)


def purposes_and_basis(given: list[str] | None) -> tuple[list[str] | None, dict[str, str]]:
    """["analytics", "necessary=contract"] -> (["analytics", "necessary"], {"necessary": "contract"})."""
    if not given:
        return None, {}
    pairs = [text.partition("=") for text in given]
    return [name for name, _, _ in pairs], {name: basis for name, _, basis in pairs if basis}


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


def _keys_list(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        rows = [(source, key) for source in ws.desk.sources() for key in source.keys]
    for source, key in rows:
        state = "revoked" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "valid"
        print(f"{key.id:>4}  {source.name:<20} {key.kind:<8} kw_...{key.last4}  {state}")
    if not rows:
        print("No keys yet; make one with: kundskab keys create --source web", file=sys.stderr)
    return 0


def _keys_create(given: argparse.Namespace) -> int:
    with workspace(given.home, make=True) as ws:
        before = next((source for source in ws.desk.sources() if source.name == given.source), None)
        if before is None or _says_something_of_the_source(given):
            _put_source(ws, given, before)
        print(ws.desk.create_key(given.source, kind=given.kind, who=me()))
    return 0


def _says_something_of_the_source(given: argparse.Namespace) -> bool:
    said = (given.purpose, given.no_signal, given.on_refusal, given.plan, given.category, given.events_per_second)
    return any(each is not None for each in said)


def _put_source(ws: Workspace, given: argparse.Namespace, before: SourceRow | None) -> None:
    """Add the source, or change what was said of it and nothing else."""
    purposes, basis = purposes_and_basis(given.purpose)
    ws.desk.create_source(
        given.source,
        label=before.label if before else "",
        purposes=purposes or (list(before.purposes) if before else None),
        basis=_on_old_grounds(purposes, before) | basis,
        no_signal=given.no_signal or (before.no_signal if before else "no_grant"),
        on_refusal=given.on_refusal or (before.on_refusal if before else "strip"),
        plan=given.plan.read() if given.plan else None,
        categories=_categories(given.category),
        events_per_second=given.events_per_second,
        who=me(),
    )


def _on_old_grounds(purposes: list[str] | None, before: SourceRow | None) -> dict[str, str]:
    """The basis that each purpose had; a purpose is never moved to another basis unsaid."""
    known = before.purposes if before else {}
    return {name: known[name] for name in purposes or known if name in known}


def _categories(given: list[str] | None) -> dict[str, str] | None:
    """["cookies-1=analytics"] -> {"cookies-1": "analytics"}; None when nothing was said."""
    if given is None:
        return None
    pairs = [text.rpartition("=") for text in given]
    if wrong := [purpose for name, sign, purpose in pairs if not (name and sign)]:
        raise KundskabError(f"--category wants NAME=PURPOSE, and {wrong[0]!r} is only one of them.")
    return {name: purpose for name, _, purpose in pairs}


def _keys_rotate(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        print(ws.desk.rotate_key(given.key_id, overlap_days=given.overlap_days, who=me()))
    return 0


def _keys_revoke(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        ws.desk.revoke_key(given.key_id, who=me())
    return 0
