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


def towns(count: int) -> tuple[list[str], list[str]]:
    """(names of invented towns, their postcodes), all different; codes that begin with 00 are given to no place."""
    starts, ends = _FAMILY_STARTS.split(), _FAMILY_ENDS.split()
    # steps of 7 and 5 through lists of 28 and 23 pair each start with another ending every time
    names = [starts[7 * place % len(starts)] + ends[5 * place % len(ends)] for place in range(3 * count)]
    different = list(dict.fromkeys(names))[:count]
    return different, [f"00{place // 10 + 1:01d} {place % 10}{place * 3 % 10}" for place in range(len(different))]


def written_otherwise(given: str, family: str, place: int) -> tuple[str, str, str]:
    """(given name, family name, e-mail) as the same human writes them a second time: short, without marks, doubled."""
    plain = family.translate(_ASCII)
    first = (given[:1] + ".", given.translate(_ASCII), given)[place % 3]
    last = (family, plain, family + family[-1:])[place // 3 % 3]
    return first, last, f"{given[:1].translate(_ASCII).lower()}.{plain.lower()}{place}@example.org"


def _pairs(starts: str, ends: str, count: int, rng: np.random.Generator) -> list[str]:
    first, last = starts.split(), ends.split()
    a: Array = rng.integers(0, len(first), count)
    b: Array = rng.integers(0, len(last), count)
    return [first[i] + last[j] for i, j in zip(a.tolist(), b.tolist(), strict=True)]


def _address(given: str, family: str, taken: dict[str, int]) -> str:
    name = f"{given}.{family}".translate(_ASCII).lower()
    taken[name] = taken.get(name, 0) + 1
    return f"{name}@example.com" if taken[name] == 1 else f"{name}{taken[name]}@example.com"
