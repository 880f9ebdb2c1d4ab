"""Peers of segments, run by the Python of their own environment: one model, one file of counts in, profiles out.

python segment_peers.py MODEL counts.npz profiles.npz: reads the sparse counts and `size`, writes `profiles` (size,
behaviours) and `cpu_seconds` of the fit, workers included.
"""

from __future__ import annotations

import resource
import sys
from typing import Any

import numpy as np
from scipy import sparse

SEED = 0


def sklearn_online(counts: Any, size: int) -> Any:
    from sklearn.decomposition import LatentDirichletAllocation

    return LatentDirichletAllocation(
        size, learning_method="online", max_iter=10, batch_size=2048, random_state=SEED, doc_topic_prior=0.1,
        topic_word_prior=0.05,
    ).fit(counts).components_  # fmt: skip


def sklearn_batch(counts: Any, size: int) -> Any:
    from sklearn.decomposition import LatentDirichletAllocation

    return LatentDirichletAllocation(
        size, learning_method="batch", max_iter=20, random_state=SEED, doc_topic_prior=0.1, topic_word_prior=0.05
    ).fit(counts).components_  # fmt: skip


def nmf_kl(counts: Any, size: int) -> Any:
    from sklearn.decomposition import NMF

    return NMF(
        size, solver="mu", beta_loss="kullback-leibler", init="nndsvda", max_iter=100, random_state=SEED
    ).fit(counts).components_  # fmt: skip


def tomotopy(counts: Any, size: int) -> Any:
    import tomotopy as tp

    model = tp.LDAModel(k=size, alpha=0.1, eta=0.05, seed=SEED + 1)
    for row in _documents(counts):
        model.add_doc([str(word) for word in row])
    model.train(200, workers=2)
    profiles = np.full((size, counts.shape[1]), 1e-9)
    words = np.array([int(word) for word in model.used_vocabs])
    for number in range(size):
        profiles[number, words] = model.get_topic_word_dist(number)
    return profiles


def gensim(counts: Any, size: int) -> Any:
    from gensim.models import LdaMulticore

    corpus = [list(zip(indices.tolist(), data.astype(int).tolist(), strict=True)) for indices, data in _rows(counts)]
    words = {number: str(number) for number in range(counts.shape[1])}
    return LdaMulticore(
        corpus, num_topics=size, id2word=words, workers=2, passes=10, chunksize=2048, random_state=SEED, eta=0.05
    ).get_topics()  # fmt: skip


MODELS = {
    "scikit-learn LDA, online": sklearn_online,
    "scikit-learn LDA, batch": sklearn_batch,
    "scikit-learn NMF, KL": nmf_kl,
    "gensim LdaMulticore": gensim,
    "tomotopy LDA": tomotopy,
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


def main(model: str, read: str, write: str) -> None:
    with np.load(read) as kept:
        counts = sparse.csr_matrix((kept["data"], kept["indices"], kept["indptr"]), shape=tuple(kept["shape"]))
        size = int(kept["size"])
    MODELS[model](counts[:50], 2)  # imports are not fitting
    before = _cpu()
    profiles = MODELS[model](counts, size)
    np.savez(write, profiles=np.asarray(profiles, np.float64), cpu_seconds=_cpu() - before)


if __name__ == "__main__":
    main(*sys.argv[1:])
