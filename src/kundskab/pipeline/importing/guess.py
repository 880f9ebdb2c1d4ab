"""The guessed mapping, ready to be shown and confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from kundskab.lake.intake import (
    Guess,
    Staged,
    guess_encounters,
    guess_mapping,
    guess_objects,
    guess_people,
    head_of,
    staged,
)
from kundskab.types import KundskabError


def guess_for(path: Path, what: str = "events", purposes: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """(key, column or expression, reason) for a file, read from its first rows only.

    what: events, people, objects or encounters.  purposes: the workspace's, which columns of consents are called by.
    Raises KundskabError saying which keys could not be guessed and how to map them.
    """
    with (
        TemporaryDirectory(prefix="kundskab-guess-") as folder,
        staged(head_of(path, Path(folder)), Path(folder)) as file,
    ):
        guess = complete(_GUESSERS[what](file, purposes), file)
    return [(key, text, guess.reasons[key]) for key, text in guess.mapping.items()]


_GUESSERS: dict[str, Callable[[Staged, Sequence[str]], Guess]] = {
    "events": lambda file, _: guess_mapping(file),
    "people": guess_people,
    "objects": lambda file, _: guess_objects(file),
    "encounters": lambda file, _: guess_encounters(file),
}


def complete(guess: Guess, file: Staged) -> Guess:
    """The guess itself; raises KundskabError when it leaves a needed key open, naming the columns there are."""
    if guess.missing:
        found = ", ".join(f"{key}={text}" for key, text in guess.mapping.items())
        known = f" Guessed so far: {found}." if found else ""
        names = [column.name for column in file.columns]
        there = ", ".join(names[:_SHOWN]) + (" and more" if len(names) > _SHOWN else "")
        nameless = "" if file.layout.header else " (it has no line of names)"
        raise KundskabError(
            f"The mapping could not be guessed. {' '.join(guess.missing)}{known} Its columns{nameless}: {there}."
        )
    return guess


_SHOWN = 20  # columns named in a message
