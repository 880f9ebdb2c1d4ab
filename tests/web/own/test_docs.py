"""The lines in docs/own-page.md make links that open, as they stand there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.house import House

PAGE = (Path(__file__).parents[3] / "docs" / "own-page.md").read_text()


def written_in(language: str) -> str:
    [code] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(code)


@pytest.fixture
def key(house: House) -> str:
    house.now = house.now.now(house.now.tzinfo)  # the lines read the real clock
    return house.desk.create_key("web", kind="server", who="Cy")


def test_the_python_lines_make_a_link(house: House, key: str) -> None:
    lines: dict[str, object] = {}
    exec(written_in("python"), lines)

    link = lines["own_page"]("https://acme.example", key, "ann")  # type: ignore[operator]

    assert house.desk.own.enter(link.rpartition("/")[2]).value == "ann"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="Node is missing: the Node lines are NOT tested.")
def test_the_node_lines_make_a_link(house: House, key: str) -> None:
    script = written_in("js") + 'console.log(ownPage("https://acme.example", process.argv[1], "ann"))'

    link = subprocess.run(["node", "-e", script, key], capture_output=True, text=True, check=True).stdout.strip()

    assert house.desk.own.enter(link.rpartition("/")[2]).value == "ann"
