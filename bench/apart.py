"""A function in a process of its own, so that its memory and time are its own."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from bench.machine import peak_mb


@dataclass(frozen=True, slots=True)
class Outcome:
    """value: what the function returned, through JSON."""

    value: Any
    seconds: float
    cpu_seconds: float
    peak_mb: float


def call(function: str, **arguments: Any) -> Outcome:
    """Run `bench.module:function` with JSON-able arguments in a fresh Python, started in this environment.

    Raises RuntimeError with what it said when it fails.
    """
    command = [sys.executable, "-m", "bench.apart", function, json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{function} failed:\n{done.stderr[-4000:]}")
    return Outcome(**json.loads(done.stdout.splitlines()[-1]))


def _main(function: str, arguments: str) -> None:
    module, _, name = function.partition(":")
    chosen = getattr(importlib.import_module(module), name)
    started, used = time.perf_counter(), time.process_time()
    value = chosen(**json.loads(arguments))
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    print(json.dumps({"value": value, "seconds": seconds, "cpu_seconds": cpu, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
