"""Invented Nordic names, built from syllables: no list of real people stands behind them."""

from __future__ import annotations

import numpy as np

from kundskab.synthetic.rhythms import Array

_GIVEN_STARTS = tuple(
    ["Al", "As", "Brim", "Dag", "Ei", "El", "Fjo", "Gry", "Hal", "Ing", "Jor", "Kar", "Lin", "Mag", "Nor", "Ol", "Rag", "Sig", "Sol", "Sun", "Tor", "Tyr", "Ulv", "Vil", "Yng", "Åse", "Ös"]
)
_GIVEN_ENDS = tuple(
    ["a", "bert", "björn", "borg", "dis", "e", "fast", "frid", "gerd", "hild", "ke", "ling", "mar", "na", "ne", "rik", "run", "stein", "ta", "var", "ve", "vin"],
)
_FAMILY_STARTS = tuple(
    ["Al", "Asp", "Berg", "Björk", "Dal", "Ek", "Fjäll", "Fors", "Gran", "Hav", "Hög", "Is", "Klint", "Kvist", "Lind", "Ljung", "Mo", "Myr", "Ny", "Rönn", "Sjö", "Skog", "Sten", "Strand", "Sund", "Vik", "Ång", "Öst"]
)
_FAMILY_ENDS = tuple(
    ["backe", "berg", "by", "bäck", "dal", "fält", "gren", "holm", "hult", "kvist", "lid", "lund", "mark", "mo", "näs", "rud", "stad", "ström", "strand", "vall", "ås", "ö"]
)
_ASCII = str.maketrans("åäöÅÄÖ", "aaoAAO")


def invent(count: int, rng: np.random.Generator) -> tuple[list[str], list[str], list[str]]:
    """(given names, family names, e-mail addresses); the addresses are all different and lie at example.com."""
    given = _pairs(_GIVEN_STARTS, _GIVEN_ENDS, count, rng)
    family = _pairs(_FAMILY_STARTS, _FAMILY_ENDS, count, rng)
    taken: dict[str, int] = {}
    return given, family, [_address(*name, taken) for name in zip(given, family, strict=True)]


def _pairs(starts: tuple[str, ...], ends: tuple[str, ...], count: int, rng: np.random.Generator) -> list[str]:
    first: Array = rng.integers(0, len(starts), count)
    last: Array = rng.integers(0, len(ends), count)
    return [starts[a] + ends[b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]


def _address(given: str, family: str, taken: dict[str, int]) -> str:
    name = f"{given}.{family}".translate(_ASCII).lower()
    taken[name] = taken.get(name, 0) + 1
    return f"{name}@example.com" if taken[name] == 1 else f"{name}{taken[name]}@example.com"
