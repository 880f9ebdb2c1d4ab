"""Opening the vault: made, migrated, or refused with one sentence."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from kundskab.types import Busy, KundskabError
from kundskab.vault import KeyFile, Vault, store
from kundskab.vault.migrations import STEPS
from kundskab.vault.schema import metadata


def test_it_is_readable_by_its_owner_alone(vault: Vault, vault_path: Path) -> None:
    assert {path.stat().st_mode & 0o777 for path in vault_path.parent.iterdir()} == {0o600}


def test_it_writes_durably_and_wipes_what_it_deletes(vault: Vault) -> None:
    with vault.reading() as tx:
        pragmas = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}


def test_the_tables_are_as_the_code_sees_them(vault: Vault) -> None:
    with vault.reading() as tx:
        made = {
            table: [row[1] for row in tx.exec_driver_sql(f"PRAGMA table_info({table})")] for table in metadata.tables
        }

    assert made == {name: table.columns.keys() for name, table in metadata.tables.items()}


def test_opening_again_keeps_what_is_there(vault: Vault, vault_path: Path, key_file: KeyFile, ann: str) -> None:
    with Vault.open(vault_path, key_file) as again:
        assert again.find("user_id", "ann") == ann
        assert again.schema_version == len(STEPS)


def test_a_vault_of_a_newer_kundskab_is_refused(vault: Vault, vault_path: Path, key_file: KeyFile) -> None:
    with vault.transaction() as tx:
        tx.exec_driver_sql("UPDATE meta SET value = '999' WHERE name = 'schema_version'")

    with pytest.raises(KundskabError, match=r"schema version 999 .* upgrade Kundskab"):
        Vault.open(vault_path, key_file)


def test_a_migration_that_fails_leaves_nothing_behind(
    vault: Vault, vault_path: Path, key_file: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (*STEPS, "CREATE TABLE half (x);\nINSERT INTO no_such_table VALUES (1);")
    monkeypatch.setattr("kundskab.vault.migrations.STEPS", broken)

    with pytest.raises(Exception, match="no_such_table"):
        Vault.open(vault_path, key_file)

    with vault.reading() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'half'").scalar() == 0
    assert vault.schema_version == len(STEPS)


def test_keys_beside_the_data_are_refused(vault_path: Path) -> None:
    inside = KeyFile.create(vault_path.parent / "keys" / "keys.json", "0123456789abcdef")

    with pytest.raises(KundskabError, match="inside the data folder"):
        Vault.open(vault_path, inside)


def test_the_keys_of_another_workspace_are_refused(vault: Vault, vault_path: Path, tmp_path: Path) -> None:
    strange = KeyFile.create(tmp_path / "other" / "keys.json", "feedfacefeedface")

    with pytest.raises(KundskabError, match="belongs to workspace 0123456789abcdef"):
        Vault.open(vault_path, strange)


def test_new_keys_cannot_stand_in_for_lost_ones(vault: Vault, vault_path: Path, tmp_path: Path) -> None:
    replaced = KeyFile.create(tmp_path / "other" / "keys.json", "0123456789abcdef")

    with pytest.raises(KundskabError, match="restore the key file"):
        Vault.open(vault_path, replaced)


def test_a_second_writer_is_told_plainly(vault: Vault, monkeypatch: pytest.MonkeyPatch, vault_path: Path) -> None:
    held = sqlite3.connect(vault_path, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(store, "BUSY_SECONDS", 0)

    hasty = store.make_engine(vault_path)
    with pytest.raises(Busy, match="Somebody else is writing"), store.writing(hasty):
        pass

    held.execute("ROLLBACK")
    held.close()


def test_opening_does_not_wait_for_a_writer(vault: Vault, vault_path: Path, key_file: KeyFile, ann: str) -> None:
    with vault.transaction(), Vault.open(vault_path, key_file) as again:
        assert again.find("user_id", "ann") == ann


def test_readers_do_not_wait_for_a_writer(vault: Vault, ann: str, now: datetime) -> None:
    seen: list[str | None] = []

    with vault.transaction() as tx:
        vault.tokens(tx, [("user_id", "cy")], now)
        reader = threading.Thread(target=lambda: seen.extend([vault.find(None, "ann"), vault.find(None, "cy")]))
        reader.start()
        reader.join(timeout=5)

    assert seen == [ann, None]


def test_an_error_tells_nothing_about_people(vault: Vault) -> None:
    with pytest.raises(IntegrityError) as told, vault.transaction() as tx:
        tx.exec_driver_sql("INSERT INTO links (a, b, kind) VALUES (?, ?, ?)", ("ann", "bo", "friends"))

    assert "friends" not in str(told.value)


def test_a_deed_that_fails_leaves_nothing_behind(vault: Vault, now: datetime) -> None:
    def fail_half_way() -> None:
        with vault.transaction() as tx:
            vault.tokens(tx, [("user_id", "cy")], now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    assert vault.find("user_id", "cy") is None
    assert vault.count_actors() == 0


def test_several_may_open_a_new_vault_at_once(vault_path: Path, key_file: KeyFile) -> None:
    def open_and_close(_: int) -> int:
        with Vault.open(vault_path, key_file) as opened:
            return opened.schema_version

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(open_and_close, range(16))) == [len(STEPS)] * 16
