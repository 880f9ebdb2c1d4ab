"""Sealing what the web database must not hold in the open: the secrets behind a second step at sign-in.

Sealed with the key file, which lies outside the data folder: whoever steals the folder alone can make no code.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from kundskab.pipeline.home import Home
from kundskab.types import KundskabError
from kundskab.vault.sealing import Sealer, decode, encode

_PLACE = "web secret"


def seal(home: Home, text: str) -> str:
    """`text` sealed with the active key pair: its id, a colon, nonce and ciphertext in base64url."""
    sealer = Sealer(home.keys)
    return f"{sealer.key_id}:{urlsafe_b64encode(sealer.seal(encode(text), _PLACE)).decode()}"


def unseal(home: Home, sealed: str) -> str:
    """The text back. Raises KundskabError when the key is missing, or the words were changed or never sealed."""
    key_id, _, rest = sealed.partition(":")
    try:
        content = urlsafe_b64decode(rest)
    except ValueError:
        raise KundskabError("A sealed web secret is damaged; reset the second step of whom it belongs to.") from None
    return decode(Sealer(home.keys).open(key_id, content, _PLACE))


def is_sealed_by_active(home: Home, sealed: str) -> bool:
    """Whether the newest key pair sealed it; when not, sealing it again lets the older pair go."""
    return sealed.partition(":")[0] == home.keys.active_id
