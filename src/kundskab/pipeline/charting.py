"""`ws.charts`: the figures of the pages, in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kundskab.metrics.acts import Said, act
from kundskab.metrics.trend import TrendQuery
from kundskab.pipeline.behaviour import Behaviour
from kundskab.pipeline.explore import Explore
from kundskab.pipeline.segments import Segments, figures
from kundskab.types import KundskabError

if TYPE_CHECKING:
    from kundskab.charts.trend import Figure

_USUAL = {"day": timedelta(days=29), "week": timedelta(weeks=25), "month": timedelta(days=700)}


class Charts:
    """Each method answers with a Plotly figure, its doubt drawn: `ws.charts.trend("Order Completed").show()`."""

    def __init__(self, explore: Explore, segments: Segments, behaviour: Behaviour) -> None:
        self._explore = explore
        self._behaviour = behaviour
        self._segments = segments

    def trend(
        self,
        action: Said = None,
        *,
        measure: str = "events",
        by: str | None = None,
        step: str = "week",
        since: date | None = None,
        until: date | None = None,
        currency: str | None = None,
        purpose: str = "analytics",
        theme: str = "light",
    ) -> Figure:
        """What Explore draws for the same question.

        action: a name, None for any, or {"action": ..., "where": {dimension: value}}.  measure: events, persons or
        value.  by: channel, category, source, object, action, or "property:" and a name.  step: day, week or month.
        since, until: included days; the newest half year or so when not given.  theme: light or dark.
        Raises KundskabError for a question that makes no sense.
        """
        # Late: Plotly takes a moment to load, and most who open a workspace draw nothing.
        from kundskab.charts.trend import figure

        last = until or self._explore.choices(purpose=purpose).last
        if last is None:
            raise KundskabError(f"Nothing has happened yet that may be used for {purpose}; import some events first.")
        first = since or last - _USUAL.get(step, _USUAL["week"])
        what = act(action)
        query = TrendQuery(first, last, what.action, measure, by, step, currency, what.where)
        return figure(self._explore.trend(query, purpose=purpose), theme=theme)

    def funnel(self, steps: Sequence[Said], *, theme: str = "light", **asked: Any) -> Figure:
        """How many of 100 who began came so far; asked: as `ws.metrics.funnel` takes it."""
        from kundskab.charts.funnel import figure

        return figure(self._behaviour.funnel(steps, **asked), theme=theme)

    def retention(self, first: Said = None, back: Said = None, *, theme: str = "light", **asked: Any) -> Figure:
        """How many of 100 who began came back; asked: as `ws.metrics.retention` takes it."""
        from kundskab.charts.retention import figure

        return figure(self._behaviour.retention(first, back, **asked), theme=theme)

    def paths(self, around: Said, *, theme: str = "light", **asked: Any) -> Figure:
        """What people did after an act, or before it; asked: as `ws.metrics.paths` takes it."""
        from kundskab.charts.paths import figure

        return figure(self._behaviour.paths(around, **asked), theme=theme)

    def segment_map(self, *, purpose: str = "analytics", theme: str = "light") -> Figure:
        """Segments as circles, near where they share people."""
        return figures.overlaps(self._segments, purpose=purpose, theme=theme)

    def segment_flow(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        purpose: str = "analytics",
        theme: str = "light",
    ) -> Figure:
        """How people moved between two refreshes (see `ws.segments.moments()`), the last two when not given."""
        return figures.flow(self._segments, since, until, purpose=purpose, theme=theme)

    def segment_portrait(self, segment: str, *, purpose: str = "analytics", theme: str = "light") -> Figure:
        """What one segment does, beside everybody.  segment: its id, as in `ws.segments.names()`."""
        return figures.portrait(self._segments, segment, purpose=purpose, theme=theme)

    def memberships(self, person: str, *, purpose: str = "analytics", theme: str = "light") -> Figure:
        """How a person's memberships went over time; person: a token. Written down as a reading of that person."""
        return figures.memberships(self._segments, person, purpose=purpose, theme=theme)
