"""Signatures a company's own server makes with a server write key: who she is, said so that we can believe it.

The vault never keeps a key, only its SHA-256; so that hash is the secret of the HMAC. In Python, on the company's side:

    secret = hashlib.sha256(server_key.encode()).digest()
    base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), "sha256")).rstrip(b"=").decode()
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping

from kundskab.vault.keys import KeyInfo


def signature(secret: bytes, text: str) -> str:
    """HMAC-SHA256 of the text in base64url without padding (43 signs). secret: SHA-256 of the server key."""
    return base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), "sha256")).rstrip(b"=").decode()


def signer(keys: Mapping[bytes, KeyInfo], text: str, signed: str) -> KeyInfo | None:
    """The server key among these (SHA-256 -> key, all of them valid) that signed the text; None when none did."""
    found = None
    for secret, key in keys.items():  # all are tried, so that time tells nothing
        if key.kind == "server" and hmac.compare_digest(signature(secret, text).encode(), signed.encode()):
            found = key
    return found
