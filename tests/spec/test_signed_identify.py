"""A browser that shows its company's signature is believed for the user id that was signed, and for no other."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest
from tests.house import House, identify, track


def as_the_company_signs(key: str, text: str) -> str:
    """Written out as the docs tell it, with nothing of ours."""
    digest = hmac.new(hashlib.sha256(key.encode()).digest(), text.encode(), "sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.fixture
def key(house: House) -> str:
    return house.desk.create_key("web", kind="server", who="Cy")


def signed(event: dict[str, Any], signature: object) -> dict[str, Any]:
    return event | {"context": {**event.get("context", {}), "signature": signature}}


def kinds(house: House) -> list[str]:
    actor = house.home.vault.find("user_id", "ann")
    with house.home.vault.reading() as tx:
        return [link.kind for link in house.home.vault.links_of(tx, [actor or ""])]


@pytest.mark.slow
def test_a_signed_identify_verifies_the_device(house: House, key: str) -> None:
    house.take(signed(identify("ann", "d1"), as_the_company_signs(key, "identify:ann")))

    assert kinds(house) == ["verified"]


@pytest.mark.parametrize(
    "signature", [None, "", "x" * 43, "x" * 5_000, 7, ["a"], {"a": 1}, "å" * 43], ids=lambda given: str(given)[:8]
)
def test_what_is_no_signature_claims_only(house: House, key: str, signature: object) -> None:
    house.take(signed(identify("ann", "d1"), signature))

    assert kinds(house) == ["claimed"]


def test_a_signature_is_for_one_user_id(house: House, key: str) -> None:
    house.take(signed(identify("ann", "d1"), as_the_company_signs(key, "identify:bo")))

    assert kinds(house) == ["claimed"]


def test_a_browser_key_signs_nothing(house: House) -> None:
    public = house.desk.create_key("web", kind="browser", who="Cy")

    house.take(signed(identify("ann", "d1"), as_the_company_signs(public, "identify:ann")))

    assert kinds(house) == ["claimed"]


def test_a_key_must_be_valid_when_the_event_comes(house: House, key: str) -> None:
    [number] = [each.id for each in house.desk.sources()[0].keys]
    signature = as_the_company_signs(key, "identify:ann")
    house.desk.rotate_key(number, overlap_days=1, who="Cy")
    house.hear(signed(identify("ann", "d1"), signature))
    house.later(days=2)
    house.hear(signed(identify("ann", "d2"), signature))

    house.digest()

    assert sorted(kinds(house)) == ["claimed", "verified"]


@pytest.mark.slow
def test_a_revoked_key_is_not_believed_any_more(house: House, key: str) -> None:
    [number] = [each.id for each in house.desk.sources()[0].keys]
    house.hear(signed(identify("ann", "d1"), as_the_company_signs(key, "identify:ann")))
    house.desk.revoke_key(number, who="Cy")

    house.digest()

    assert kinds(house) == ["claimed"]


def test_a_signature_says_nothing_of_a_former_id(house: House, key: str) -> None:
    alias = track("ann", previousId="d9") | {"type": "alias"}

    house.take(signed(alias, as_the_company_signs(key, "identify:ann")))

    assert kinds(house) == ["claimed"]


@pytest.mark.slow
def test_what_a_signed_browser_says_of_consent_is_believed_of_the_user(house: House, key: str) -> None:
    house.take(signed(identify("ann", "d1", consent={"marketing": True}), as_the_company_signs(key, "identify:ann")))
    house.take(identify("bo", "d2", consent={"marketing": True}))

    mask = next(p.mask for p in house.home.vault.purposes() if p.name == "marketing")
    with house.home.vault.reading() as tx:
        ann, bo = (house.home.vault.find("user_id", name) or "" for name in ("ann", "bo"))
        rows = house.home.vault.map_rows(tx, [ann, bo])
    assert [bool(row.granted & mask) for row in rows] == [True, False]


@pytest.mark.slow
def test_the_signature_is_kept_nowhere(house: House, key: str) -> None:
    signature = as_the_company_signs(key, "identify:ann")

    house.take(signed(identify("ann", "d1", consent={"analytics": True}), signature))

    assert signature not in str(house.view().events.to_pyarrow().to_pylist())
    assert signature not in str(house.view().facts.to_pyarrow().to_pylist())
