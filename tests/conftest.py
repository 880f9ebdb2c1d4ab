"""What every floor's tests may use: key files that lie outside the home, and a house (see tests/house.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.house import House, make_house


@pytest.fixture
def keys_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the key files of this test's workspaces lie."""
    folder = tmp_path_factory.mktemp("keys")
    monkeypatch.setenv("KUNDSKAB_KEYS", str(folder))
    return folder


@pytest.fixture
def house(tmp_path: Path, keys_folder: Path) -> Iterator[House]:
    """A new workspace with the live source `web`; its clock stands at noon."""
    opened = make_house(tmp_path / "home")
    yield opened
    opened.close()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Keys are drawn and bodies packed anew in each process; a test's name must be the same in all of them."""
    if isinstance(val, bytes):
        return "body"
    return "key" if isinstance(val, str) and "kw_" in val.lower() else None
