"""A small invented world for standouts: people, days, and what they turned to; and a view that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd

from kundskab.profiles.own import Deed
from kundskab.profiles.standout import Standout, of_deeds
from kundskab.profiles.yardstick import Yardstick, yardstick

CATEGORIES = ("tents", "stoves", "boots", "skis", "socks", "maps", "packs", "bottles")
FIRST = datetime(2025, 1, 1, 9, tzinfo=UTC)


@dataclass
class World:
    """deeds: person -> what they did, oldest first."""

    deeds: dict[str, list[Deed]]

    @property
    def events(self) -> Any:
        rows = [
            {
                "person": person, "actor": person, "occurred_at": deed.at, "action": deed.action,
                "category": deed.category, "channel": deed.channel,
            }
            for person, deeds in self.deeds.items()
            for deed in deeds
        ]  # fmt: skip
        return ibis.memtable(pd.DataFrame(rows).astype({"category": "string", "channel": "string"}))

    def of_person(self, person: str) -> Any:
        return self.events.filter(lambda events: events.person == person)

    def measure(self) -> Yardstick:
        made = yardstick(self, zone="UTC")  # type: ignore[arg-type]
        assert made is not None
        return made

    def standouts(self) -> dict[str, Standout]:
        """Everybody who stands out, and by what."""
        measure = self.measure()
        found = {person: of_deeds(deeds, measure) for person, deeds in self.deeds.items()}
        return {person: each for person, each in found.items() if each is not None}


def invent(rng: np.random.Generator, *, persons: int = 80, likes: dict[str, dict[str, float]] | None = None) -> World:
    """People who differ in how often and how long they come, and in nothing else; skis are for winter.

    likes: person -> category -> how many times as probable as for others; such persons come on 30 days.
    """
    deeds: dict[str, list[Deed]] = {}
    for number in range(persons):
        person = f"p{number:03}"
        wishes = np.array([(likes or {}).get(person, {}).get(category, 1.0) for category in CATEGORIES])
        came = np.sort(rng.choice(540, size=30 if person in (likes or {}) else int(rng.integers(2, 50)), replace=False))
        deeds[person] = [deed for day in came for deed in _day(rng, int(day), wishes)]
    return World(deeds)


def _day(rng: np.random.Generator, day: int, wishes: np.ndarray) -> list[Deed]:
    at = FIRST + timedelta(days=day)
    odds = np.array([8.0, 5, 5, 6 if at.month in (11, 12, 1, 2) else 0.5, 4, 3, 2, 1]) * wishes
    # The events of one day hang together: half of them repeat the first.
    first, *others = rng.choice(len(CATEGORIES), size=int(rng.integers(1, 12)), p=odds / odds.sum())
    looked = [first, *(first if rng.random() < 0.5 else other for other in others)]
    return [Deed(at + timedelta(minutes=n), "Product Viewed", CATEGORIES[k], "web") for n, k in enumerate(looked)]
