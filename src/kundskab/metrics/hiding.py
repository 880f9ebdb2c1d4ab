"""What a table must not show: cells of fewer than five persons, and those that would give them away by subtraction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping

from kundskab.metrics.readings import FEWEST

Cell = tuple[Hashable, Hashable]


def hidden_cells(persons: Mapping[Cell, int], *, fewest: int = FEWEST) -> frozenset[Cell]:
    """Which (row, column) cells of a two-way table to hide; persons holds those where anybody is.

    Rows and columns are taken to be shown with their sums, so in each of them the hidden are `fewest` together or
    the whole row or column; hiding one more cell may call for another across, until nothing is left to add.
    """
    hidden: set[Cell] = {cell for cell, n in persons.items() if 0 < n < fewest}
    lines = [line for line in _lines(persons) if len(line) > 1]
    changed = bool(hidden)
    while changed:
        before = len(hidden)
        for line in lines:
            hidden |= _line({cell: persons[cell] for cell in line}, hidden, fewest)
        changed = len(hidden) > before
    return frozenset(hidden)


def _line(persons: dict[Cell, int], hidden: set[Cell], fewest: int) -> set[Cell]:
    """What to hide of one row or column, given what is hidden already."""
    mine = hidden & persons.keys()
    if not mine:
        return mine
    if len(mine) > 1 and sum(persons[cell] for cell in mine) >= fewest:
        return mine
    shown = sorted((cell for cell in persons if cell not in mine), key=lambda cell: persons[cell])
    while shown and (len(mine) < 2 or sum(persons[cell] for cell in mine) < fewest):
        mine.add(shown.pop(0))
    return mine


def _lines(persons: Mapping[Cell, int]) -> list[list[Cell]]:
    """The cells of each row and of each column."""
    across: dict[tuple[str, Hashable], list[Cell]] = defaultdict(list)
    for cell in persons:
        across["row", cell[0]].append(cell)
        across["column", cell[1]].append(cell)
    return list(across.values())
