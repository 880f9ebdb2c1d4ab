"""Invented Nordic names, built from syllables: no list of real people stands behind them."""

from __future__ import annotations

import numpy as np

from kundskab.synthetic.rhythms import Array

_GIVEN_STARTS = "Al As Brim Dag Ei El Fjo Gry Hal Ing Jor Kar Lin Mag Nor Ol Rag Sig Sol Sun Tor Tyr Ulv Vil Yng Åse Ös"
_GIVEN_ENDS = "a bert björn borg dis e fast frid gerd hild ke ling mar na ne rik run stein ta var ve vin"
_FAMILY_STARTS = (
    "Al Asp Berg Björk Dal Ek Fjäll Fors Gran Hav Hög Is Klint Kvist Lind Ljung Mo Myr Ny Rönn Sjö Skog Sten Strand "
    "Sund Vik Ång Öst"
)
_FAMILY_ENDS = "backe berg by bäck dal fält gren holm hult kvist lid lund mark mo näs rud stad ström strand vall ås ö"
_ASCII = str.maketrans("åäöÅÄÖ", "aaoAAO")


def invent(count: int, rng: np.random.Generator) -> tuple[list[str], list[str], list[str]]:
    """(given names, family names, e-mail addresses); the addresses are all different and lie at example.com."""
    given = _pairs(_GIVEN_STARTS, _GIVEN_ENDS, count, rng)
    family = _pairs(_FAMILY_STARTS, _FAMILY_ENDS, count, rng)
    taken: dict[str, int] = {}
    return given, family, [_address(*name, taken) for name in zip(given, family, strict=True)]


def _pairs(starts: str, ends: str, count: int, rng: np.random.Generator) -> list[str]:
    first, last = starts.split(), ends.split()
    a: Array = rng.integers(0, len(first), count)
    b: Array = rng.integers(0, len(last), count)
    return [first[i] + last[j] for i, j in zip(a.tolist(), b.tolist(), strict=True)]


def _address(given: str, family: str, taken: dict[str, int]) -> str:
    name = f"{given}.{family}".translate(_ASCII).lower()
    taken[name] = taken.get(name, 0) + 1
    return f"{name}@example.com" if taken[name] == 1 else f"{name}{taken[name]}@example.com"
