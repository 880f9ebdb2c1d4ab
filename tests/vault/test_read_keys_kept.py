"""Read keys: like write keys seen once and kept as a hash; bound to purposes instead of a source."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kundskab.types import KundskabError
from kundskab.vault import Vault, hash_of

WEEK = timedelta(days=7)


@pytest.fixture
def key(vault: Vault, now: datetime) -> str:
    with vault.transaction() as tx:
        return vault.read_keys.create(
            tx, "  Shop   backend ", purposes=["marketing", "analytics"], may_record=True, by="ann", at=now
        )


def test_it_is_known_again_with_its_purposes(vault: Vault, key: str, now: datetime) -> None:
    with vault.reading() as tx:
        info = vault.read_keys.by_plaintext(tx, key, now)

    assert info is not None
    assert (info.name, info.purposes, info.may_record) == ("Shop backend", ("analytics", "marketing"), True)
    assert re.fullmatch(r"kr_[0-9a-hjkmnp-tv-z]{39}", key)


def test_it_is_not_stored_and_is_no_write_key(vault: Vault, vault_path: Path, key: str, now: datetime) -> None:
    assert key.encode() not in b"".join(path.read_bytes() for path in vault_path.parent.iterdir())
    assert hash_of(key) is None
    assert vault.key_by_plaintext(key, now) is None


def test_a_rotated_key_keeps_its_rights_and_the_old_one_the_overlap(vault: Vault, key: str, now: datetime) -> None:
    with vault.transaction() as tx:
        new = vault.read_keys.rotate(tx, 1, overlap=WEEK, by="bo", at=now)

    with vault.reading() as tx:
        later = vault.read_keys.by_plaintext(tx, new, now + 9 * WEEK)
        assert later is not None
        assert (later.name, later.purposes, later.may_record) == ("Shop backend", ("analytics", "marketing"), True)
        assert vault.read_keys.by_plaintext(tx, key, now + WEEK - timedelta(seconds=1)) is not None
        assert vault.read_keys.by_plaintext(tx, key, now + WEEK) is None


def test_a_revoked_key_stops_at_once(vault: Vault, key: str, now: datetime) -> None:
    with vault.transaction() as tx:
        vault.read_keys.revoke(tx, 1, by="bo", at=now)

    with vault.reading() as tx:
        assert vault.read_keys.by_plaintext(tx, key, now) is None
    assert [row.action for row in vault.audit_rows()] == ["revoke_read_key", "create_read_key"]


@pytest.mark.parametrize(("name", "purposes"), [("", ["analytics"]), ("x" * 101, ["analytics"]), ("Shop", [])])
def test_it_needs_a_name_and_a_purpose(vault: Vault, now: datetime, name: str, purposes: list[str]) -> None:
    with pytest.raises(KundskabError, match="A read key needs"), vault.transaction() as tx:
        vault.read_keys.create(tx, name, purposes=purposes, may_record=False, by="ann", at=now)
