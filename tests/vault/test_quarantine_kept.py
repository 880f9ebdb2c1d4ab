"""Quarantine: kept sealed with a reason, found by it, replayed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from kundskab.vault import Bad, Vault


@pytest.fixture
def bad(now: datetime) -> Bad:
    body = b'{"email": "ann.andersson@example.com", "\xff'
    return Bad("00", 17, "web", "e1", "no_actor", "Send userId or anonymousId.", body, now)


def test_it_comes_back_byte_for_byte(vault: Vault, bad: Bad) -> None:
    with vault.transaction() as tx:
        assert vault.add_quarantine(tx, [bad]) == 1

    assert vault.quarantine() == [replace(bad, id=1)]


def test_its_body_is_sealed(vault: Vault, vault_path: Path, bad: Bad) -> None:
    with vault.transaction() as tx:
        vault.add_quarantine(tx, [bad])

    assert b"andersson" not in b"".join(path.read_bytes() for path in vault_path.parent.iterdir())


def test_keeping_the_same_position_twice_changes_nothing(vault: Vault, bad: Bad) -> None:
    with vault.transaction() as tx:
        vault.add_quarantine(tx, [bad])
        assert vault.add_quarantine(tx, [bad, replace(bad, journal="01")]) == 1
        assert vault.add_quarantine(tx, []) == 0

    assert [one.journal for one in vault.quarantine()] == ["01", "00"]


def test_pages_and_reasons(vault: Vault, bad: Bad) -> None:
    many = [replace(bad, position=n, reason="no_actor" if n % 2 else "future_time") for n in range(10)]
    with vault.transaction() as tx:
        vault.add_quarantine(tx, many)

    assert vault.quarantine_reasons() == {"no_actor": 5, "future_time": 5}
    assert [one.position for one in vault.quarantine(limit=2, offset=1, reason="no_actor")] == [7, 5]


def test_a_replay_moves_it_once(vault: Vault, bad: Bad, now: datetime) -> None:
    with vault.transaction() as tx:
        vault.add_quarantine(tx, [bad])
        first = vault.mark_replayed(tx, {1: "stored"}, now)
        again = vault.mark_replayed(tx, {1: "duplicate"}, now)

    assert (first, again) == (1, 0)
    assert (vault.quarantine(), vault.quarantine_reasons()) == ([], {})
    assert [(one.outcome, one.replayed_at) for one in vault.quarantine_by_ids([1])] == [("stored", now)]


def test_ids_seen_in_a_journal_can_be_listed(vault: Vault, bad: Bad) -> None:
    nameless = replace(bad, position=18, event_id=None)
    imported = replace(bad, journal="import:3", position=1, row_number=1)
    with vault.transaction() as tx:
        vault.add_quarantine(tx, [bad, nameless, imported])

    assert vault.quarantine_ids() == [("web", "e1", "00", 17)]
