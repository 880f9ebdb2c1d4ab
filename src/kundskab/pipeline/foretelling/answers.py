"""The answers about predictions, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundskab.predictions.actions.foretell import Change


@dataclass(frozen=True, slots=True)
class Scored:
    """Forecasts whose horizon has passed, held against what came: those of one bin, or all of a kind.

    forecast_mean: what was foretold on average.  happened: what came, with its interval.  bin: -1 for all of them.
    log_loss and ece: of all of them, where the forecast is a chance.
    """

    kind: str
    model: str  # "ours" | "baseline"
    made_at: datetime
    horizon_days: int
    bin: int
    forecast_mean: float
    happened: float
    low: float
    high: float
    n: int
    log_loss: float | None
    ece: float | None


@dataclass(frozen=True, slots=True)
class Contestant:
    """A model in the backtest: what it would have cost in the past.

    low, high: the 95 % interval of its error less the plain guess's, paired; below 0 is better, both 0 for that itself.
    """

    kind: str
    model: str
    log_loss: float
    low: float
    high: float
    ece: float | None
    n: int
    chosen: bool
    is_baseline: bool
    words: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of prediction: how it did, and what competed.  bins: of the newest forecasts that could be scored."""

    kind: str
    overall: Scored | None
    baseline: Scored | None
    bins: tuple[Scored, ...]
    past: tuple[Scored, ...]  # overall, refresh by refresh, the newest first
    contestants: tuple[Contestant, ...]

    @property
    def chosen(self) -> Contestant | None:
        return next((one for one in self.contestants if one.chosen), None)

    @property
    def plain(self) -> Contestant | None:
        return next((one for one in self.contestants if one.is_baseline), None)

    @property
    def beats_the_plain_guess(self) -> bool:
        """Whether what is used is better than the plain guess by more than chance."""
        return self.chosen is not None and not self.chosen.is_baseline and self.chosen.high < 0


@dataclass(frozen=True, slots=True)
class Report:
    """The report card.  first_due: when the first forecasts can be held against what came, while none could be."""

    as_of: datetime
    kinds: tuple[Kind, ...]
    first_due: datetime | None
    persons: int
    snapshot: int | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """What is to be expected of everybody together within the horizon."""

    action: str
    persons: float  # expected number of people whose next act this is
    share: float  # of all acts that come next
    horizon_days: int = 30
    low: float | None = None  # persons: what chance alone may make of it, 95 in 100, were each person's chance right
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Worthy:
    """One person's return and worth.  returns: 0-1; events, value: expected, with 90 % intervals."""

    person: str
    returns: float
    returns_low: float
    returns_high: float
    events: float | None
    events_low: float | None
    events_high: float | None
    value: float | None
    low: float | None
    high: float | None
    currency: str | None
    horizon_days: int
    reasons: str


@dataclass(frozen=True, slots=True)
class WorthyPage:
    """A page of persons in the order asked for."""

    rows: list[Worthy]
    total: int
    page: int
    size: int
    as_of: datetime | None = None
    snapshot: int | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """One thing that may come next.  share: of 1, among all that may."""

    what: str
    share: float
    reason: str
    name: str = ""  # of an object, from the catalogue


@dataclass(frozen=True, slots=True)
class NextMove:
    """All that is foretold of one person. Empty parts: not computed, or too little known.

    as_of: of the refresh, or of `anew`.  latest: what she did last, where that was after the refresh; else None.
    anew: which parts ("action", "objects", "worth") were told anew from it, without a refresh.
    changes: what would change the next act, the most first.
    needs: of which category the next object is, the likeliest first.
    """

    as_of: datetime
    actions: tuple[Next, ...]
    within_horizon: float | None  # chance that anything comes within the horizon
    horizon_days: int
    median_days: float | None
    low_days: float | None
    high_days: float | None
    objects: tuple[Next, ...]
    worth: Worthy | None
    latest: datetime | None = None
    anew: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    needs: tuple[Next, ...] = ()


@dataclass(frozen=True, slots=True)
class Find:
    """An undervalued person: expected against what equals in present value are expected to bring.

    met: on how many days lately one of us met them; met_usual: people of whom as much is expected.  None: not known.
    """

    person: str
    segment: str | None
    present: float
    expected: float
    usual: float
    ratio: float
    low: float
    high: float
    why: str
    currency: str | None
    met: float | None = None
    met_usual: float | None = None


@dataclass(frozen=True, slots=True)
class GroupFind:
    """The same of a segment, an object or a category."""

    kind: str
    group: str
    persons: int
    present: float
    expected: float
    ratio: float
    low: float
    high: float
    name: str = ""  # of an object, from the catalogue


@dataclass(frozen=True, slots=True)
class GivenToday:
    """What a group is given beside others of the same expected worth.  kind "people": all who are undervalued.

    measure: "meetings", "mailings", "discounts" or "waiting" (hours), per person.  low, high: 95 % of ratio.
    """

    kind: str
    group: str
    measure: str
    persons: int
    given: float
    usual: float
    ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Finds:
    """A page of undervalued people, the surest first; the groups; how many persons were looked at.

    earlier: what came of those who would have been found a horizon ago; None where they were too few.
    """

    as_of: datetime
    rows: list[Find]
    total: int
    page: int
    size: int
    groups: tuple[GroupFind, ...]
    looked_at: int
    currency: str | None
    snapshot: int
    given: tuple[GivenToday, ...] = ()
    earlier: GroupFind | None = None
