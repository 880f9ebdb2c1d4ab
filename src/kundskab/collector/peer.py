"""Who is at the other end, and how they see us, also through a reverse proxy on this machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kundskab.collector.answers import Scope

_HOST = re.compile(rb"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_OURSELVES = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Peer:
    client: str  # IP address, "" when unknown
    scheme: str  # "http" or "https", as the client sees it
    host: str  # "name:port" as the client asked for it, "localhost" when it said nothing usable

    @property
    def address(self) -> str:
        return f"{self.scheme}://{self.host}"


def peer_of(scope: Scope, headers: Mapping[bytes, bytes]) -> Peer:
    """Believes X-Forwarded-* only from this machine: anybody else could write what they like there."""
    address = scope.get("client")
    client, scheme = (address[0] if address else ""), scope.get("scheme", "http")
    if client in _OURSELVES:
        client = headers.get(b"x-forwarded-for", b"").decode("latin-1").rpartition(",")[2].strip() or client
        told = headers.get(b"x-forwarded-proto", b"").decode("latin-1").strip().lower()
        scheme = told if told in ("http", "https") else scheme
    host = headers.get(b"host", b"")
    return Peer(client, scheme, host.decode("ascii") if _HOST.fullmatch(host) else "localhost")
