"""Identifiers become tokens; only the vault and its keys lead back."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from kundskab.types import KundskabError
from kundskab.vault import KeyFile, Vault, identifiers
from kundskab.vault.sealing import Lookup


def test_one_identifier_has_one_token_for_ever(vault: Vault, now: datetime) -> None:
    with vault.transaction() as tx:
        first = vault.tokens(tx, [("user_id", "ann"), ("user_id", "bo"), ("user_id", "ann")], now)
    with vault.transaction() as tx:
        again = vault.tokens(tx, [("user_id", "bo"), ("user_id", "ann")], now)

    assert first[0] == first[2] != first[1]
    assert again == [first[1], first[0]]


def test_a_token_is_twelve_plain_characters(ann: str) -> None:
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{12}", ann)


def test_the_same_value_of_another_kind_is_somebody_else(vault: Vault, now: datetime) -> None:
    with vault.transaction() as tx:
        user, device = vault.tokens(tx, [("user_id", "17"), ("anonymous_id", "17")], now)

    assert user != device


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("email", "Ann@Example.com ", "ann@example.com", True),
        ("user_id", "Ann", "ann", False),
        ("user_id", "ann ", "ann", False),
        ("user_id", "Ame\u0301lie", "Am\u00e9lie", True),  # composed and decomposed é
        ("email", "\u0130nci@example.com", "i\u0307nci@example.com", True),  # Turkish dotted capital I
        ("phone", "+45 33 12-34 56", "+4533123456", True),
        ("anonymous_id", "A", "a", False),
    ],
)
def test_spelling_decides_who_is_the_same(
    vault: Vault, now: datetime, kind: str, one: str, other: str, same: bool
) -> None:
    with vault.transaction() as tx:
        a, b = vault.tokens(tx, [(kind, one), (kind, other)], now)

    assert (a == b) is same


def test_no_name_is_written_in_the_clear(vault: Vault, vault_path: Path, now: datetime) -> None:
    with vault.transaction() as tx:
        vault.tokens(tx, [("email", "ann.andersson@example.com"), ("user_id", "ann-andersson")], now)

    written = b"".join(path.read_bytes() for path in vault_path.parent.iterdir())

    assert b"andersson" not in written
    assert b"identifiers" in written  # we did look into the right files


def test_names_without_their_key_tell_nothing(vault: Vault, vault_path: Path, now: datetime) -> None:
    with vault.transaction() as tx:
        vault.tokens(tx, [("user_id", "17850")], now)
        stored = tx.exec_driver_sql("SELECT lookup FROM lookups").scalar_one()

    # Numbers are easily guessed: a plain hash of one would be as good as the number.
    for guess in (b"17850", b"user_id\x0017850", b"user_id17850"):
        assert stored not in hashlib.sha256(guess).digest()


def test_the_lookup_is_hmac_sha256(key_file: KeyFile) -> None:
    lookup = Lookup(key_file.active)

    expected = hmac.digest(key_file.active.lookup, b"user_id\0ann", "sha256")[:16]

    assert lookup("user_id", "ann") == expected
    assert lookup.many("user_id", [b"ann"]) == [expected]


def test_in_bulk_it_gives_the_tokens_it_gives_one_by_one(vault: Vault, now: datetime) -> None:
    names = [f"customer-{n}" for n in range(1000)]

    with vault.transaction() as tx:
        few = vault.tokens(tx, [("user_id", name) for name in names[:10]], now)
        bulk = vault.tokens_bulk(tx, "user_id", pa.array(names), now)
        again = vault.tokens_bulk(tx, "user_id", pa.array(names[::-1]), now)

    assert bulk.to_pylist()[:10] == few
    assert again.to_pylist() == bulk.to_pylist()[::-1]
    assert len(set(bulk.to_pylist())) == 1000
    assert vault.count_actors() == 1000


def test_in_bulk_doubles_and_spellings_share_a_token(vault: Vault, now: datetime) -> None:
    with vault.transaction() as tx:
        a, b, c = vault.tokens_bulk(tx, "email", pa.array(["Ann@x.se", "ann@x.se", "Ann@x.se"]), now).to_pylist()

    assert a == b == c


def test_in_bulk_nothing_gives_nothing(vault: Vault, now: datetime) -> None:
    with vault.transaction() as tx:
        assert len(vault.tokens_bulk(tx, "user_id", pa.array([], pa.string()), now)) == 0
        assert vault.tokens(tx, [], now) == []


def test_a_token_drawn_twice_is_drawn_again(vault: Vault, ann: str, now: datetime, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    draws = iter([[ann], ["zzzzzzzzzzz0"]])
    monkeypatch.setattr(identifiers, "_draw", lambda count: next(draws))

    with vault.transaction() as tx:
        bo = vault.tokens(tx, [("user_id", "bo")], now)[0]

    assert bo == "zzzzzzzzzzz0"
    assert vault.find("user_id", "ann") == ann


def test_a_broken_random_source_is_named(vault: Vault, ann: str, now: datetime, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(identifiers, "_draw", lambda count: [ann] * count)

    with pytest.raises(KundskabError, match="random source"), vault.transaction() as tx:
        vault.tokens(tx, [("user_id", "bo")], now)


def test_a_strange_surrogate_does_not_stop_the_digest(vault: Vault, now: datetime) -> None:
    with vault.transaction() as tx:
        token = vault.tokens(tx, [("user_id", "ann\ud800")], now)[0]
        assert vault.reveal(tx, token, who="bo", reason="test", at=now) == ("user_id", "ann\ud800")


def test_finding_makes_nobody(vault: Vault, ann: str) -> None:
    assert vault.find("user_id", "cy") is None
    assert vault.find_many("user_id", ["cy", "ann", "ann"]) == [None, ann, ann]
    assert vault.count_actors() == 1


def test_without_a_kind_every_kind_is_tried_user_ids_first(vault: Vault, now: datetime) -> None:
    with vault.transaction() as tx:
        device, mail, user = vault.tokens(tx, [("anonymous_id", "ann"), ("email", "ann@x.se"), ("user_id", "ann")], now)

    assert vault.find(None, "ann") == user != device
    assert vault.find(None, "ANN@x.se") == mail
    assert vault.find(None, "nobody") is None


def test_revealing_a_name_is_written_down(vault: Vault, ann: str, now: datetime) -> None:
    with vault.transaction() as tx:
        revealed = vault.reveal(tx, ann, who="bo", reason="she called us", at=now)

    row = vault.audit_rows(subject=ann)[0]
    assert revealed == ("user_id", "ann")
    assert (row.who, row.action, row.reason, row.at) == ("bo", "reveal", "she called us", now)


def test_revealing_nobody_is_written_down_too(vault: Vault, now: datetime) -> None:
    with vault.transaction() as tx:
        assert vault.reveal(tx, "000000000000", who="bo", reason="trying", at=now) is None

    assert len(vault.audit_rows(subject="000000000000")) == 1


def test_a_ciphertext_moved_to_another_person_does_not_open(vault: Vault, ann: str, bo: str, now: datetime) -> None:
    with vault.transaction() as tx:
        tx.exec_driver_sql(
            "UPDATE identifiers SET sealed = (SELECT sealed FROM identifiers WHERE actor = ?) WHERE actor = ?",
            (ann, bo),
        )

    with pytest.raises(KundskabError, match="does not open"), vault.transaction() as tx:
        vault.reveal(tx, bo, who="cy", reason="test", at=now)


def test_after_a_key_rotation_people_keep_their_tokens(
    vault: Vault, vault_path: Path, key_file: KeyFile, ann: str, now: datetime
) -> None:
    renewed = key_file.with_new_pair()

    with Vault.open(vault_path, renewed) as later, later.transaction() as tx:
        known, new = later.tokens(tx, [("user_id", "ann"), ("user_id", "cy")], now)
        bulk = later.tokens_bulk(tx, "user_id", pa.array(["cy", "ann"]), now).to_pylist()
        key_ids = dict(tx.exec_driver_sql("SELECT actor, key_id FROM identifiers").fetchall())

        assert later.reveal(tx, ann, who="bo", reason="test", at=now) == ("user_id", "ann")
    assert known == ann
    assert bulk == [new, ann]
    assert key_ids == {ann: key_file.active_id, new: renewed.active_id}


def test_groups_are_no_actors(vault: Vault, ann: str, now: datetime) -> None:
    with vault.transaction() as tx:
        vault.tokens(tx, [("group_id", "acme")], now)

    assert vault.count_actors() == vault.count_persons() == 1
