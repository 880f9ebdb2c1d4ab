"""kundskab bench: how fast this machine is for Kundskab."""

from __future__ import annotations

import argparse
from pathlib import Path

from kundskab.cli.common import Commands
from kundskab.types import KundskabError


def register(commands: Commands) -> None:
    bench = commands.add_parser(
        "bench", help="Measure this machine: journal, digest, reading, in a throw-away workspace."
    )
    bench.add_argument("--events", type=int, default=50_000, help="(%(default)s)")
    bench.add_argument(
        "--home", type=Path, metavar="DIR", help="an existing folder whose disk is measured (where temporary files go)"
    )
    bench.set_defaults(run=_bench)


def _bench(given: argparse.Namespace) -> int:
    from kundskab.cli.bench import measure

    if given.home is not None and not given.home.is_dir():
        raise KundskabError(f"There is no folder {given.home}; give one on the disk that you want to measure.")
    for line in measure(given.events, folder=given.home):
        print(line)
    return 0
