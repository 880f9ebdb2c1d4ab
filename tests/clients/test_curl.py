"""The lines of docs/api.md, run as they stand against a live server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.clients.conftest import Live

PAGE = Path(__file__).parents[2] / "docs/api.md"
LINES = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)

pytestmark = [pytest.mark.sdk, pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")]


@pytest.mark.parametrize("number", range(len(LINES)))
def test_every_line_of_the_page_works(live: Live, number: int) -> None:
    around = {**os.environ, "KUNDSKAB": live.url, "KEY": live.key, "RECORDER": live.recorder}

    ran = subprocess.run(["bash", "-euo", "pipefail", "-c", LINES[number]], env=around, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith("{")


def test_the_page_has_lines() -> None:
    assert len(LINES) >= 6
