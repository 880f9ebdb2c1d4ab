"""The next object on public sequences: popularity, Markov and ours, ranked among the whole catalogue.

$KUNDSKAB_DATA names the folder that holds the sets (amazon_beauty_5core, ml1m_sequences, online_retail); without
it only the large invented catalogue is measured.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pandas as pd

from bench import machine, public
from bench.apart import call
from bench.report import Section, number
from bench.world import World
from kundskab.predictions.objects.blend import Blend, Drawing, choose_weights, fit_models
from kundskab.predictions.objects.chances import CANDIDATES, candidates
from kundskab.predictions.objects.evaluate import Scorer, evaluate
from kundskab.predictions.objects.kept import offered, small
from kundskab.predictions.objects.markov import fit_markov
from kundskab.predictions.objects.popular import DAY, popular, popular_lately
from kundskab.predictions.objects.refine import Refined, features, fit_refined, refined
from kundskab.predictions.objects.sequences import Sequences, Split, in_time, refit, sequences, settling, strict
from kundskab.predictions.objects.transitions import Settings, fit_transitions

SEED = 0
ASKED = 12_000  # people from whom trees learn
COLUMNS = ("set", "model", "people", "NDCG@10", "HR@10", "fit CPU s", "people/CPU s", "peak MB")
HELD_OUT_DAYS = 28

# Chosen on the second-last event of each set.
SETTINGS = {
    "beauty": Settings(fading=1.5, asked_fading=2.5, mix=0.2, ridge=80.0),
    "movies": Settings(fading=5.0, ridge=100.0, damping=0.1),
    "retail": Settings(fading=5.0, ridge=100.0, whole=200),
}


def measure(world: World) -> list[Section]:
    """Both protocols, a split in time, and a catalogue of 100,000 objects."""
    folder = str(public.folder())
    sections = []
    for protocol in ("strict", "refit", "in time"):
        rows = []
        for name in ("retail",) if protocol == "in time" else ("beauty", "movies", "retail")[2 * world.quick :]:
            if (Path(folder) / FILES[name]).exists():
                rows += _rows(folder, name, protocol)
        title = f"Next object, {protocol}" + ("" if rows else f": {public.MISSING}")
        sections.append(Section(title, COLUMNS, rows, [NOTES[protocol], machine.load()]))
    return [*sections, _large(2_000 if world.quick else 50_000, 5_000 if world.quick else 100_000)]


def _rows(folder: str, name: str, protocol: str) -> list[tuple[str, ...]]:
    rows = []
    for model in MODELS:
        if model == "popular in 7 days" and name != "retail":
            continue  # the other files have no times
        done = call("bench.understand.objects:run", folder=folder, name=name, protocol=protocol, model=model)
        found = done.value
        score = f"{found['ndcg']:.4f} ± {found['error']:.4f}"
        cells = (score, f"{found['hr']:.4f}", number(found["fit"]), number(found["speed"]), number(done.peak_mb))
        rows.append((name, model + found["told"], f"{found['people']:,}", *cells))
    return rows


def run(folder: str, name: str, protocol: str, model: str) -> dict[str, Any]:
    """Fit one model and rank; called in a process of its own."""
    events, only_new = _read(Path(folder), name), name != "retail"
    split, questions = _questions(events, protocol)
    begun = process_time()
    fitted, told = MODELS[model](split.train, questions, SETTINGS[name], only_new=only_new)
    fit = process_time() - begun
    begun = process_time()
    found = evaluate(fitted, split, only_new=only_new)
    speed = split.history.people / max(process_time() - begun, 1e-3)
    return {
        "ndcg": found.ndcg,
        "error": found.ndcg_error,
        "hr": found.hr,
        "people": found.n,
        "fit": fit,
        "speed": speed,
        "told": told,
    }


def _blend(train: Sequences, questions: Split, settings: Settings, *, only_new: bool) -> tuple[Scorer, str]:
    """Weights from events that no test asks for; where the protocol may learn from those too, a second fit."""
    models = fit_models(questions.train, settings)
    weights = choose_weights(models, questions, only_new=only_new)
    models = _last(models, train, questions, settings)
    told = " + ".join(f"{weight:g} {name}" for name, weight in weights.items() if weight)
    return Blend(models, weights), f": {told}"


def _trees(train: Sequences, questions: Split, settings: Settings, *, only_new: bool) -> tuple[Scorer, str]:
    """The blend's fifty best, put in order by trees that learnt on the same questions as the weights."""
    models = fit_models(questions.train, settings)
    blend = small(Blend(models, choose_weights(models, questions, only_new=only_new)), whole=True)
    shares = popular(questions.train).shares
    some = np.sort(np.random.default_rng(SEED).permutation(questions.history.people)[:ASKED])
    history = questions.history.of(some)
    found = candidates(offered(blend, history, again=not only_new))
    trees = fit_refined(found, features(blend, history, found, shares), questions.target[some])
    if len(questions.train.objects) != len(train.objects):
        blend = small(Blend(_last(models, train, questions, settings), blend.weights), whole=True)
    return Ordered(blend, trees, popular(train).shares, not only_new), ""


