"""Foreign files, read by the engine: any size in bounded memory, staged once, mapped, checked and named set-wise.

with staged(path, run_folder) as file:
    guess = guess_mapping(file)
    rows = Rows(file, guess.mapping, keep="all", rules=rules)
    written = rows.write(new_file, tokens=..., stamp=...)
"""

from kundskab.lake.intake.guessing import Guess, guess_mapping
from kundskab.lake.intake.mapping import EVENT_KEYS, IDENTIFIER_KEYS, Rules
from kundskab.lake.intake.rows import BadRow, Rows, Stamp, Written
from kundskab.lake.intake.staging import Column, Staged, staged, sweep

__all__ = [
    "EVENT_KEYS",
    "IDENTIFIER_KEYS",
    "BadRow",
    "Column",
    "Guess",
    "Rows",
    "Rules",
    "Staged",
    "Stamp",
    "Written",
    "guess_mapping",
    "staged",
    "sweep",
]
