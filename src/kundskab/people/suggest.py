"""Which persons look like one: Splink on an engine in memory. A suggestion joins nobody; a human decides.

The settings follow from which attributes enough people have, and from nothing else, so the same people give the same
suggestions. Nothing is written anywhere: the engine may not even spill to disk.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from kundskab.lake.engine import Engine, OutOfMemory, connect
from kundskab.people.alike import Alike, comparisons_for
from kundskab.types import KundskabError

FEWEST = 50  # persons; below them likenesses are anecdotes
LIKELY = 0.9  # suggestions begin here
_KNOWN_OF = 0.05  # an attribute counts when at least this share of people have it
_PAIRS_PER_PERSON = 40  # a blocking rule that brings more is left out
_RARITY_FROM = 5_000  # persons; among fewer, how often a value occurs says little
_SURE_PAIRS = 200  # so many nearly certain pairs are enough to learn typing errors from
_RECALL = 0.6  # which share of all true pairs the nearly certain ones are, as usual
_U_PAIRS = 2_000_000
_MOST_ROUNDS = 25
_SEED = 20_260_301
_MEMORY = "2GB"

# Two persons are compared when they agree on one of these, from the tightest; `year` is that of birth.
_BLOCKS: tuple[tuple[str, ...], ...] = (
    ("email",),
    ("number",),
    ("phone",),
    ("first_name", "last_name"),
    ("last_name", "birth"),
    ("first_name", "birth"),
    ("postcode", "first_name"),
    ("postcode", "last_name"),
    ("birth", "city"),
    ("birth", "area"),
    ("first_3", "last_4"),
    ("area", "first_name"),
    ("area", "last_name"),
    ("first_2", "last_2", "year"),
    ("birth",),
    ("postcode",),
    ("last_name",),
    ("first_name",),
)
# Who agrees on one of these is nearly certainly one person.
_SURE: tuple[tuple[str, ...], ...] = (
    ("number",),
    ("email", "last_name"),
    ("first_name", "last_name", "birth_date"),
    ("first_2", "last_name", "birth_date"),
    ("birth_date", "postcode"),
    ("phone", "last_name"),
    ("first_name", "last_name", "postcode"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two persons who may be one. a < b."""

    a: str
    b: str
    probability: float  # 0-1, as the model reckons
    words: str  # what is alike; no values


@dataclass(frozen=True, slots=True)
class Suggested:
    """pairs: the likeliest first.  note: one sentence on what was compared, or why nothing could be."""

    pairs: list[Pair]
    note: str
    compared: int = 0  # pairs that were looked at; those that two rules bring count twice
    blocks: tuple[tuple[str, ...], ...] = ()  # two were compared when they agree on all of one of these


Progress = Callable[[str, float], None]


def suggest(
    people: pa.Table,
    *,
    refused: Collection[tuple[str, str]] = (),
    at_least: float = LIKELY,
    progress: Progress = lambda what, share: None,
) -> Suggested:
    """The pairs that are one person with a probability of `at_least` or more.

    people: one row per person: person, and the string columns of `attributes.NAMES`.  refused: pairs (a < b) that a
    human said are two.  Source of the method: see `alike.py`; Splink 4 does the reckoning.
    Raises KundskabError when so many people share their attributes that memory does not suffice.
    """
    if people.num_rows < FEWEST:
        return Suggested(
            [], f"Only {people.num_rows} persons can be compared; below {FEWEST} there is nothing to learn."
        )
    compared = comparisons_for(_known(people))
    if len(compared) < 2:
        return Suggested([], "People are known by too little to compare them; at least two attributes are needed.")
    with _engine() as engine, _quiet():
        table = with_keys(people)
        engine.register("people", table)
        blocks = _blocks(engine, table)
        if not blocks:
            return Suggested([], "No two people agree on anything that could be compared.")
        progress("learning", 0.1)
        scored = _scored(engine, table, compared, blocks, at_least, progress)
        pairs = list(_pairs(engine, scored, compared, refused))
        candidates = sum(_count_pairs(engine, rule) for rule in blocks)
    progress("done", 1.0)
    names = ", ".join(alike.name for alike in compared)
    return Suggested(pairs, f"{people.num_rows:,} persons were compared by {names}.", candidates, tuple(blocks))


def _known(people: pa.Table) -> dict[str, int]:
    """attribute -> how many have it, for those that enough people have, in more than one value."""
    known: dict[str, int] = {}
    for name in people.column_names:
        column = people[name]
        have = len(column) - column.null_count
        if name != "person" and have >= max(20, _KNOWN_OF * people.num_rows) and pc.count_distinct(column).as_py() > 1:
            known[name] = have
    return known


