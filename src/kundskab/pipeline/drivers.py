"""What matters, as pages and notebooks ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from kundskab.metrics.readings import FEWEST
from kundskab.pipeline.views import Views
from kundskab.types import KundskabError

OUTCOMES = ("stayed", "purchased", "spent", "came back", "completed")


@dataclass(frozen=True, slots=True)
class Driver:
    """One candidate held against one outcome; the columns of the table drivers."""

    outcome: str
    behaviour: str
    question: str
    with_share: float
    without_share: float
    with_low: float
    with_high: float
    without_low: float
    without_high: float
    n_with: int
    n_without: int
    effect: float
    low: float
    high: float
    p: float
    q: float
    eras: int
    eras_agreeing: int
    found: bool
    obvious: float
    words: str
    did: str
    came: str
    unit: str
    is_share: bool
    chance: float
    candidates: int
    confirmed: bool | None
    currency: str
    story: str | None = None  # the behaviour under which it is told; None in tables of an earlier version

    @property
    def is_shown(self) -> bool:
        """Of few people nothing is told."""
        return self.n_with >= FEWEST and self.n_without >= FEWEST

    @property
    def is_passing(self) -> bool:
        """Of one stretch of time only."""
        return self.unit == "visits" and " between " in self.did


@dataclass(frozen=True, slots=True)
class Story:
    """What much the same people did: the finding that leads, and what else it was seen as."""

    lead: Driver
    also: tuple[Driver, ...]

    @property
    def behaviours(self) -> frozenset[str]:
        return frozenset(one.behaviour for one in (self.lead, *self.also))


@dataclass(frozen=True, slots=True)
class Found:
    """All candidates of one outcome, the found first."""

    outcome: str
    outcomes: tuple[str, ...]  # that can be asked about
    question: str
    rows: tuple[Driver, ...]
    as_of: datetime
    snapshot: int

    @property
    def found(self) -> tuple[Driver, ...]:
        return tuple(row for row in self.rows if row.found and row.is_shown)

    @property
    def stories(self) -> tuple[Story, ...]:
        """The found, those of one story under its first."""
        told: dict[str, list[Driver]] = {}
        for row in self.found:
            told.setdefault(row.story or row.behaviour, []).append(row)
        return tuple(Story(lead, tuple(also)) for lead, *also in told.values())


@dataclass(frozen=True, slots=True)
class WhoDid:
    """A page of the people behind a finding."""

    rows: list[str]  # persons
    total: int
    page: int
    size: int
    driver: Driver


class Drivers:
    """Answers from what the last refresh found."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def findings(self, outcome: str | None = None, *, purpose: str = "analytics", all: bool = False) -> pa.Table:
        """One row per finding, the largest first within its outcome; `all` gives every candidate.

        Raises NotComputed before the first refresh.
        """
        table = self._views.open(purpose).derived("drivers")
        if outcome is not None:
            table = table.filter(table.outcome == outcome)
        if not all:
            table = table.filter(table.found)
        return table.to_pyarrow()

    def read(self, outcome: str | None = None, *, purpose: str = "analytics") -> Found | None:
        """One outcome, the first with findings when none is asked for; None where none could be asked about."""
        rows = self.findings(purpose=purpose, all=True).to_pylist()
        known = {str(row["outcome"]) for row in rows}
        outcomes = tuple(name for name in OUTCOMES if name in known) + tuple(sorted(known - set(OUTCOMES)))
        if not outcomes:
            return None
        if outcome not in outcomes:
            with_some = [name for name in outcomes if any(row["found"] and row["outcome"] == name for row in rows)]
            outcome = (with_some or list(outcomes))[0]
        mine = [row for row in rows if row["outcome"] == outcome]
        names = Driver.__dataclass_fields__
        told = tuple(Driver(**{name: row.get(name) for name in names}) for row in mine)
        return Found(outcome, outcomes, told[0].question, told, mine[0]["as_of"], mine[0]["snapshot"])

    def people(
        self, outcome: str, behaviour: str, *, purpose: str = "analytics", page: int = 1, size: int = 50
    ) -> WhoDid:
        """Who did what was found. Raises KundskabError where fewer than five may be shown."""
        found = self.read(outcome, purpose=purpose)
        driver = next((row for row in found.rows if row.behaviour == behaviour), None) if found else None
        table = self._views.open(purpose).derived("driver_people")
        rows = table.filter(table.outcome == outcome, table.behaviour == behaviour).select("person").distinct()
        persons = sorted(rows.to_pyarrow()["person"].to_pylist())
        if driver is None or found is None or found.outcome != outcome or len(persons) < FEWEST:
            raise KundskabError("Fewer than five people are behind this, so they are not shown.")
        return WhoDid(persons[(page - 1) * size : page * size], len(persons), page, size, driver)
