"""What the metric distance answers: plain frozen values with their doubt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kundskab.metrics.periods import Period
from kundskab.metrics.readings import Reading

LATELY_DAYS = 90


@dataclass(frozen=True, slots=True)
class Apart:
    """The distance of some people: of everybody, of a group, or of those with contacts in a month."""

    group: str | None
    human_share: Reading  # of their contacts, those in which a human took part
    met_lately: Reading  # share of persons that anyone here met within LATELY_DAYS
    never_met: Reading  # share of persons that nobody here met since the records begin
    days_since_met: Reading  # median over those who were ever met
    contacts: int  # 0 where hidden


@dataclass(frozen=True, slots=True)
class Month:
    """One month. of_us: how many of us met any customer. An unfinished month will still grow."""

    period: Period
    human_share: Reading
    contacts: int
    of_us: int
    encounters: int
    finished: bool

    @property
    def name(self) -> str:
        """2026-03."""
        return f"{self.period.start:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a company is from its customers, as far as the purpose allows to see them."""

    as_of: date
    since: date | None  # the records begin here; "never met" means never since then
    everybody: Apart
    months: tuple[Month, ...]  # oldest first
    groups: tuple[Apart, ...]  # the one met least first; the hidden ones last
    human_channels: tuple[str, ...]
    snapshot: int
    from_newest: bool = False  # the data is old: as_of is their last day, not today

    @property
    def is_empty(self) -> bool:
        return self.since is None

    @property
    def this_month(self) -> Month | None:
        return self.months[-1] if self.months else None


@dataclass(frozen=True, slots=True)
class PersonDistance:
    """How far one person is from us: counts, which are what they are and carry no doubt."""

    person: str
    contacts: int
    human_contacts: int
    days_since_met: int | None  # None: never met since the records begin
    last_met: date | None
    since: date | None
