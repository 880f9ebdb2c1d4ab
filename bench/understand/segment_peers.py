"""Fits of segments, ours and the peers', each in a process of its own: counts in, profiles and what they cost out.

python segment_peers.py MODEL counts.npz profiles.npz, with the Python of the model's own environment: reads the sparse
counts and `size`, writes `profiles` (size, behaviours), `passes`, `cpu_seconds` of the fit, workers included, and
`peak_mb` of this process, counts and libraries included.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

SEED = 0
MANY = 200_000  # people; of so many, online ways are given fewer passes, as is customary
OURS = "**ours**"


def sklearn_online(counts: Any, size: int, passes: int) -> Any:
    from sklearn.decomposition import LatentDirichletAllocation

    return LatentDirichletAllocation(
        size, learning_method="online", max_iter=passes, batch_size=2048, random_state=SEED, doc_topic_prior=0.1,
        topic_word_prior=0.05,
    ).fit(counts).components_  # fmt: skip


def sklearn_batch(counts: Any, size: int, passes: int) -> Any:
    from sklearn.decomposition import LatentDirichletAllocation

    return LatentDirichletAllocation(
        size, learning_method="batch", max_iter=passes, random_state=SEED, doc_topic_prior=0.1, topic_word_prior=0.05
    ).fit(counts).components_  # fmt: skip


def nmf_kl(counts: Any, size: int, passes: int) -> Any:
    from sklearn.decomposition import NMF

    return NMF(
        size, solver="mu", beta_loss="kullback-leibler", init="nndsvda", max_iter=passes, random_state=SEED
    ).fit(counts).components_  # fmt: skip


def tomotopy(counts: Any, size: int, passes: int) -> Any:
    import tomotopy as tp

    model = tp.LDAModel(k=size, alpha=0.1, eta=0.05, seed=SEED + 1)
    for row in _documents(counts):
        model.add_doc([str(word) for word in row])
    model.train(passes, workers=2)
    profiles = np.full((size, counts.shape[1]), 1e-9)
    words = np.array([int(word) for word in model.used_vocabs])
    for number in range(size):
        profiles[number, words] = model.get_topic_word_dist(number)
    return profiles


def gensim(counts: Any, size: int, passes: int) -> Any:
    from gensim.models import LdaMulticore

    corpus = [list(zip(indices.tolist(), data.astype(int).tolist(), strict=True)) for indices, data in _rows(counts)]
    words = {number: str(number) for number in range(counts.shape[1])}
    return LdaMulticore(
        corpus, num_topics=size, id2word=words, workers=2, passes=passes, chunksize=2048, random_state=SEED, eta=0.05
    ).get_topics()  # fmt: skip


def ours(counts: Any, size: int, passes: int) -> Any:
    from kundskab.segments.fit import fit

    return fit(sparse.csr_array(counts), size, rng=np.random.default_rng(SEED)).profiles()


@dataclass(frozen=True)
class Model:
    """fit: of counts, size and passes to profiles.  of_many: passes over MANY people or more."""

    fit: Callable[[Any, int, int], Any]
    passes: int
    of_many: int


MODELS = {
    OURS: Model(ours, 0, 0),  # it settles its passes itself
    "scikit-learn LDA, online": Model(sklearn_online, 10, 2),
    "scikit-learn LDA, batch": Model(sklearn_batch, 20, 10),
    "scikit-learn NMF, KL": Model(nmf_kl, 100, 100),
    "gensim LdaMulticore": Model(gensim, 10, 2),
    "tomotopy LDA": Model(tomotopy, 200, 200),
}


def _rows(counts: Any) -> Any:
    for start, end in zip(counts.indptr[:-1], counts.indptr[1:], strict=True):
        yield counts.indices[start:end], counts.data[start:end]


def _documents(counts: Any) -> Any:
    for indices, data in _rows(counts):
        yield np.repeat(indices, data.astype(int))


def _cpu() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def _peak_mb() -> float:
    """Not ru_maxrss, which a child inherits from its parent."""
    told = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(told.split()[1]) / 1024


def main(name: str, read: str, write: str) -> None:
    with np.load(read) as kept:
        counts = sparse.csr_matrix((kept["data"], kept["indices"], kept["indptr"]), shape=tuple(kept["shape"]))
        size = int(kept["size"])
    model = MODELS[name]
    passes = model.of_many if counts.shape[0] >= MANY else model.passes
    model.fit(counts[:50], 2, 1)  # imports are not fitting
    before = _cpu()
    profiles = model.fit(counts, size, passes)
    spent = _cpu() - before
    np.savez(write, profiles=np.asarray(profiles, np.float64), passes=passes, cpu_seconds=spent, peak_mb=_peak_mb())


if __name__ == "__main__":
    main(*sys.argv[1:])
