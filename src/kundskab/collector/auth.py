"""Which write key a request shows."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qs

_LONGEST = 200


def shown_key(headers: Mapping[bytes, bytes], query: bytes) -> str | None:
    """The key from Basic (`key:`), Bearer or `?writeKey=`; None when there is none: the body may have it."""
    authorization = headers.get(b"authorization")
    if authorization is not None:
        key = _from_authorization(authorization)
        if key:
            return key
    return query_key(query) if b"writeKey" in query else None


def query_key(query: bytes) -> str | None:
    values = parse_qs(query.decode("latin-1"), max_num_fields=200).get("writeKey", [])
    return values[0][:_LONGEST] if values else None


@lru_cache(maxsize=4096)
def _from_authorization(value: bytes) -> str | None:
    scheme, _, credentials = value.strip().partition(b" ")
    credentials = credentials.strip()
    if len(credentials) > _LONGEST * 2:
        return None
    if scheme.lower() == b"bearer":
        return credentials.decode("latin-1")
    if scheme.lower() == b"basic":
        try:
            return base64.b64decode(credentials, validate=True).partition(b":")[0].decode("utf-8")
        except (binascii.Error, ValueError):
            return None
    return None
