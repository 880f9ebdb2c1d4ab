"""kundskab bench: how fast this machine is for Kundskab."""

from __future__ import annotations

import argparse

from kundskab.cli.common import Commands


def register(commands: Commands) -> None:
    bench = commands.add_parser(
        "bench", help="Measure this machine: journal, digest, reading, in a throw-away workspace."
    )
    bench.add_argument("--events", type=int, default=50_000, help="(%(default)s)")
    bench.set_defaults(run=_bench)


def _bench(given: argparse.Namespace) -> int:
    from kundskab.cli.bench import measure

    for line in measure(given.events):
        print(line)
    return 0
