"""Suggested links on sets of people whose doubles are known, beside Splink's own documented settings for two of them.

The data are public: FEBRL (invented Australians with typing errors) and historical persons with injected errors; see
bench/public.py for where they are looked for; without them there is no measure.
"""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd
import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from bench import machine, public
from bench.report import Section, number
from bench.world import World
from kundskab.people.attributes import attribute_table
from kundskab.people.suggest import LIKELY, suggest, with_keys

LOOSE = 0.5

Pairs = list[tuple[str, str, float]]


def measure(world: World) -> list[Section]:
    """Pairwise precision and recall, at the likelihood where suggestions begin and at one half."""
    folder = public.folder() / "fake_people"
    if not (folder / "dataset3.csv.gz").exists():
        return [Section(f"Suggested links: {public.MISSING}", ("",), [])]
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")
    rows: list[tuple[str, ...]] = []
    for name, load, documented in _SETS[: 2 if world.quick else None]:
        frame, key = load(folder)
        truth = dict(zip(frame[key], frame["cluster"], strict=True))
        rows += _rows(f"{name}, {len(frame):,} records", "ours", truth, lambda f=frame, k=key: _ours(f, k))
        if documented is not None:
            rows += _rows("", "Splink's documented settings", truth, lambda f=frame, d=documented: d(f))
    columns = ("set", "settings", "pairs compared", "seconds", "from", "suggested", "precision", "recall")
    notes = [
        "precision: of the suggested pairs, the share that is one person; recall: of all true pairs, the share that is "
        f"suggested. Pairs compared: those that two blocking rules bring count twice. From {LIKELY} ours are shown "
        f"to a human. {machine.load()}"
    ]
    return [Section("Suggested links", columns, rows, notes)]


def _rows(
    name: str, whose: str, truth: dict[str, str], run: Callable[[], tuple[Pairs, str]]
) -> Iterable[tuple[str, ...]]:
    started = perf_counter()
    pairs, compared = run()
    seconds = perf_counter() - started
    all_true = sum(n * (n - 1) // 2 for n in Counter(truth.values()).values())
    for place, least in enumerate((LIKELY, LOOSE)):
        chosen = [(a, b) for a, b, probability in pairs if probability >= least]
        right = sum(truth[a] == truth[b] for a, b in chosen)
        told = (name, whose, compared, number(seconds)) if place == 0 else ("", "", "", "")
        precision, recall = right / max(1, len(chosen)), right / all_true
        yield (*told, str(least), f"{len(chosen):,}", f"{precision:.4f}", f"{recall:.4f}")


def _ours(frame: pd.DataFrame, key: str) -> tuple[Pairs, str]:
    names = {"given_name": "firstname", "postcode_fake": "postcode", "birth_place": "city"}
    known = {
        row[key]: {names.get(k, k).replace("_", ""): v for k, v in row.items() if isinstance(v, str)}
        for row in frame.to_dict("records")
    }
    people = attribute_table(known)
    found = suggest(people, at_least=LOOSE)
    reached = _reached(with_keys(people), found.blocks, dict(zip(frame[key], frame["cluster"], strict=True)))
    pairs = [(pair.a, pair.b, pair.probability) for pair in found.pairs]
    return pairs, f"{found.compared:,} ({reached:.3f} of the true)"


def _reached(keys: pa.Table, blocks: Iterable[tuple[str, ...]], truth: dict[str, str]) -> float:
    """The share of the true pairs that agree on one of the blocks, and so are compared at all."""
    frame = keys.to_pandas()
    frame = frame.assign(cluster=frame["unique_id"].map(truth))
    pairs: set[tuple[str, str]] = set()
    for rule in blocks:
        named = frame.dropna(subset=list(rule))
        for _, group in named.groupby(["cluster", *rule])["unique_id"]:
            ids = sorted(group)
            pairs.update((a, b) for place, a in enumerate(ids) for b in ids[place + 1 :])
    return len(pairs) / sum(n * (n - 1) // 2 for n in Counter(truth.values()).values())


def _scored(linker: Any, key: str) -> tuple[Pairs, str]:
    scored = linker.inference.predict(threshold_match_probability=LOOSE)
    frame = scored.as_pandas_dataframe()
    return list(zip(frame[f"{key}_l"], frame[f"{key}_r"], frame["match_probability"], strict=True)), ""


def _febrl3_as_documented(frame: pd.DataFrame) -> tuple[Pairs, str]:
    """The settings of Splink's example "Febrl3 dedupe"."""
    settings = SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on(name) for name in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
    )
    linker = Linker(pa.Table.from_pandas(frame), settings, DuckDBAPI(), set_up_basic_logging=False)
    swapped = "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth"
    sure = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth"), swapped]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
    for name in ("date_of_birth", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(name))
    return _scored(linker, "rec_id")


def _historical_as_documented(frame: pd.DataFrame) -> tuple[Pairs, str]:
    """The settings of Splink's example "Deduplicate 50k rows historical persons"."""
    start = "substr({}, 1, {})".format
    blocks = [
        (start("first_name", 3), start("surname", 4)),
        ("surname", "dob"),
        ("first_name", "dob"),
        ("postcode_fake", "first_name"),
        ("postcode_fake", "surname"),
        ("dob", "birth_place"),
        (start("postcode_fake", 3), "dob"),
        (start("postcode_fake", 3), "first_name"),
        (start("postcode_fake", 3), "surname"),
        (start("first_name", 2), start("surname", 2), start("dob", 4)),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*names) for names in blocks],
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="whole_name"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
    )
    frame = frame.assign(whole_name=frame["first_name"] + " " + frame["surname"])
    linker = Linker(pa.Table.from_pandas(frame), settings, DuckDBAPI(), set_up_basic_logging=False)
    sure = [
        block_on("first_name", "surname", "dob"),
        block_on(start("first_name", 2), "surname", start("postcode_fake", 2)),
        block_on("dob", "postcode_fake"),
    ]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7)
    for names in (("first_name", "surname"), ("dob",)):
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*names), estimate_without_term_frequencies=True
        )
    return _scored(linker, "unique_id")


def _febrl(*files: str) -> Callable[[Path], tuple[pd.DataFrame, str]]:
    def load(folder: Path) -> tuple[pd.DataFrame, str]:
        frames = [pd.read_csv(folder / name, dtype=str, skipinitialspace=True) for name in files]
        frame = pd.concat(frames, ignore_index=True)
        frame.columns = [name.strip() for name in frame.columns]
        frame = frame.apply(lambda column: column.str.strip())
        return frame.assign(cluster=frame["rec_id"].str.extract("^([^-]+-[^-]+)")[0]), "rec_id"

    return load


def _historical(folder: Path) -> tuple[pd.DataFrame, str]:
    return pd.read_parquet(folder / "historical_figures_with_errors_50k.parquet"), "unique_id"


_SETS: tuple[tuple[str, Any, Any], ...] = (
    ("FEBRL 1", _febrl("dataset1.csv.gz"), None),
    ("FEBRL 3", _febrl("dataset3.csv.gz"), _febrl3_as_documented),
    ("FEBRL 2", _febrl("dataset2.csv.gz"), None),
    ("FEBRL 4", _febrl("dataset4a.csv.gz", "dataset4b.csv.gz"), None),
    ("historical persons", _historical, _historical_as_documented),
)
