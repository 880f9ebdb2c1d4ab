"""What `ws.metrics` is: defined numbers by name, each with its doubt, for notebooks.

ws.metrics.names                                  # which there are
ws.metrics.read("distance", by="month")           # -> list[Reading]
ws.metrics.distance(by="channel")                 # -> Distance, with everything its page shows
ws.metrics.retention("Signed Up", "Ordered")      # -> Retention: the cohorts table
ws.metrics.funnel(["Viewed", "Added", "Ordered"]) # -> Funnel
ws.metrics.paths("Searched", direction="before")  # -> Paths
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from kundskab.metrics.distance import Apart, Distance
from kundskab.metrics.known import KNOWN
from kundskab.metrics.readings import Reading
from kundskab.pipeline.behaviour import Behaviour
from kundskab.pipeline.distance import By, Distances
from kundskab.types import KundskabError

MONTH = "month"

_OF_APART: dict[str, Callable[[Apart], Reading]] = {
    "distance": lambda apart: apart.human_share,
    "distance.met_lately": lambda apart: apart.met_lately,
    "distance.never_met": lambda apart: apart.never_met,
    "distance.days_since_met": lambda apart: apart.days_since_met,
}
OF_US = "distance.of_us"


class Metrics:
    """Metrics by name; new ones are added to `names` by those who write them."""

    def __init__(self, distances: Distances, behaviour: Behaviour) -> None:
        self._distances = distances
        self._behaviour = behaviour
        # Questions rather than numbers by name: each is asked with acts of the caller's own.
        self.retention = behaviour.retention
        self.funnel = behaviour.funnel
        self.paths = behaviour.paths

    @property
    def names(self) -> tuple[str, ...]:
        """What `read` knows."""
        return (*_OF_APART, OF_US, *KNOWN, *(name for name in self._behaviour.declared if name not in KNOWN))

    def read(self, name: str, by: By = None, *, purpose: str = "analytics") -> list[Reading]:
        """The readings of a metric: one, or one per group or month, each named by its `group`.

        by: "month", a dimension such as "channel"; of distance also "fact:city" or a mapping person -> group; of the
        others also "day" and "week"; of those of KNOWN also "cohort" and "segment". What the home's metrics.yaml
        declares goes before one of KNOWN that has the same name.
        Raises KundskabError for a metric, or a split of it, that there is not.
        """
        if name not in (*_OF_APART, OF_US):
            return self._declared(name, by, purpose)
        if name == OF_US:
            return _of_us(self.distance(purpose=purpose), by)
        if by == MONTH:
            return _by_month(name, self.distance(purpose=purpose))
        found = self.distance(by=by, purpose=purpose)
        return [_OF_APART[name](apart) for apart in _chosen(found, by)]

    def _declared(self, name: str, by: By, purpose: str) -> list[Reading]:
        metric = self._behaviour.declared.get(name)
        if by is not None and not isinstance(by, str):
            raise KundskabError("This metric is split by a dimension or by day, week or month, cohort or segment.")
        if metric is None and name in KNOWN:
            return self._behaviour.known(name, by=by, purpose=purpose)
        if metric is None:
            raise KundskabError(f"There is no metric {name!r}; there are {', '.join(self.names)}.")
        return self._behaviour.measure(metric, by=by, purpose=purpose)

    def distance(self, by: By = None, *, purpose: str = "analytics") -> Distance:
        """How far we are from our customers; by: as in `read`, save "month", which is in the answer anyway."""
        return self._distances.read(by=by, purpose=purpose)


def _chosen(found: Distance, by: str | Mapping[str, str] | None) -> Iterable[Apart]:
    return [found.everybody] if by is None else found.groups


def _by_month(name: str, found: Distance) -> list[Reading]:
    if name != "distance":
        raise KundskabError(f"{name} is read as of a day, not by month; read 'distance' or '{OF_US}' by month.")
    return [month.human_share for month in found.months]


def _of_us(found: Distance, by: By) -> list[Reading]:
    """A count of ourselves is what it is: its interval is itself."""
    if by not in (None, MONTH):
        raise KundskabError("How many of us met anybody is counted for the company, as a whole or by month.")
    counts = [
        Reading(month.of_us, month.of_us, month.of_us, month.of_us, "of us", found.snapshot, month.name)
        for month in found.months
    ]
    return counts if by == MONTH else counts[-1:]
