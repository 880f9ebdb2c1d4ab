"""kundskab init | status | doctor | keys: a workspace, its state, its keys."""

from __future__ import annotations

import argparse
import sys

from kundskab.cli.common import Commands, command, deed, me, print_json, workspace


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
        "--purpose", action="append", metavar="NAME[=BASIS]", help="of a new source: what for, and on which basis"
    )
    create.add_argument(
        "--no-signal", choices=("no_grant", "declared"), default="no_grant",
        help="of a new source: what silence means; declared: it sends only what was consented to (%(default)s)",
    )  # fmt: skip
    create.add_argument(
        "--on-refusal", choices=("strip", "drop"), default="strip", help="of a new source (%(default)s)"
    )
    create.add_argument("--plan", type=argparse.FileType(), metavar="YAML", help="of a new source: its tracking plan")
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
    if given.json:
        print_json(status)
        return 0
    for name in ("received", "stored", "duplicate", "refused", "quarantined", "waiting"):
        print(f"{name:>12} {status[name]:>14,}")
    print(f"{'the books':>12} {'balance' if status['balanced'] else 'DO NOT BALANCE':>14}")
    print(f"{'persons':>12} {status['persons']:>14,}   actors {status['actors']:,}   lag {status['lag_seconds']:.1f} s")
    return 0 if status["balanced"] else 1


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
    purposes, basis = purposes_and_basis(given.purpose)
    with workspace(given.home, make=True) as ws:
        known = {source.name: source for source in ws.desk.sources()}
        if given.source not in known or purposes:
            ws.desk.create_source(
                given.source,
                purposes=purposes,
                basis=basis,
                no_signal=given.no_signal,
                on_refusal=given.on_refusal,
                plan=given.plan.read() if given.plan else None,
                who=me(),
            )
        print(ws.desk.create_key(given.source, kind=given.kind, who=me()))
    return 0


def _keys_rotate(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        print(ws.desk.rotate_key(given.key_id, overlap_days=given.overlap_days, who=me()))
    return 0


def _keys_revoke(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        ws.desk.revoke_key(given.key_id, who=me())
    return 0
