"""What programs write when they do not know who it was joins nobody."""

from __future__ import annotations

import pytest

from kundskab.people import is_reserved


@pytest.mark.parametrize(
    "value",
    ["", " ", "null", "NULL", "undefined", "0", "anonymous", "none", "NaN", "[object Object]", '"null"', "guest",
     "00000000-0000-0000-0000-000000000000"],
)  # fmt: skip
def test_these_are_nobody(value: str) -> None:
    assert is_reserved("user_id", value)
    assert is_reserved("anonymous_id", value)


@pytest.mark.parametrize("value", ["ann", "1", "00", "17850", "nullable", "Nan-Mei", "ann@example.com"])
def test_these_are_somebody(value: str) -> None:
    assert not is_reserved("user_id", value)


def test_an_empty_address_is_nobodys() -> None:
    assert is_reserved("email", "")
    assert is_reserved("email", "undefined")
    assert not is_reserved("email", "guest@example.com")
