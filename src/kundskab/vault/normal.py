"""One spelling per identifier: what must be equal for two identifiers to be the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Here ASCII has only one spelling, so a million plain ids need no look at each.
_PLAIN = frozenset({"user_id", "anonymous_id", "group_id"})
# Case and surrounding space carry no meaning in these kinds; everywhere else they may tell two people apart.
_CASELESS = frozenset({"email"})
_PHONE_NOISE = re.compile(r"[\s().\-/]+")


def normalise(kind: str, value: str) -> str:
    """The one spelling: NFC for all, lower case without outer space for e-mail, digits and + for phone.

    User ids and anonymous ids are exact apart from NFC: "Ann" and "ann" may be two customers.
    """
    value = value if value.isascii() else unicodedata.normalize("NFC", value)
    if kind in _CASELESS:
        # Lower-casing can decompose (İ becomes i and a dot above), so NFC goes last as well.
        return unicodedata.normalize("NFC", value.strip().lower())
    return _PHONE_NOISE.sub("", value) if kind == "phone" else value


def normalise_many(kind: str, values: Sequence[str]) -> list[str]:
    """Like `normalise` for each value of one kind."""
    if kind in _PLAIN and all(map(str.isascii, values)):
        return list(values)
    return [normalise(kind, value) for value in values]
