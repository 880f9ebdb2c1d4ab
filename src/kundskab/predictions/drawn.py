"""How far a ratio of sums might have come out otherwise, with other people: the bootstrap, in bounded memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

DRAWS = 400
BAGS = 4_000  # of more people, bags of randomly chosen ones are drawn: as good, and no larger for a million


def ratios(above: Floats, below: Floats, rng: np.random.Generator) -> Floats:
    """(DRAWS,) values of sum(above) / sum(below) with people drawn anew, each as often as Poisson's law says.

    above, below: one value per person, shape (n,); below >= 0.
    """
    over, under = sums(np.column_stack([above, below]), rng).T
    return np.asarray(over / np.maximum(under, 1e-12), dtype=np.float64)


def sums(of: Floats, rng: np.random.Generator) -> Floats:
    """(DRAWS, columns) sums of what people have, shape (n, columns), with the same people drawn anew for all columns.

    Of more than BAGS people, as many bags are drawn, each of people chosen by chance: their sums vary as the people's.
    Source: Poisson bootstrap, Chamandy, Muralidharan, Najmi & Naidu 2012; random groups, Wolter 2007, chapter 2.
    """
    if len(of) > BAGS:
        bag = rng.permutation(len(of)) % BAGS
        of = np.column_stack([np.bincount(bag, each) for each in of.T])
    draws = rng.poisson(1.0, (DRAWS, len(of)))
    return np.asarray(draws @ of, dtype=np.float64)
