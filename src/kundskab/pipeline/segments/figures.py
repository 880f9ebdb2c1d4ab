"""`ws.charts.segment_...`: the figures of the pages about segments, in a notebook."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kundskab.types import KundskabError

if TYPE_CHECKING:
    from kundskab.charts.trend import Figure
    from kundskab.pipeline.segments.desk import Segments

# Plotly takes a moment to load, and most who open a workspace draw nothing: each imports it when it draws.


def flow(segments: Segments, since: datetime | None, until: datetime | None, *, purpose: str, theme: str) -> Figure:
    """How people moved between two refreshes."""
    from kundskab.charts.segments import flow_figure

    return flow_figure(segments.flow(since, until, purpose=purpose), names=segments.names(purpose=purpose), theme=theme)


def overlaps(segments: Segments, *, purpose: str, theme: str) -> Figure:
    """The map of overlaps."""
    from kundskab.charts.segments import Edge, overlaps_figure

    found = segments.overview(purpose=purpose)
    edges = [Edge(pair.one, pair.other, pair.share) for pair in found.pairs]
    sizes = {card.segment: card.size for card in found.living}
    return overlaps_figure(sizes, edges, names={card.segment: card.name for card in found.cards}, theme=theme)


def portrait(segments: Segments, segment: str, *, purpose: str, theme: str) -> Figure:
    """What one segment does. Raises KundskabError for one that there is not."""
    from kundskab.charts.segments import Bar, portrait_figure

    found = segments.portrait(segment, purpose=purpose)
    if found is None:
        raise KundskabError(f"There is no segment {segment!r}; there are {', '.join(segments.names(purpose=purpose))}.")
    return portrait_figure([Bar(each.behaviour, each.share, each.everybody) for each in found.doing], theme=theme)


def memberships(segments: Segments, person: str, *, purpose: str, theme: str) -> Figure:
    """How a person's memberships went over time."""
    from kundskab.charts.segments import lines_figure
    from kundskab.pipeline.segments.over_time import lines_of

    return lines_figure(lines_of(segments.of_person(person, purpose=purpose)), theme=theme)
