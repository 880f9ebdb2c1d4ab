"""The command line: kundskab demo | init | serve | import | digest | refresh | status | keys | people | ..."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from kundskab.types import KundskabError

# Each module adds its commands with `register`; what is heavy is imported when a command runs, not before.
_MODULES = ("setting_up", "keys", "taking_in", "running", "people", "inventing", "measuring")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, 1 with one sentence on stderr, 2 for wrong words, or 130 when interrupted."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except KundskabError as error:
        print(f"kundskab: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has seen enough, as in `kundskab people | head`; nothing more can be printed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.filename is None:
            raise
        print(f"kundskab: {error.strerror}: {error.filename}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kundskab",
        description="Turns the traces customers leave into understanding a whole company shares and acts on.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in _MODULES:
        importlib.import_module(f"kundskab.cli.{name}").register(commands)
    return parser
