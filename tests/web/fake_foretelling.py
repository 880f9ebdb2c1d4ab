"""Invented answers of `desk.predictions` and `desk.undervalued`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kundskab.consent.derived import NotComputed
from kundskab.pipeline.foretelling.answers import (
    Coming,
    Contestant,
    Find,
    Finds,
    GivenToday,
    GroupFind,
    Kind,
    Next,
    NextMove,
    Report,
    Scored,
    Worthy,
    WorthyPage,
)

APRIL, JUNE = datetime(2026, 4, 14, 22, tzinfo=UTC), datetime(2026, 6, 14, 22, tzinfo=UTC)
GIVEN = (
    GivenToday("people", "undervalued", "meetings", 57, 0.6, 1.2, 0.5, 0.3, 0.7),
    GivenToday("segment", "s1", "waiting", 40, 31.0, 20.0, 1.55, 1.1, 2.0),
)
ANN, BO = "4k2m8xq1zz0p", "9r7t3b5n1c6v"


def scored(bin: int, forecast: float, came: float, n: int, model: str = "ours", loss: float = 0.5) -> Scored:
    half = 1.96 * (came * (1 - came) / n) ** 0.5
    return Scored("returns", model, APRIL, 30, bin, forecast, came, came - half, came + half, n, loss, 0.012)


def contestant(kind: str, model: str, loss: float, **given: Any) -> Contestant:
    plain = {"ece": 0.013, "n": 4_000, "chosen": False, "is_baseline": False, "words": ""}
    off = (0.0, 0.0) if given.get("is_baseline") else (given.pop("low", -0.12), given.pop("high", -0.06))
    return Contestant(kind, model, loss, *off, **{**plain, **given})


RETURNS = Kind(
    "returns",
    scored(-1, 0.34, 0.33, 3_900),
    scored(-1, 0.34, 0.33, 3_900, "baseline", 0.6),
    (scored(0, 0.1, 0.09, 1_200), scored(1, 0.3, 0.29, 1_700), scored(2, 0.7, 0.72, 1_000)),
    (scored(-1, 0.34, 0.33, 3_900),),
    (contestant("returns", "stack", 0.497, chosen=True), contestant("returns", "base rate", 0.587, is_baseline=True)),
)
ACTION = Kind(
    "action",
    None,
    None,
    (),
    (),
    (
        contestant("action", "popular", 1.6, is_baseline=True, chosen=True, words="The plain guess, by a hair."),
        contestant("action", "Markov", 1.601, low=-0.01, high=0.02),
    ),
)
WORTHY = Worthy(ANN, 0.62, 0.5, 0.73, 1.4, 0.0, 4.0, 812.0, 0.0, 2_300.0, "SEK", 30, "bought 4 times, every 5 weeks")
MOVE = NextMove(
    JUNE,
    (Next("Order Completed", 0.41, "after Product Viewed, 41 of 100 order"), Next("Product Viewed", 0.35, "")),
    0.62,
    30,
    12.0,
    0.4,
    41.0,
    (Next("t-7", 0.08, "often follows the stove", "Tent for two"),),
    WORTHY,
)


@dataclass
class FakePredictions:
    refreshed: bool = True
    due: bool = True
    move: NextMove | None = None
    worthy: tuple[Worthy, ...] = (WORTHY,)
    expected: tuple[Coming, ...] = (Coming("Product Viewed", 1_204.0, 0.6), Coming("Order Completed", 402.0, 0.2))

    def report(self, **_: object) -> Report:
        self._asked()
        if not self.due:
            later = Kind("returns", None, None, (), (), RETURNS.contestants)
            return Report(JUNE, (later, ACTION), datetime(2026, 7, 14, tzinfo=UTC), 4_000)
        return Report(JUNE, (RETURNS, ACTION), None, 4_000)

    def coming(self, **_: object) -> list[Coming]:
        self._asked()
        return list(self.expected)

    def list(self, order: str = "returns", *, page: int = 1, size: int = 50, **_: object) -> WorthyPage:
        self._asked()
        return WorthyPage(list(self.worthy), 1, page, size)

    def of_person(self, person: str, **_: object) -> NextMove | None:
        return self.move

    def _asked(self) -> None:
        if not self.refreshed:
            raise NotComputed("contests for analytics is not computed yet; run: kundskab refresh")


@dataclass
class FakeUndervalued:
    refreshed: bool = True
    found: bool = True
    earlier: tuple[float, float, float] | None = None  # ratio, low, high
    why: str = ""  # the last refresh had too little

    def finds(self, *, page: int = 1, size: int = 25, **_: object) -> Finds:
        if not self.refreshed:
            raise NotComputed("undervalued for analytics is not computed yet; run: kundskab refresh", why=self.why)
        people = [
            Find(BO, "s1", 900.0, 2_100.0, 1_000.0, 2.1, 1.3, 3.0, "mends what others throw away", "SEK", 0.0, 0.94)
        ]
        groups = (
            GroupFind("segment", "s1", 230, 800.0, 1_500.0, 1.8, 1.4, 2.2),
            GroupFind("category", "stoves", 90, 700.0, 690.0, 0.99, 0.8, 1.2),
        )
        shown = people if self.found else []
        since = GroupFind("people", "undervalued", 64, 800.0, 900.0, *self.earlier) if self.earlier else None
        return Finds(JUNE, shown, len(shown), page, size, groups, 4_000, "SEK", 77, GIVEN, since)
