"""The consent ledger: append-only, with proof, and without being filled by a banner that repeats itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from kundskab.vault import Statement, Vault

MINUTE = timedelta(minutes=1)


@pytest.fixture
def yes(ann: str, now: datetime) -> Statement:
    return Statement(ann, "marketing", "grant", "verified", "consent", "1", "web", "form", now, now, "00:17")


def test_a_statement_comes_back_with_its_proof(vault: Vault, yes: Statement) -> None:
    signed = replace(yes, proof={"form": "newsletter", "text": "Ja tak"})

    assert _add(vault, signed) == {yes.actor}
    assert _history(vault, yes.actor) == [replace(signed, seq=1)]


def test_the_proof_is_sealed(vault: Vault, vault_path: Path, yes: Statement) -> None:
    _add(vault, replace(yes, proof={"signed": "Ann Andersson"}))

    assert b"Andersson" not in b"".join(path.read_bytes() for path in vault_path.parent.iterdir())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE statements SET status = 'grant'",
        "DELETE FROM statements",
        "INSERT OR REPLACE INTO statements SELECT * FROM statements",
        "UPDATE audit SET who = 'nobody'",
        "DELETE FROM audit",
        "UPDATE permissions SET declared_by = 'nobody'",
        "DELETE FROM permissions",
    ],
)
def test_what_is_written_cannot_be_changed(vault: Vault, yes: Statement, now: datetime, sql: str) -> None:
    _add(vault, yes)
    with vault.transaction() as tx:
        vault.audit(tx, who="bo", action="look", subject=yes.actor, at=now)
        vault.permission_id(tx, "web", {"marketing": "consent"}, declared_by="bo", at=now)

    with pytest.raises(IntegrityError, match="append-only"), vault.transaction() as tx:
        tx.exec_driver_sql(sql)


def test_adding_the_same_position_twice_changes_nothing(vault: Vault, yes: Statement) -> None:
    _add(vault, yes)
    _add(vault, yes)

    assert len(_history(vault, yes.actor)) == vault.ledger_seq() == 1


def test_a_clock_that_runs_ahead_gains_nothing(vault: Vault, yes: Statement) -> None:
    _add(vault, replace(yes, occurred_at=yes.received_at + timedelta(hours=20)))

    assert _said(vault, yes.actor) == [("grant", yes.received_at)]


def test_a_banner_that_repeats_its_yes_is_recorded_once(vault: Vault, yes: Statement) -> None:
    for minute in range(5):
        _add(vault, _signal(yes, "grant", minute))

    assert _said(vault, yes.actor) == [("grant", yes.at)]


def test_a_repeated_yes_does_not_outlive_a_later_no(vault: Vault, yes: Statement) -> None:
    _add(vault, _signal(yes, "grant", 0))
    _add(vault, replace(yes, status="withdraw", **_at(yes, 1)))
    _add(vault, _signal(replace(yes, strength="claimed"), "grant", 0))
    _add(vault, _signal(replace(yes, strength="claimed"), "grant", 2))

    assert _said(vault, yes.actor) == [("grant", yes.at), ("grant", yes.at), ("withdraw", yes.at + MINUTE)]


def test_a_repeated_yes_does_not_outlive_a_no_that_was_said_elsewhere(vault: Vault, yes: Statement) -> None:
    _add(vault, _signal(yes, "grant", 0))
    _add(vault, replace(yes, status="withdraw", **_at(yes, 1)))
    _add(vault, _signal(yes, "grant", 2))

    assert _said(vault, yes.actor) == [("grant", yes.at), ("withdraw", yes.at + MINUTE)]


def test_a_yes_after_a_no_is_new(vault: Vault, yes: Statement) -> None:
    _add(vault, _signal(yes, "grant", 0), _signal(yes, "refuse", 1), _signal(yes, "grant", 2))

    assert [status for status, _ in _said(vault, yes.actor)] == ["grant", "refuse", "grant"]


def test_a_repeated_no_counts_from_its_last_saying(vault: Vault, yes: Statement) -> None:
    _add(vault, _signal(yes, "refuse", 0), _signal(yes, "refuse", 3))
    touched = _add(vault, _signal(yes, "refuse", 7))
    _add(vault, _signal(yes, "refuse", 5))  # late; the clock never goes back

    assert touched == {yes.actor}
    assert _said(vault, yes.actor) == [("refuse", yes.at + 7 * MINUTE)]
    assert _history(vault, yes.actor)[0].repeated_at == yes.at + 7 * MINUTE


def test_a_late_no_between_two_yeses_is_recorded(vault: Vault, yes: Statement) -> None:
    _add(vault, _signal(yes, "grant", 0), _signal(yes, "grant", 4))
    _add(vault, _signal(yes, "refuse", 2))

    assert _said(vault, yes.actor) == [("grant", yes.at), ("refuse", yes.at + 2 * MINUTE)]


def test_digesting_the_same_signals_twice_changes_nothing(vault: Vault, yes: Statement) -> None:
    signals = [_signal(yes, status, n) for n, status in enumerate(["grant", "refuse", "refuse", "grant", "grant"])]

    _add(vault, *signals)
    once = _said(vault, yes.actor), vault.ledger_seq()
    _add(vault, *signals)

    assert (_said(vault, yes.actor), vault.ledger_seq()) == once


def test_what_is_said_on_purpose_is_always_recorded(vault: Vault, yes: Statement) -> None:
    _add(vault, yes, replace(yes, **_at(yes, 1)))

    assert len(_history(vault, yes.actor)) == 2


def test_another_purpose_and_another_strength_are_other_topics(vault: Vault, yes: Statement) -> None:
    _add(
        vault,
        _signal(yes, "grant", 0),
        _signal(replace(yes, purpose="research"), "grant", 1),
        _signal(replace(yes, strength="claimed"), "grant", 2),
    )

    assert len(_history(vault, yes.actor)) == 3


def _at(statement: Statement, minute: int) -> dict[str, object]:
    time = statement.occurred_at + minute * MINUTE
    return {"occurred_at": time, "received_at": time, "position": f"00:{100 + minute}"}


def _signal(statement: Statement, status: str, minute: int) -> Statement:
    return replace(statement, status=status, from_signal=True, **_at(statement, minute))  # type: ignore[arg-type]


def _add(vault: Vault, *statements: Statement) -> set[str]:
    with vault.transaction() as tx:
        return vault.add_statements(tx, statements)


def _history(vault: Vault, actor: str) -> list[Statement]:
    with vault.reading() as tx:
        return vault.statements_of(tx, [actor])


def _said(vault: Vault, actor: str) -> list[tuple[str, datetime]]:
    with vault.reading() as tx:
        return sorted(((said.status, said.at) for said in vault.said_by(tx, [actor])), key=lambda said: said[::-1])
