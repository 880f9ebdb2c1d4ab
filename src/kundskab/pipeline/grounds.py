"""On what a person's rows stand besides a yes of their own: what was declared when the rows came in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kundskab.pipeline.home import Home
from kundskab.vault import Tx

ASKED = "consent"  # rows that wait for the person's own yes stand on nothing declared


@dataclass(frozen=True, slots=True)
class Declared:
    """What came from these sources may be used without asking. basis: "signal" where the sender vouches for a yes."""

    basis: str
    sources: tuple[str, ...]  # by name


def declared(home: Home, tx: Tx, permissions: Collection[int]) -> dict[str, Declared]:
    """purpose -> on what rows with these permissions stand, unless the person refuses; the newest declaration's basis.

    permissions: the numbers that the rows and facts of one person name.
    """
    found: dict[str, Declared] = {}
    for permission in home.vault.permissions(tx):  # oldest first
        if permission.id not in permissions:
            continue
        for purpose, basis in permission.purposes.items():
            if basis != ASKED:
                before = found[purpose].sources if purpose in found else ()
                found[purpose] = Declared(basis, tuple(sorted({*before, permission.source})))
    return found
