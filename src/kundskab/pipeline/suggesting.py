"""Finding suggested links: what a purpose's view knows about people, compared pair by pair; a human decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kundskab.consent.view import View
from kundskab.pipeline.home import Home
from kundskab.pipeline.writing import writing
from kundskab.vault import Tx

Progress = Callable[[str, float], None]  # what is being done, and which share of the whole is done (0-1)

MOST = 10_000  # suggestions of one search: more than humans will ever decide


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for suggestions came to."""

    persons: int  # whose facts were compared
    suggested: int  # new suggestions
    note: str  # one sentence: what was compared, or why nothing could be


def nothing(what: str, share: float) -> None:
    """A progress that nobody watches."""


def find(home: Home, view: View, *, who: str, now: datetime, progress: Progress = nothing) -> Found:
    """Record new suggestions among the persons whose facts the view shows.

    The values are compared in memory; what is recorded says which attributes are alike, never what they are.
    """
    # Only here, where it is needed: Splink and what it brings along take a second to load.
    from kundskab.people.attributes import attributes_of
    from kundskab.people.suggest import suggest

    progress("reading facts", 0.0)
    people = attributes_of(_rows(view))
    with home.vault.reading() as tx:
        refused = _refused(home, tx)
    found = suggest(people, refused=refused, progress=progress)
    pairs = [(p.a, p.b, p.probability, in_words(p.probability, p.words)) for p in found.pairs[:MOST]]
    with writing(home, "suggest links") as tx:
        still_two = _still_two(home, tx, [(a, b) for a, b, _, _ in pairs])
        new = home.vault.suggestions.add(
            tx, [pair for pair in pairs if pair[:2] in still_two], purpose=view.purpose, at=now, by=who
        )
        home.vault.audit(
            tx,
            who=who,
            action="suggest links",
            subject=f"{people.num_rows} persons",
            purpose=view.purpose,
            reason=f"{new} new suggestions",
            at=now,
        )
    return Found(people.num_rows, new, found.note)


def in_words(probability: float, alike: str) -> str:
    """ "same surname; postcode nearly the same; 96 of 100 such pairs are one person": natural frequencies."""
    of_100 = int(probability * 100)
    share = "more than 99" if of_100 >= 99 else f"about {of_100}"
    return (
        f"{alike}; {share} of 100 such pairs are one person" if alike else f"{share} of 100 such pairs are one person"
    )


def _rows(view: View) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = view.facts.select("person", "name", "value").to_pyarrow().to_pylist()
    return rows


def _refused(home: Home, tx: Tx) -> set[tuple[str, str]]:
    """The pairs of persons, as they are now, whose link a human declined or undid."""
    pairs = sorted(home.vault.suggestions.refused(tx))
    person_of = {row.actor: row.person for row in home.vault.map_rows(tx, sorted({end for p in pairs for end in p}))}
    persons = {(person_of[a], person_of[b]) for a, b in pairs}
    return {(min(pair), max(pair)) for pair in persons}


def _still_two(home: Home, tx: Tx, pairs: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those that nobody joined while they were compared."""
    person_of = {row.actor: row.person for row in home.vault.map_rows(tx, sorted({end for p in pairs for end in p}))}
    return {(a, b) for a, b in pairs if person_of[a] != person_of[b]}
