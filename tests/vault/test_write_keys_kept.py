"""Write keys: seen once, kept as a hash, rotated with overlap, stopped at once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from kundskab.types import KundskabError
from kundskab.vault import Vault, hash_of

WEEK = timedelta(days=7)


@pytest.fixture
def key(vault: Vault, now: datetime) -> str:
    with vault.transaction() as tx:
        vault.put_source(tx, "web", kind="live", label="Web shop", settings={}, at=now)
        return vault.create_key(tx, "web", kind="browser", by="ann", at=now)


def test_it_opens_its_source(vault: Vault, key: str, now: datetime) -> None:
    info = vault.key_by_plaintext(key, now)

    assert info is not None
    assert (info.source, info.kind, info.last4, info.created_by) == ("web", "browser", key[-4:], "ann")
    assert vault.valid_keys(now) == {hash_of(key): info}


def test_it_is_long_random_and_easily_recognised(key: str) -> None:
    assert re.fullmatch(r"kw_[0-9a-hjkmnp-tv-z]{39}", key)


def test_it_is_not_stored(vault: Vault, vault_path: Path, key: str) -> None:
    assert key.encode() not in b"".join(path.read_bytes() for path in vault_path.parent.iterdir())


@pytest.mark.parametrize("wrong", ["", "kw_", "ann", "kw_" + "0" * 39, "kw_" + "\ud800" * 39, "kw_" + "é" * 39])
def test_what_is_no_key_opens_nothing(vault: Vault, key: str, now: datetime, wrong: str) -> None:
    assert hash_of(wrong) is None
    assert vault.key_by_plaintext(wrong, now) is None


def test_a_typing_error_shows_in_the_checksum(key: str) -> None:
    for place in range(3, len(key)):
        assert hash_of(key[:place] + ("1" if key[place] == "0" else "0") + key[place + 1 :]) is None


def test_during_the_overlap_both_keys_work(vault: Vault, key: str, now: datetime) -> None:
    with vault.transaction() as tx:
        new = vault.rotate_key(tx, 1, overlap=WEEK, by="bo", at=now)

    assert vault.key_by_plaintext(key, now + WEEK - timedelta(seconds=1)) is not None
    assert vault.key_by_plaintext(key, now + WEEK) is None
    assert vault.key_by_plaintext(new, now + 9 * WEEK) is not None


def test_rotating_again_does_not_lengthen_the_overlap(vault: Vault, key: str, now: datetime) -> None:
    with vault.transaction() as tx:
        vault.rotate_key(tx, 1, overlap=WEEK, by="bo", at=now)
        vault.rotate_key(tx, 1, overlap=9 * WEEK, by="bo", at=now)

    assert vault.key_by_plaintext(key, now + 2 * WEEK) is None


def test_a_revoked_key_stops_at_once(vault: Vault, key: str, now: datetime) -> None:
    with vault.transaction() as tx:
        vault.revoke_key(tx, 1, by="bo", at=now)

    assert vault.key_by_plaintext(key, now) is None
    assert vault.keys("web")[0].revoked_at == now
    with pytest.raises(KundskabError, match="no longer valid"), vault.transaction() as tx:
        vault.rotate_key(tx, 1, overlap=WEEK, by="bo", at=now)


def test_its_last_use_never_moves_back(vault: Vault, key: str, now: datetime) -> None:
    with vault.transaction() as tx:
        vault.note_key_use(tx, {1: now + WEEK})
        vault.note_key_use(tx, {1: now})

    assert vault.keys()[0].last_used_at == now + WEEK


def test_making_rotating_and_revoking_is_written_down(vault: Vault, key: str, now: datetime) -> None:
    with vault.transaction() as tx:
        vault.rotate_key(tx, 1, overlap=WEEK, by="bo", at=now)
        vault.revoke_key(tx, 1, by="cy", at=now)

    deeds = [(row.who, row.action, row.subject) for row in vault.audit_rows()]
    assert deeds == [("cy", "revoke_key", "key 1"), ("bo", "rotate_key", "key 1"), ("ann", "create_key", "web")]
    assert key not in str(vault.audit_rows())


def test_a_key_needs_a_source_and_a_kind(vault: Vault, key: str, now: datetime) -> None:
    with pytest.raises(IntegrityError), vault.transaction() as tx:
        vault.create_key(tx, "nowhere", kind="server", by="ann", at=now)
    with pytest.raises(KundskabError, match="browser or a server"), vault.transaction() as tx:
        vault.create_key(tx, "web", kind="phone", by="ann", at=now)
    with pytest.raises(KundskabError, match="no write key 99"), vault.transaction() as tx:
        vault.revoke_key(tx, 99, by="ann", at=now)