def with_keys(people: pa.Table) -> pa.Table:
    """With what blocking rules are made of besides the attributes."""

    def start(name: str, signs: int) -> pa.ChunkedArray:
        return pc.utf8_slice_codeunits(people[name], 0, signs)

    keys = {
        "whole_name": pc.binary_join_element_wise(people["first_name"], people["last_name"], " "),
        "birth": people["birth_date"] if people["birth_date"].null_count < people.num_rows else people["birth_year"],
        "year": people["birth_year"],
        "area": start("postcode", 3),
        "first_2": start("first_name", 2),
        "first_3": start("first_name", 3),
        "last_2": start("last_name", 2),
        "last_4": start("last_name", 4),
    }
    return pa.table({"unique_id": people["person"], **{n: people[n] for n in people.column_names[1:]}, **keys})


def _blocks(engine: Engine, table: pa.Table) -> list[tuple[str, ...]]:
    """The blocking rules that bring few enough pairs, but some."""
    most = _PAIRS_PER_PERSON * table.num_rows
    return [rule for rule in _BLOCKS if 0 < _count_pairs(engine, rule) <= most]


def _count_pairs(engine: Engine, rule: Sequence[str]) -> int:
    known = " AND ".join(f"{name} IS NOT NULL" for name in rule)
    sql = (
        f"SELECT coalesce(sum(n * (n - 1) / 2), 0)::BIGINT FROM "
        f"(SELECT count(*) AS n FROM people WHERE {known} GROUP BY {', '.join(rule)})"
    )
    return int(engine.execute(sql).fetchall()[0][0])


def _scored(
    engine: Engine,
    table: pa.Table,
    compared: list[Alike],
    blocks: list[tuple[str, ...]],
    at_least: float,
    progress: Progress,
) -> str:
    """The name of Splink's table of scored pairs."""
    sure = [rule for rule in _SURE if _count_pairs(engine, rule) > 0]
    enough = sum(_count_pairs(engine, rule) for rule in sure) >= _SURE_PAIRS
    linker = Linker(
        table,
        _settings(compared, blocks, learnt=enough, rarity=table.num_rows >= _RARITY_FROM),
        DuckDBAPI(connection=engine),
        set_up_basic_logging=False,
    )
    if sure:
        rules: list[Any] = [block_on(*rule) for rule in sure]
        linker.training.estimate_probability_two_random_records_match(rules, recall=_RECALL)
    progress("learning how often strangers agree", 0.2)
    linker.training.estimate_u_using_random_sampling(max_pairs=_U_PAIRS, seed=_SEED)
    if enough:
        progress("learning typing errors", 0.5)
        for rule in _lessons(engine, compared, table.num_rows):
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*rule), estimate_without_term_frequencies=True
            )
    progress("comparing", 0.7)
    scored = linker.inference.predict(threshold_match_probability=at_least)
    return str(scored.physical_name)


def _settings(compared: list[Alike], blocks: list[tuple[str, ...]], *, learnt: bool, rarity: bool) -> Any:
    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=1e-4,
        comparisons=[alike.comparison(learnt=learnt, rarity=rarity) for alike in compared],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in blocks],
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,  # the level of each comparison
        max_iterations=_MOST_ROUNDS,
    )


def _lessons(engine: Engine, compared: list[Alike], people: int) -> Iterator[tuple[str, ...]]:
    """Blocks to learn from, such that every comparison is learnt in one that does not hold its attributes fixed."""
    wanted = {alike.name for alike in compared}
    fixed = {"first_name": "name", "last_name": "name"}
    for rule in (
        ("first_name", "last_name"),
        ("birth",),
        ("email",),
        ("phone",),
        ("number",),
        ("postcode", "last_name"),
    ):
        names = {fixed.get(each, each) for each in rule}
        pairs = _count_pairs(engine, rule)
        if wanted - names and 0 < pairs <= _PAIRS_PER_PERSON * people:
            yield rule
            wanted &= names
        if not wanted:
            return


def _pairs(engine: Engine, scored: str, compared: list[Alike], refused: Collection[tuple[str, str]]) -> Iterator[Pair]:
    gammas = ", ".join(f"gamma_{alike.name}" for alike in compared)
    sql = (
        f"SELECT least(unique_id_l, unique_id_r), greatest(unique_id_l, unique_id_r), match_probability, {gammas} "
        f"FROM {scored} ORDER BY round(match_probability, 6) DESC, 1, 2"
    )
    unwanted = set(refused)
    for a, b, probability, *levels in engine.execute(sql).fetchall():
        if (a, b) not in unwanted:
            said = (alike.words_at(level) for alike, level in zip(compared, levels, strict=True))
            yield Pair(a, b, probability, "; ".join(words for words in said if words))


@contextmanager
def _engine() -> Iterator[Engine]:
    engine = connect(None, memory_limit=_MEMORY)
    try:
        yield engine
    except OutOfMemory as error:
        raise KundskabError(
            "Too many people agree on the little that is known of them, so comparing them takes more memory than there "
            "is; import more about them, or look for suggestions by a purpose that knows fewer people."
        ) from error
    finally:
        engine.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Splink tells its progress through logging and warnings; ours goes another way."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
