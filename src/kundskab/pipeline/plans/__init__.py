"""The tracking plan's inbox: what sources really send, held against what was agreed on."""

from kundskab.pipeline.plans.inbox import Finding, SeenProperty
from kundskab.pipeline.plans.plans import Inbox, Plans

__all__ = ["Finding", "Inbox", "Plans", "SeenProperty"]
