"""Signatures by a server key: believed from whoever holds it, and from nobody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from kundskab.vault import Vault

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def as_the_company_signs(key: str, text: str) -> str:
    """Written out as the docs tell it, with nothing of ours."""
    digest = hmac.new(hashlib.sha256(key.encode()).digest(), text.encode(), "sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.fixture
def keys(vault: Vault) -> dict[str, str]:
    with vault.transaction() as tx:
        vault.put_source(tx, "web", kind="live", label="Web", settings={}, at=NOW)
        return {kind: vault.create_key(tx, "web", kind=kind, by="Cy", at=NOW) for kind in ("server", "browser")}


def test_a_server_key_signs(vault: Vault, keys: dict[str, str]) -> None:
    signer = vault.signer_of("identify:ann", as_the_company_signs(keys["server"], "identify:ann"), NOW)

    assert signer is not None
    assert signer.source == "web"


def test_a_browser_key_is_public_and_signs_nothing(vault: Vault, keys: dict[str, str]) -> None:
    assert vault.signer_of("identify:ann", as_the_company_signs(keys["browser"], "identify:ann"), NOW) is None


@pytest.mark.parametrize("signed", ["", "x", "ø", "A" * 43, "A" * 10_000])
def test_anything_else_is_no_signature(vault: Vault, keys: dict[str, str], signed: str) -> None:
    assert vault.signer_of("identify:ann", signed, NOW) is None


def test_a_signature_for_one_text_is_none_for_another(vault: Vault, keys: dict[str, str]) -> None:
    assert vault.signer_of("identify:bo", as_the_company_signs(keys["server"], "identify:ann"), NOW) is None


def test_a_revoked_key_no_longer_signs(vault: Vault, keys: dict[str, str]) -> None:
    signed = as_the_company_signs(keys["server"], "identify:ann")
    [number] = [key.id for key in vault.keys("web") if key.kind == "server"]
    with vault.transaction() as tx:
        vault.revoke_key(tx, number, by="Cy", at=NOW)

    assert vault.signer_of("identify:ann", signed, NOW) is None
