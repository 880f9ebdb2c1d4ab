"""Effort: where we make it hard for people. Signs of effort weighed in points, per pass through a flow, with doubt."""

from kundskab.metrics.effort.answer import Efforts, FlowEffort, Met, Moment, PersonEffort, WeekEffort
from kundskab.metrics.effort.flows import effort_by_flow, effort_by_week
from kundskab.metrics.effort.persons import Usual, effort_by_person, effort_in_flow, effort_of, usual_of
from kundskab.metrics.effort.signs import KIND, KINDS, SIGNS, Kind, Sign

__all__ = [
    "KIND",
    "KINDS",
    "SIGNS",
    "Efforts",
    "FlowEffort",
    "Kind",
    "Met",
    "Moment",
    "PersonEffort",
    "Sign",
    "Usual",
    "WeekEffort",
    "effort_by_flow",
    "effort_by_person",
    "effort_by_week",
    "effort_in_flow",
    "effort_of",
    "usual_of",
]
