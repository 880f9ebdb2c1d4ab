"""Garbage waits while a batch is digested."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def garbage_waits() -> Iterator[None]:
    """Look for no garbage inside the block.

    A batch is hundreds of thousands of small objects that live until its commit; walking through all of them again
    and again found nothing and took a quarter of the digest's time. A batch is bounded, so the waiting is too.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
