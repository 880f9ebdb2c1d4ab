"""The manual tells every way in and every refusal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kundskab.collector import app, intake

MANUAL = (Path(__file__).parents[2] / "docs" / "sending.md").read_text()
CODES = {
    code
    for module in (app, intake)
    for code in re.findall(r'problem\(\s*\d{3},\s*"(\w+)"', Path(module.__file__ or "").read_text())
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_it_tells_what_to_do_about_every_refusal(code: str) -> None:
    assert f"`{code}`" in MANUAL


@pytest.mark.parametrize("path", sorted(path for path in app.EVENT_PATHS if len(path) > len("/v1/x")))
def test_it_tells_every_long_address(path: str) -> None:
    assert path in MANUAL or f"`{path.removeprefix('/v1/')}`" in MANUAL
