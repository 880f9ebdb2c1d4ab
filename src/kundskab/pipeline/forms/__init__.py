"""Forms: what they need not ask, and how often they asked although we knew."""

from kundskab.pipeline.forms.counting import FormCount, WeekOfForms
from kundskab.pipeline.forms.desk import Forms, Plan, Planned

__all__ = ["FormCount", "Forms", "Plan", "Planned", "WeekOfForms"]
