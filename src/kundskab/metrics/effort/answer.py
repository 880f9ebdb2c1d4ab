"""What the metric effort answers: plain frozen values with their doubt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kundskab.metrics.effort.signs import SIGNS
from kundskab.metrics.periods import Period
from kundskab.metrics.readings import Reading


@dataclass(frozen=True, slots=True)
class Met:
    """One sign of effort in one flow.  times, persons: 0 where hidden.  detail: the field, question or category."""

    sign: str
    times: int
    persons: int
    detail: str | None = None
    hidden: bool = False

    @property
    def said(self) -> str:
        return SIGNS[self.sign].said


@dataclass(frozen=True, slots=True)
class FlowEffort:
    """How hard one flow is.  effort: points a pass.  hard: the share of passes with a sign of effort."""

    kind: str
    flow: str
    effort: Reading
    hard: Reading
    passes: int  # 0 where hidden, as everything below
    met: tuple[Met, ...] = ()  # what people met, that which gave most points first
    where: tuple[Met, ...] = ()  # at which field or question, the commonest first
    stands_out: bool = False  # surely harder than the other flows of its kind

    @property
    def name(self) -> str:
        """As a page says it: the flow's own name, or that of its kind where it has none."""
        return self.flow if self.flow != self.kind else self.kind


@dataclass(frozen=True, slots=True)
class Efforts:
    """Where it is hard: all flows, the hardest first, the hidden last.

    unseen: a sentence for each kind of flow of which no event came in; of those nothing can be said, not "no effort".
    """

    flows: tuple[FlowEffort, ...]
    everybody: Reading  # points a pass, over all flows
    since: datetime | None
    until: datetime
    unseen: tuple[str, ...]
    snapshot: int

    @property
    def is_empty(self) -> bool:
        return not self.flows


@dataclass(frozen=True, slots=True)
class WeekEffort:
    """One week, by the workspace's clock: points a pass. An unfinished week will still change."""

    period: Period
    effort: Reading
    finished: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """When one person met what."""

    at: datetime
    kind: str
    flow: str
    sign: str
    points: float
    action: str
    detail: str | None = None

    @property
    def said(self) -> str:
        return SIGNS[self.sign].said


@dataclass(frozen=True, slots=True)
class PersonEffort:
    """One person's effort.  effort: points a pass, drawn towards what is usual by as much as few passes prove little.

    usual: points a pass of everybody; nan where fewer than five persons have any.
    harder: surely more than usual, on three passes or more.  moments: newest first.
    """

    person: str
    passes: int
    points: float
    effort: Reading
    usual: float
    harder: bool
    moments: tuple[Moment, ...]
    unseen: tuple[str, ...]
