"""The guessed mapping, ready to be shown and confirmed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from kundskab.lake.intake import Guess, guess_mapping, head_of, staged
from kundskab.types import KundskabError


def guess_for(path: Path) -> list[tuple[str, str, str]]:
    """(key, column or expression, reason) for a file of events, read from its first rows only.

    Raises KundskabError saying which keys could not be guessed and how to map them.
    """
    with (
        TemporaryDirectory(prefix="kundskab-guess-") as folder,
        staged(head_of(path, Path(folder)), Path(folder)) as file,
    ):
        guess = complete(guess_mapping(file))
    return [(key, text, guess.reasons[key]) for key, text in guess.mapping.items()]


def complete(guess: Guess) -> Guess:
    """The guess itself; raises KundskabError when it leaves a needed key open."""
    if guess.missing:
        found = ", ".join(f"{key}={text}" for key, text in guess.mapping.items())
        known = f" Guessed so far: {found}." if found else ""
        raise KundskabError(f"The mapping could not be guessed. {' '.join(guess.missing)}{known}")
    return guess
