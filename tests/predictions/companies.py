"""Small invented sequences in which what comes next is planted, or is nothing but fashion."""

from __future__ import annotations

import numpy as np

from kundskab.predictions.objects.sequences import Sequences, sequences

CATALOGUE = 60


def planted(people: int = 600, length: int = 8, *, sure: float = 0.7, seed: int = 1) -> Sequences:
    """After object k comes k + 7 (round the catalogue) with the chance `sure`, else any object."""
    rng = np.random.default_rng(seed)
    objects = np.empty((people, length), int)
    objects[:, 0] = rng.integers(CATALOGUE, size=people)
    for step in range(1, length):
        anything = rng.integers(CATALOGUE, size=people)
        objects[:, step] = np.where(rng.random(people) < sure, (objects[:, step - 1] + 7) % CATALOGUE, anything)
    return of_rows(objects)


def fashion(people: int = 600, length: int = 8, *, seed: int = 1) -> Sequences:
    """Everybody draws from the same few popular objects; what came before says nothing."""
    rng = np.random.default_rng(seed)
    shares = 1 / (1 + np.arange(CATALOGUE)) ** 0.8
    order = np.argsort(rng.gumbel(size=(people, CATALOGUE)) + np.log(shares), axis=1)  # nothing drawn twice
    return of_rows(order[:, ::-1][:, :length])


def of_rows(objects: np.ndarray, catalogue: int = CATALOGUE) -> Sequences:
    """One person per row, one event a day."""
    people, length = objects.shape
    days = np.tile(np.arange(length) * 86_400.0, people)
    return sequences(np.repeat(np.arange(people), length), objects.ravel(), days, catalogue=catalogue)
