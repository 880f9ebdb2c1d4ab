"""kundskab keys: write keys for senders, read keys for a company's own servers; and the workspace's own keys."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

from kundskab.cli.common import Commands, command, deed, me, purposes_and_basis, workspace
from kundskab.types import KundskabError

if TYPE_CHECKING:
    from datetime import datetime

    from kundskab.pipeline.answers import SourceRow
    from kundskab.workspace import Workspace


def register(commands: Commands) -> None:
    keys = command(commands, "keys", _keys_list, "Write keys and read keys: list, create, rotate, revoke.")
    deeds = keys.add_subparsers(metavar="DEED")
    deed(deeds, "list", _keys_list, "All keys without their secrets; those of readers are numbered r1, r2, ...")
    create = deed(deeds, "create", _keys_create, "Make a key and print it alone; it is shown this once.")
    create.add_argument(
        "--kind", choices=("browser", "server", "read"), default="browser",
        help="browser keys are public; read keys ask the HTTP API about people (%(default)s)",
    )  # fmt: skip
    create.add_argument("--source", help="the source a browser or server key writes for; made when new")
    create.add_argument("--name", help="who uses a read key; the audit tells it")
    create.add_argument(
        "--may-record", action="store_true", help="a read key that also writes down what people say about consent"
    )
    create.add_argument(
        "--purpose", action="append", metavar="NAME[=BASIS]", help="of the source: what for, and on which basis; of a "
        "read key: what it reads for",
    )  # fmt: skip
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
    rotate.add_argument("key_id", metavar="KEY", help="its number, as `kundskab keys list` tells it: 3 or r3")
    rotate.add_argument("--overlap-days", type=int, default=7, help="how long the old one still works (%(default)s)")
    revoke = deed(deeds, "revoke", _keys_revoke, "Stop a key at once.")
    revoke.add_argument("key_id", metavar="KEY", help="its number, as `kundskab keys list` tells it: 3 or r3")
    anew = deed(deeds, "reseal", _keys_reseal, "Seal everything in the vault anew under the workspace's newest keys.")
    anew.add_argument("--renew", action="store_true", help="first make new keys; the server must be stopped")


def _keys_list(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        writing = [(source, key) for source in ws.desk.sources() for key in source.keys]
        reading = ws.desk.read_keys.every()
    for source, key in writing:
        state = _state(key.revoked_at, key.expires_at)
        print(f"{key.id:>4}  {source.name:<20} {key.kind:<8} kw_...{key.last4}  {state}")
    for one in reading:
        state = f"{_state(one.revoked_at, one.expires_at)}, {' '.join(one.purposes)}"
        print(f"{f'r{one.id}':>4}  {one.name:<20} {'read':<8} kr_...{one.last4}  {state}")
    if not (writing or reading):
        print("No keys yet; make one with: kundskab keys create --source web", file=sys.stderr)
    return 0


def _state(revoked_at: datetime | None, expires_at: datetime | None) -> str:
    return "revoked" if revoked_at else f"until {expires_at:%Y-%m-%d}" if expires_at else "valid"


def _keys_create(given: argparse.Namespace) -> int:
    if given.kind == "read":
        return _read_key_create(given)
    if not given.source:
        raise KundskabError("A browser or server key writes for a source; say which with --source.")
    with workspace(given.home, make=True) as ws:
        before = next((source for source in ws.desk.sources() if source.name == given.source), None)
        if before is None or _says_something_of_the_source(given):
            _put_source(ws, given, before)
        print(ws.desk.create_key(given.source, kind=given.kind, who=me()))
    return 0


def _read_key_create(given: argparse.Namespace) -> int:
    if not (given.name and given.purpose):
        raise KundskabError("A read key needs --name, who uses it, and at least one --purpose that it reads for.")
    with workspace(given.home) as ws:
        print(ws.desk.read_keys.create(given.name, purposes=given.purpose, may_record=given.may_record, who=me()))
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
    reads, number = _number(given.key_id)
    with workspace(given.home) as ws:
        rotate = ws.desk.read_keys.rotate if reads else ws.desk.rotate_key
        print(rotate(number, overlap_days=given.overlap_days, who=me()))
    return 0


def _keys_revoke(given: argparse.Namespace) -> int:
    reads, number = _number(given.key_id)
    with workspace(given.home) as ws:
        (ws.desk.read_keys.revoke if reads else ws.desk.revoke_key)(number, who=me())
    return 0


def _keys_reseal(given: argparse.Namespace) -> int:
    from kundskab.cli.listening import only_server
    from kundskab.pipeline.resealing import renew_keys, reseal_everything
    from kundskab.web import manage

    with workspace(given.home) as ws, only_server(ws.home.run / "server.lock"):
        if given.renew:
            renew_keys(ws.home)
            print(f"New keys lie in {ws.home.keys.path}, beside the old ones: copy it elsewhere.", file=sys.stderr)
        done = reseal_everything(ws.home, who=me())
        if (ws.home.folder / "web.sqlite").exists():  # nobody has signed in yet where it does not
            done += manage.seal_again(ws.home.folder)
        print(f"{done:,} values sealed anew under the keys {ws.home.keys.active_id}.")
    return 0


def _number(text: str) -> tuple[bool, int]:
    """Read "r3" as (a read key, 3); "3" -> (a write key, 3)."""
    found = re.fullmatch("(r?)([0-9]{1,9})", text)
    if found is None:
        raise KundskabError(f"{text!r} is no key's number; `kundskab keys list` tells them, like 3 or r3.")
    return bool(found[1]), int(found[2])
