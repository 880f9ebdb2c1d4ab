"""A look at every page: builds the demo, starts it, opens it in headless Chromium, wide and narrow, light and dark.

    python scripts/pictures.py              # every page into pictures/
    python scripts/pictures.py --readme     # the README's picture into docs/pictures/

Takes a minute or two. Needs the system's chromium and chromedriver.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README_PICTURES = ROOT / "docs" / "pictures"
# The tops of two pages, as a newcomer's screen shows them.
SHOWN = {"home": "home", "people-one": "person"}
FIRST_SIGHT = ("--only", *SHOWN, "--widths", "1440", "--themes", "light", "--height", "980")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "pictures")
    parser.add_argument("--readme", action="store_true")
    asked = parser.parse_args()
    with demo() as (address, login, own), tempfile.TemporaryDirectory() as scratch:
        look = [sys.executable, str(ROOT / "scripts" / "screenshots.py"), address, login]
        if not asked.readme:
            return subprocess.call([*look, "--out", str(asked.out), "--own", own])
        code = subprocess.call([*look, "--out", scratch, *FIRST_SIGHT])
        README_PICTURES.mkdir(parents=True, exist_ok=True)
        for page, name in SHOWN.items():
            shutil.copy(Path(scratch) / f"{page}-1440-light.png", README_PICTURES / f"{name}.png")
        return code


@contextmanager
def demo() -> Iterator[tuple[str, str, str]]:
    """A demo of its own, gone afterwards: its address, the path of a one-time login and of a customer's own page."""
    with tempfile.TemporaryDirectory(prefix="kundskab-pictures-") as folder:
        port = _free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "kundskab.cli", "demo", "--home", f"{folder}/home", "--port", str(port)],
            env={**os.environ, "KUNDSKAB_KEYS": f"{folder}/keys/"},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield f"http://127.0.0.1:{port}", _said(server, "/sign-in/once/"), _said(server, "/me/in/")
        finally:
            server.terminate()
            server.wait()


def _said(server: subprocess.Popen[str], path: str) -> str:
    """The address that begins so, from what the demo prints."""
    assert server.stdout is not None
    for line in server.stdout:
        if path in line:
            return line[line.index(path) :].strip()
    raise SystemExit(f"The demo ended before it printed an address with {path}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
