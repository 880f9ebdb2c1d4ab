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
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        said = _said(error)
        if said is None:
            raise
        print(f"kundskab: {said}", file=sys.stderr)
        return 1


def _said(error: Exception) -> str | None:
    """What the disk did in one sentence, or which file could not be used; None for what nobody expected."""
    from kundskab.pipeline.disk import plain  # heavy, and seldom needed

    told = plain(error)
    if told is not error:
        return str(told)
    return f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.filename is not None else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kundskab",
        description="Turns the traces customers leave into understanding a whole company shares and acts on.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in _MODULES:
        importlib.import_module(f"kundskab.cli.{name}").register(commands)
    return parser
