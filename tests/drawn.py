"""How many examples a test over drawn cases takes: a tenth in `make check`, all in `make test`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import settings

FEWEST = 25
ALL = os.environ.get("KUNDSKAB_DRAWN") == "all"

Test = TypeVar("Test", bound=Callable[..., Any])


def drawn(examples: int, **more: Any) -> Callable[[Test], Test]:
    """So many drawn cases for this test; with $KUNDSKAB_DRAWN=all every one of them."""
    few = min(examples, max(FEWEST, examples // 10))

    def mark(test: Test) -> Test:
        return pytest.mark.drawn(settings(max_examples=examples if ALL else few, deadline=None, **more)(test))

    return mark
