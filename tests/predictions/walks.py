"""Invented histories: people who walk by a planted Markov source, and people who do anything at any time."""

from __future__ import annotations

import numpy as np

from kundskab.predictions.actions.histories import Histories, histories

NAMES = ("browse", "cart", "order", "return", "visit")
DAY = 86_400.0


def source(seed: int = 7, sharp: float = 0.4) -> np.ndarray:
    """P(next | last two), shape (actions, actions, actions)."""
    return np.random.default_rng(seed).dirichlet(np.full(len(NAMES), sharp), (len(NAMES), len(NAMES)))


def walking(people: int, length: int, seed: int, rule: np.ndarray | None = None, pause: float = DAY) -> Histories:
    """Everybody's actions by the rule (None: shares alone), with log-normal pauses of `pause` seconds in the middle."""
    rng = np.random.default_rng(seed)
    shares = np.array([0.4, 0.25, 0.15, 0.05, 0.15])
    done = np.empty((people, length), int)
    for step in range(length):
        if rule is None or step < 2:
            done[:, step] = rng.choice(len(NAMES), people, p=shares)
        else:
            ends = rule[done[:, step - 2], done[:, step - 1]].cumsum(axis=1)
            done[:, step] = np.minimum((rng.random(people)[:, None] > ends).sum(axis=1), len(NAMES) - 1)
    pauses = pause * np.exp(rng.normal(0, 1, (people, length)))
    pauses[:, 0] = rng.random(people) * 30 * DAY
    person = np.repeat(np.arange(people), length)
    return histories(person, np.array(NAMES)[done.ravel()], pauses.cumsum(axis=1).ravel())
