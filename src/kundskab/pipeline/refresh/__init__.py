"""Refresh: what is understood of people is computed anew, stage by stage, and kept as derived tables."""

from kundskab.pipeline.refresh.deed import Refreshed, last, refresh
from kundskab.pipeline.refresh.work import Stage, TooLittle, Work

__all__ = ["Refreshed", "Stage", "TooLittle", "Work", "last", "refresh"]
