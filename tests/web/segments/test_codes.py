"""Where segments show codes instead of names, the page says what brings names."""

from __future__ import annotations

import pytest

from kundskab.web.segments.telling import is_by_code


@pytest.mark.parametrize(("behaviour", "is_one"), [("Ordered · 85123A", True), ("Ordered · tents", False),
                                                   ("Ordered · Tent 2", False), ("Signed In", False)])  # fmt: skip
def test_a_code_is_told_from_a_name(behaviour: str, is_one: bool) -> None:
    assert is_by_code(behaviour) == is_one
