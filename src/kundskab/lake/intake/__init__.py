"""Foreign files, read by the engine: any size in bounded memory, staged once, mapped, checked and named set-wise.

with staged(path, run_folder) as file:
    guess = guess_mapping(file)
    rows = Rows(file, guess.mapping, keep="all", rules=rules)
    written = rows.write(path, tokens=..., stamp=...)
"""

from kundskab.lake.intake.checking import BadRow
from kundskab.lake.intake.fiction import says_fictitious
from kundskab.lake.intake.foreign import Column, Staged
from kundskab.lake.intake.guessing import Guess, guess_mapping, guess_objects, guess_people
from kundskab.lake.intake.mapping import EVENT_KEYS, IDENTIFIER_KEYS, Rules
from kundskab.lake.intake.records import OBJECT_KEYS, PEOPLE_KEYS, Record, bad_lines, records
from kundskab.lake.intake.rows import Rows, Written
from kundskab.lake.intake.staging import head_of, staged, sweep
from kundskab.lake.intake.tickets import ENCOUNTER_KEYS, guess_encounters
from kundskab.lake.intake.writing import Stamp

__all__ = [
    "ENCOUNTER_KEYS",
    "EVENT_KEYS",
    "IDENTIFIER_KEYS",
    "OBJECT_KEYS",
    "PEOPLE_KEYS",
    "BadRow",
    "Column",
    "Guess",
    "Record",
    "Rows",
    "Rules",
    "Staged",
    "Stamp",
    "Written",
    "bad_lines",
    "guess_encounters",
    "guess_mapping",
    "guess_objects",
    "guess_people",
    "head_of",
    "records",
    "says_fictitious",
    "staged",
    "sweep",
]
