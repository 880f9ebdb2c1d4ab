"""Purposes, notices, sources and permissions: what may be done with data, and who declared it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kundskab.consent.purposes import DEFAULTS, install_defaults
from kundskab.types import KundskabError
from kundskab.vault import BASES, Purpose, Vault


def test_a_new_workspace_has_five_purposes(vault: Vault, now: datetime) -> None:
    with vault.transaction() as tx:
        install_defaults(vault, tx, at=now)

    assert [(p.name, p.bit, p.basis) for p in vault.purposes()] == [
        ("necessary", 0, "contract"),
        ("analytics", 1, "consent"),
        ("personalisation", 2, "consent"),
        ("marketing", 3, "consent"),
        ("research", 4, "consent"),
    ]
    assert vault.notice("marketing", "1") == DEFAULTS[3].notice


def test_a_renewed_purpose_keeps_its_bit(vault: Vault, now: datetime) -> None:
    _put(vault, now, "loyalty")
    _put(vault, now, "marketing")

    renewed = _put(vault, now, "loyalty", basis="contract", notice="Other words.", version="2")

    assert renewed == Purpose("loyalty", 0, "contract", "What for", "2")
    assert renewed.mask == 1
    assert (vault.notice("loyalty", "1"), vault.notice("loyalty", "2")) == ("Words.", "Other words.")


def test_words_that_people_agreed_to_cannot_be_changed(vault: Vault, now: datetime) -> None:
    _put(vault, now, "loyalty")

    with pytest.raises(KundskabError, match="give the new text a new version"):
        _put(vault, now, "loyalty", notice="Something else.")


def test_a_basis_is_one_of_six(vault: Vault, now: datetime) -> None:
    assert len(BASES) == 6
    with pytest.raises(KundskabError, match="no lawful basis"):
        _put(vault, now, "loyalty", basis="because")


@pytest.mark.slow
def test_a_63rd_purpose_is_refused(vault: Vault, now: datetime) -> None:
    for number in range(62):
        _put(vault, now, f"purpose {number}")

    with pytest.raises(KundskabError, match="at most 62"):
        _put(vault, now, "one more")


def test_a_source_says_what_it_collects_for(vault: Vault, now: datetime) -> None:
    settings: dict[str, Any] = {"purposes": ["analytics"], "basis": {"analytics": "legitimate_interests"}}

    with vault.transaction() as tx:
        source = vault.put_source(tx, "web", kind="live", label="Web shop", settings=settings, at=now)

    assert vault.source("web") == source
    assert (source.purposes, source.basis) == (("analytics",), {"analytics": "legitimate_interests"})
    assert (source.on_refusal, source.no_signal, source.categories) == ("strip", "no_grant", {})


def test_a_source_can_be_renewed_but_not_turned_into_another_kind(vault: Vault, now: datetime) -> None:
    with vault.transaction() as tx:
        vault.put_source(tx, "web", kind="live", label="Web", settings={}, at=now)
        vault.put_source(tx, "web", kind="live", label="Web shop", settings={"on_refusal": "drop"}, at=now)

    assert [(s.label, s.on_refusal) for s in vault.sources()] == [("Web shop", "drop")]
    with pytest.raises(KundskabError, match="of another kind"), vault.transaction() as tx:
        vault.put_source(tx, "web", kind="import", label="Web", settings={}, at=now)
    assert vault.sources()[0].label == "Web shop"


@pytest.mark.parametrize(
    ("name", "kind", "settings"),
    [
        ("", "live", {}),
        ("../etc", "live", {}),
        ("web\n", "live", {}),
        ("web", "radio", {}),
        ("web", "live", {"on_refusal": "keep"}),
        ("web", "live", {"no_signal": "yes"}),
        ("web", "live", {"basis": {"analytics": "because"}}),
    ],
)
def test_a_source_that_cannot_be_is_refused(
    vault: Vault, now: datetime, name: str, kind: str, settings: dict[str, Any]
) -> None:
    with pytest.raises(KundskabError), vault.transaction() as tx:
        vault.put_source(tx, name, kind=kind, label="x", settings=settings, at=now)


def test_equal_declarations_share_a_number(vault: Vault, now: datetime) -> None:
    with vault.transaction() as tx:
        first = vault.permission_id(tx, "web", {"a": "consent", "b": "signal"}, declared_by="ann", at=now)
        same = vault.permission_id(tx, "web", {"b": "signal", "a": "consent"}, declared_by="ann", at=now)
        others = {
            vault.permission_id(tx, "app", {"a": "consent", "b": "signal"}, declared_by="ann", at=now),
            vault.permission_id(tx, "web", {"a": "consent"}, declared_by="ann", at=now),
            vault.permission_id(tx, "web", {"a": "consent", "b": "signal"}, declared_by="bo", at=now),
        }

    declared = vault.permissions()
    assert first == same
    assert len(others - {first}) == 3
    assert (declared[0].purposes, declared[0].declared_by) == ({"a": "consent", "b": "signal"}, "ann")


def test_a_permission_needs_a_known_reason(vault: Vault, now: datetime) -> None:
    with pytest.raises(KundskabError, match="no reason to use data for marketing"), vault.transaction() as tx:
        vault.permission_id(tx, "web", {"marketing": "because"}, declared_by="ann", at=now)


def _put(
    vault: Vault, now: datetime, name: str, *, basis: str = "consent", notice: str = "Words.", version: str = "1"
) -> Purpose:
    with vault.transaction() as tx:
        return vault.put_purpose(
            tx, name, basis=basis, description="What for", notice=notice, notice_version=version, at=now
        )
