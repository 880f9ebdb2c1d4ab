"""Which purpose a page of persons is opened for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

DEFAULT = "analytics"


@dataclass(frozen=True, slots=True)
class Purpose:
    """The purpose chosen, and all there are to choose from."""

    name: str
    names: tuple[str, ...]


def choose(desk: Desk, asked: str | None) -> Purpose:
    """The purpose asked for when the workspace has it, else the default: never an unknown one."""
    names = tuple(row.name for row in desk.purposes())
    fallback = DEFAULT if DEFAULT in names else names[0]
    return Purpose(asked if asked in names else fallback, names)
