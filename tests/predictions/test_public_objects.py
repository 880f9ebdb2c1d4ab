"""Public sequences: the order of models that the bench shows holds, on the people of each hundred that come first.

Skipped aloud where neither $KUNDSKAB_DATA nor ../shared/data has them; the rest: `python -m bench.understand`.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from kundskab.predictions.objects.evaluate import evaluate
from kundskab.predictions.objects.markov import fit_markov
from kundskab.predictions.objects.popular import popular
from kundskab.predictions.objects.sequences import Sequences, Split, sequences, strict
from kundskab.predictions.objects.transitions import Settings, fit_transitions

DATA = Path(os.environ.get("KUNDSKAB_DATA") or Path(__file__).parents[3] / "shared" / "data")
MOVIES = DATA / "ml1m_sequences/train_input.txt.gz"


@pytest.fixture(scope="module")
def movies() -> Sequences:
    if not MOVIES.is_file():
        pytest.skip("NOT TESTED on public sequences: $KUNDSKAB_DATA names no folder with ml1m_sequences")
    with gzip.open(MOVIES, "rt") as lines:
        rows = [np.array(line.split(), int) for line in lines]
    who = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    _, what = np.unique(np.concatenate(rows), return_inverse=True)
    return sequences(who, what, np.arange(len(what)), catalogue=int(what.max()) + 1)


@pytest.mark.slow
def test_transitions_beat_markov_and_markov_beats_popularity(movies: Sequences) -> None:
    split = strict(movies)
    some = np.arange(0, split.history.people, 6)
    asked = Split(split.train, split.history.of(some), split.target[some], split.asked_at[some])

    ours = evaluate(fit_transitions(split.train, Settings(fading=5.0, ridge=100.0, damping=0.1)), asked)
    markov, plain = evaluate(fit_markov(split.train), asked), evaluate(popular(split.train), asked)

    assert ours.ndcg > 0.155
    assert ours.ndcg > markov.ndcg + 2 * markov.ndcg_error
    assert markov.ndcg > plain.ndcg + 5 * plain.ndcg_error
