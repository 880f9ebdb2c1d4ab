"""What commands share: the --home option, opening workspaces, printing."""

from __future__ import annotations

import argparse
import getpass
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from kundskab.workspace import Workspace

Commands = Any  # argparse keeps the type of its subparsers to itself


def command(commands: Commands, name: str, run: Any, summary: str) -> argparse.ArgumentParser:
    """Add a command with its --home; `run(given) -> exit code`."""
    parser = deed(commands, name, run, summary)
    parser.set_defaults(home=Path("kundskab-home"))
    return parser


def deed(deeds: Commands, name: str, run: Any, summary: str) -> argparse.ArgumentParser:
    """Add what is done under a command, as `create` under `keys`; its --home may stand before or after it."""
    parser: argparse.ArgumentParser = deeds.add_parser(name, help=summary, description=summary)
    # No default here: it would overwrite a --home that stood before the deed.
    parser.add_argument(
        "--home", type=Path, default=argparse.SUPPRESS, metavar="DIR", help="the workspace's folder (kundskab-home)"
    )
    parser.set_defaults(run=run)
    return parser


def workspace(home: Path, *, make: bool = False) -> Workspace:
    """Open the workspace; make: make one when there is none, and say so on stderr."""
    from kundskab.pipeline.home import Home
    from kundskab.workspace import Workspace, open_workspace

    quiet()
    if make and not (home.expanduser() / "workspace.json").exists():
        print(f"Made a new workspace in {home}.", file=sys.stderr)
        return open_workspace(home)
    return Workspace(Home.open(home))


def quiet() -> None:
    """Libraries speak up only when something is wrong."""
    logging.getLogger("pyiceberg").setLevel(logging.WARNING)


def log_deeds() -> None:
    """One line a deed on stderr, for processes that run on."""
    # force: Django has set up its own by now, which is silent about deeds.
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", force=True)
    quiet()
    logging.getLogger("httpx").setLevel(logging.WARNING)


def print_json(value: object) -> None:
    """One JSON object on stdout, and nothing else."""
    print(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode())


def me() -> str:
    """Who gives the command, for the audit."""
    return f"{getpass.getuser()} (command line)"


def purposes_and_basis(given: list[str] | None) -> tuple[list[str] | None, dict[str, str]]:
    """["analytics", "necessary=contract"] -> (["analytics", "necessary"], {"necessary": "contract"})."""
    if not given:
        return None, {}
    pairs = [text.partition("=") for text in given]
    return [name for name, _, _ in pairs], {name: basis for name, _, basis in pairs if basis}
