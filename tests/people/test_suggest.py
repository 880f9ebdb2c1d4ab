"""Suggested links among invented people whose doubles are known."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from kundskab.people.attributes import attribute_table, attributes_of
from kundskab.people.suggest import FEWEST, suggest

pytestmark = pytest.mark.slow

FIRST = [
    "Ann",
    "Bo",
    "Cy",
    "Dag",
    "Eli",
    "Fie",
    "Gro",
    "Hans",
    "Ida",
    "Jon",
    "Kaj",
    "Liv",
    "Mads",
    "Nina",
    "Ove",
    "Pia",
    "Rolf",
    "Siv",
    "Tor",
    "Una",
]
LAST = [
    "Berg",
    "Dahl",
    "Eng",
    "Falk",
    "Gran",
    "Holm",
    "Juhl",
    "Krag",
    "Lund",
    "Moe",
    "Nord",
    "Ost",
    "Prag",
    "Rask",
    "Skov",
    "Thy",
    "Ulv",
    "Vik",
    "Westad",
    "Zahl",
]


def invented(persons: int, doubles: int, seed: int = 1) -> tuple[pa.Table, set[tuple[str, str]]]:
    """People with names, birth dates and postcodes; the first `doubles` of them twice, the second time misspelt."""
    draw = random.Random(seed)
    known: dict[str, dict[str, str]] = {}
    for n in range(persons):
        known[f"p{n:04}"] = {
            "firstname": draw.choice(FIRST) + draw.choice("aeiou") + draw.choice("lmnrst"),
            "surname": draw.choice(LAST) + draw.choice(["", "sen", "stad", "by"]),
            "dob": f"{draw.randint(1940, 2004)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
            "postcode": f"{draw.randint(1000, 9999)}",
        }
    for n in range(doubles):
        twin = dict(known[f"p{n:04}"])
        if n % 2:
            twin["surname"] = twin["surname"][:-1]
        else:
            twin["postcode"] = twin["postcode"][::-1]
        known[f"q{n:04}"] = twin
    return attribute_table(known), {(f"p{n:04}", f"q{n:04}") for n in range(doubles)}


@pytest.fixture(scope="module")
def crowd() -> tuple[pa.Table, set[tuple[str, str]]]:
    return invented(400, 40)


def test_it_finds_most_doubles_and_hardly_anybody_else(crowd: tuple[pa.Table, set[tuple[str, str]]]) -> None:
    people, doubles = crowd

    found = {(pair.a, pair.b) for pair in suggest(people).pairs}

    assert len(found & doubles) >= 36
    assert len(found - doubles) <= 2


def test_it_says_what_is_alike_and_never_the_value(crowd: tuple[pa.Table, set[tuple[str, str]]]) -> None:
    people, _ = crowd
    values = {value for name in people.column_names[1:] for value in people[name].to_pylist() if value}

    pairs = suggest(people).pairs

    assert all("same date of birth" in pair.words for pair in pairs[:20])
    assert not [pair for pair in pairs if values & set(pair.words.replace(";", " ").split())]


@pytest.mark.slow
def test_the_same_people_give_the_same_suggestions(crowd: tuple[pa.Table, set[tuple[str, str]]]) -> None:
    people, _ = crowd

    first, second = suggest(people), suggest(people)

    assert [(p.a, p.b, round(p.probability, 6)) for p in first.pairs] == [
        (p.a, p.b, round(p.probability, 6)) for p in second.pairs
    ]


@pytest.mark.slow
def test_a_refused_pair_is_not_suggested(crowd: tuple[pa.Table, set[tuple[str, str]]]) -> None:
    people, _ = crowd
    [first, *rest] = suggest(people).pairs

    again = suggest(people, refused={(first.a, first.b)}).pairs

    assert [(p.a, p.b) for p in again] == [(p.a, p.b) for p in rest]


def test_fifty_persons_are_enough() -> None:
    people, doubles = invented(FEWEST - 6, 6, seed=3)

    found = {(pair.a, pair.b) for pair in suggest(people).pairs}

    assert len(found & doubles) >= 4
    assert not found - doubles


def test_it_says_so_when_there_is_too_little_to_learn_from() -> None:
    few, _ = invented(20, 5)
    only_names = attribute_table({f"p{n}": {"firstname": FIRST[n % 20]} for n in range(100)})

    assert (suggest(few).pairs, "Only 25 persons" in suggest(few).note) == ([], True)
    assert (suggest(only_names).pairs, "at least two attributes" in suggest(only_names).note) == ([], True)


def test_splink_keeps_silent(crowd: tuple[pa.Table, set[tuple[str, str]]], capfd: pytest.CaptureFixture[str]) -> None:
    suggest(crowd[0])

    assert capfd.readouterr() == ("", "")


def test_facts_under_many_names_become_the_same_attributes() -> None:
    facts = [
        {"person": "ann", "name": "firstName", "value": '"Ann  Élise"'},
        {"person": "ann", "name": "date_of_birth", "value": '"1980-02-03T00:00:00Z"'},
        {"person": "ann", "name": "address", "value": '{"postalCode": "sw1a 1aa", "city": "Åre"}'},
        {"person": "ann", "name": "phone", "value": '"+46 (0)70 123 45 67"'},
        {"person": "bo", "name": "name", "value": '"Bo Dahl Berg"'},
        {"person": "bo", "name": "birth_year", "value": "1975"},
        {"person": "cy", "name": "shoe_size", "value": "43"},
    ]

    rows = {row["person"]: row for row in attributes_of(facts).to_pylist()}

    assert rows.keys() == {"ann", "bo"}
    assert rows["ann"] | {
        "first_name": "ann elise", "birth_date": "1980-02-03", "birth_year": "1980", "postcode": "sw1a1aa",
        "city": "are", "phone": "701234567",
    } == rows["ann"]  # fmt: skip
    assert (rows["bo"]["first_name"], rows["bo"]["last_name"], rows["bo"]["birth_year"]) == ("bo", "berg", "1975")