def _last(models: dict[str, Drawing], train: Sequences, questions: Split, settings: Settings) -> dict[str, Drawing]:
    if len(questions.train.objects) == len(train.objects):
        return models
    models.clear()  # two inverses at once would double the memory
    return fit_models(train, settings)


@dataclass(frozen=True)
class Ordered:
    """Full scores of candidates that trees put in order: places as scores, above all that is no candidate."""

    blend: Blend
    trees: Refined | None
    shares: np.ndarray
    again: bool

    def scores(self, history: Sequences, asked_at: np.ndarray) -> np.ndarray:
        drawn = offered(self.blend, history, again=self.again)
        found = refined(self.trees, self.blend, history, drawn, self.shares, CANDIDATES)
        full = drawn.toarray()
        person, place = np.nonzero(found.there)
        full[person, found.objects[person, place]] = 2 + CANDIDATES - place
        return full


MODELS: dict[str, Callable[..., tuple[Scorer, str]]] = {
    "popular, all time": lambda train, questions, settings, only_new: (popular(train), ""),
    "popular in 7 days": lambda train, questions, settings, only_new: (popular_lately(train), ""),
    "Markov with back-off": lambda train, questions, settings, only_new: (fit_markov(train), ""),
    "ours, transitions": lambda train, questions, settings, only_new: (fit_transitions(train, settings), ""),
    "ours, blend": _blend,
    "ours, blend in the order of trees": _trees,
}


def _questions(events: Sequences, protocol: str) -> tuple[Split, Split]:
    """What is tested, and what weights are chosen on: never an event that the test asks for, or a later one."""
    if protocol == "in time":
        split = in_time(events, float(events.times.max()) - HELD_OUT_DAYS * DAY)
        return split, settling(split.train)
    return {"strict": strict, "refit": refit}[protocol](events), settling(events)


FILES = {
    "beauty": "amazon_beauty_5core/Beauty.txt.gz",
    "movies": "ml1m_sequences/train_input.txt.gz",
    "retail": "online_retail/online_retail.parquet",
}
NOTES = {
    "strict": "Strict: learnt without the last two events of each person, the second-last known when asked. Beauty and "
    "movies: only objects new to the person are ranked; retail: all, since people buy again. Beauty and movies come "
    "as orders without times, so only retail's ties (a basket has one time) can be shuffled, and are. The error is one "
    "standard error.",
    "refit": "Refit: learnt from everything before the last event.",
    "in time": f"Learnt from everything before the last {HELD_OUT_DAYS} days, asked for the first event in them.",
}


def _read(folder: Path, name: str) -> Sequences:
    path = folder / FILES[name]
    if name == "retail":
        frame = pd.read_parquet(path)
        frame = frame[frame["CustomerID"].notna() & (frame["Quantity"] > 0)]
        who, what = pd.factorize(frame["CustomerID"])[0], pd.factorize(frame["StockCode"])[0]
        times = pd.to_datetime(frame["InvoiceDate"]).to_numpy().astype("datetime64[s]").astype(float)
        return sequences(who, what, times, catalogue=int(what.max()) + 1, seed=SEED)
    with gzip.open(path, "rt") as lines:
        rows = [line.split()[name == "beauty" :] for line in lines]
    lengths = np.array([len(row) for row in rows])
    _, what = np.unique(np.concatenate([np.array(row, int) for row in rows]), return_inverse=True)
    who, place = np.repeat(np.arange(len(rows)), lengths), np.arange(lengths.sum())
    return sequences(who, what, place, catalogue=int(what.max()) + 1, seed=SEED)


def _large(people: int, catalogue: int) -> Section:
    done = call("bench.understand.objects:run_large", people=people, catalogue=catalogue)
    found = done.value
    row = (f"{catalogue:,}", f"{people:,}", f"{found['events']:,}", number(found["fit"]), f"{found['ndcg']:.4f}")
    columns = ("objects", "people", "events", "fit CPU s", "NDCG@10", "popular's NDCG@10", "peak MB")
    note = "Invented: object k is followed by k + 1 half of the time. 4,000 objects solved together, the others alone."
    return Section(
        "Next object, a large catalogue", columns, [(*row, f"{found['plain']:.4f}", number(done.peak_mb))], [note]
    )


def run_large(people: int, catalogue: int) -> dict[str, Any]:
    """The blend on an invented catalogue; called in a process of its own."""
    rng = np.random.default_rng(SEED)
    length = 20
    objects = (rng.random((people, length)) ** 2 * catalogue).astype(int)
    for step in range(1, length):
        on = rng.random(people) < 0.5
        objects[on, step] = (objects[on, step - 1] + 1) % catalogue
    who, place = np.repeat(np.arange(people), length), np.tile(np.arange(length), people)
    events = sequences(who, objects.ravel(), place, catalogue=catalogue, seed=SEED)
    split = strict(events)
    begun = process_time()
    blend, _ = _blend(split.train, settling(events), Settings(dense=4_000), only_new=True)
    fit = process_time() - begun
    some = np.arange(min(people, 2_000))
    fewer = Split(split.train, split.history.of(some), split.target[some], split.asked_at[some])
    plain = evaluate(popular(split.train), fewer)
    return {"events": len(objects.ravel()), "fit": fit, "ndcg": evaluate(blend, fewer).ndcg, "plain": plain.ndcg}
