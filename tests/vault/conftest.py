"""A vault of our own, at a fixed time, with Ann, Bo and Cy known by their user ids and devices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kundskab.vault import KeyFile, Vault

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WORKSPACE = "0123456789abcdef"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def key_file(tmp_path: Path) -> KeyFile:
    return KeyFile.create(tmp_path / "keys" / "keys.json", WORKSPACE, now=NOW)


@pytest.fixture
def vault_path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "vault.sqlite"


@pytest.fixture
def vault(vault_path: Path, key_file: KeyFile) -> Iterator[Vault]:
    with Vault.open(vault_path, key_file) as opened:
        yield opened


@pytest.fixture
def ann(vault: Vault) -> str:
    return _user(vault, "ann")


@pytest.fixture
def bo(vault: Vault) -> str:
    return _user(vault, "bo")


def _user(vault: Vault, name: str) -> str:
    with vault.transaction() as tx:
        return vault.tokens(tx, [("user_id", name)], NOW)[0]
