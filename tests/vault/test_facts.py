"""Facts: sealed, with their whole history; the latest is what we know."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kundskab.vault import Fact, Vault


@pytest.fixture
def fact(vault: Vault, ann: str, now: datetime) -> Fact:
    with vault.transaction() as tx:
        permission = vault.permission_id(tx, "web", {"analytics": "consent"}, declared_by="bo", at=now)
    return Fact(ann, "town", "Lund", "given", "web", now, now, "00:17", permission, event_id="e1")


@pytest.mark.parametrize("value", ["Lund", 17, 1.5, True, None, ["a", {"b": 1}], {"street": "Åvägen"}, "", "\u0000"])
def test_any_json_value_comes_back_as_it_was(vault: Vault, fact: Fact, value: Any) -> None:
    with vault.transaction() as tx:
        vault.add_facts(tx, [replace(fact, value=value)])

    assert vault.facts_of([fact.actor]) == [replace(fact, value=value)]


def test_the_latest_wins_and_all_are_kept(vault: Vault, fact: Fact) -> None:
    moved = replace(fact, value="Malmö", occurred_at=fact.occurred_at + timedelta(days=1), position="00:18")

    with vault.transaction() as tx:
        vault.add_facts(tx, [moved, fact])  # the newer one arrives first

    assert vault.facts_of([fact.actor]) == [moved]
    assert vault.fact_history_of([fact.actor]) == [fact, moved] == list(vault.every_fact())


def test_adding_the_same_position_twice_changes_nothing(vault: Vault, fact: Fact) -> None:
    with vault.transaction() as tx:
        first = vault.add_facts(tx, [fact])
        again = vault.add_facts(tx, [replace(fact, value="elsewhere")])

    assert (first, again) == (1, 0)
    assert vault.facts_of([fact.actor]) == [fact]


def test_the_facts_of_a_person_come_from_all_her_actors(vault: Vault, fact: Fact, bo: str) -> None:
    other = replace(fact, actor=bo, name="size", value=41)

    with vault.transaction() as tx:
        vault.add_facts(tx, [fact, other])

    assert [f.name for f in vault.facts_of([fact.actor, bo])] == ["size", "town"]


def test_no_value_is_written_in_the_clear(vault: Vault, vault_path: Path, fact: Fact) -> None:
    with vault.transaction() as tx:
        vault.add_facts(tx, [replace(fact, value="Andersson")])

    assert b"Andersson" not in b"".join(path.read_bytes() for path in vault_path.parent.iterdir())
