"""python -m bench [NAME ...] [--events N] [--quick]"""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
import time
from pathlib import Path

from bench import machine
from bench.world import throw_away

MEASURES = (
    "ingest",
    "digest",
    "lag",
    "layout",
    "importing",
    "reading",
    "pages",
    "growth",
    "identity",
    "suggestions",
    "profile",
    "forms",
    "worth",
)
RESULTS = Path("bench-results")


def main(package: str = "bench", measures: tuple[str, ...] = MEASURES) -> int:
    parser = argparse.ArgumentParser(prog=f"python -m {package}", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *measures], help="which measures (all)")
    parser.add_argument("--events", type=float, default=1e7, help="in the biggest lake (1e7)")
    parser.add_argument("--quick", action="store_true", help="small and short: does everything still run?")
    given = parser.parse_args()
    logging.getLogger("pyiceberg").setLevel(logging.ERROR)
    RESULTS.mkdir(exist_ok=True)
    print(f"# Measured on {machine.describe()}\n\n{machine.load()}\n")
    with throw_away(events=100_000 if given.quick else int(given.events), quick=given.quick) as world:
        for name in given.names or measures:
            started = time.monotonic()
            text = "\n".join(s.markdown() for s in importlib.import_module(f"{package}.{name}").measure(world))
            (RESULTS / f"{name}.md").write_text(f"{machine.describe()}; {machine.load()}\n\n{text}")
            print(text, flush=True)
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
