"""Invented answers of `desk.drivers`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kundskab.consent.derived import NotComputed
from kundskab.pipeline.drivers import Driver, Found, WhoDid
from kundskab.types import KundskabError

JUNE = datetime(2026, 6, 14, 22, tzinfo=UTC)
GUIDE = Driver(
    outcome="stayed", behaviour="Guide Read about first bought",
    question="Which beginners are still there 90 to 210 days later?", with_share=0.43, without_share=0.29,
    with_low=0.37, with_high=0.49, without_low=0.26, without_high=0.32, n_with=312, n_without=2_104, effect=0.14,
    low=0.07, high=0.21, p=0.0003, q=0.04, eras=3, eras_agreeing=3, found=True, obvious=41.0,
    words="Of 100 people who read guides about what they first bought, within 14 days, about 43 were still there "
    "90 to 210 days later (between 37 and 49); of 100 otherwise alike, about 29.",
    did="read guides about what they first bought, within 14 days", came="were still there 90 to 210 days later",
    unit="people", is_share=True, chance=0.96, candidates=84, confirmed=True, currency="SEK",
)  # fmt: skip
WISHES = replace(
    GUIDE, behaviour="Wished soon", did="wished within 14 days of beginning", words="Wished tells little.",
    found=False, obvious=2.0, chance=0.1, q=0.7, effect=0.01,
)  # fmt: skip
AGAIN = replace(
    GUIDE, behaviour="Guide Read soon", did="read guides within 14 days of beginning", with_share=0.41,
    story=GUIDE.behaviour, effect=0.12, obvious=20.0,
)  # fmt: skip
FEW = replace(WISHES, behaviour="Yodelled soon", did="did “Yodelled” within 14 days of beginning", n_with=3, found=True)
BUYING = replace(WISHES, outcome="purchased", question="Who buys within 30 days?")


@dataclass
class FakeDrivers:
    """The desk of a shop where one behaviour matters for staying and none for buying."""

    refreshed: bool = True
    twice: bool = False  # the finding is also seen in another way

    def read(self, outcome: str | None = None, *, purpose: str = "analytics") -> Found | None:
        if not self.refreshed:
            raise NotComputed("drivers for analytics is not computed yet; run: kundskab refresh")
        rows = (BUYING,) if outcome == "purchased" else (GUIDE, *((AGAIN,) if self.twice else ()), FEW, WISHES)
        return Found(rows[0].outcome, ("stayed", "purchased"), rows[0].question, rows, JUNE, 7)

    def people(self, outcome: str, behaviour: str, *, purpose: str = "analytics", page: int = 1) -> WhoDid:
        if behaviour != GUIDE.behaviour:
            raise KundskabError("Fewer than five people are behind this, so they are not shown.")
        return WhoDid(["4k2m8xq1zz0p", "9r7t3b5n1c6v"], 2, page, 50, GUIDE)
