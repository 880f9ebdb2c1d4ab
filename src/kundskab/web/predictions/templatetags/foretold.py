"""How forecasts and their scores are said in a table."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from kundskab.pipeline.foretelling.answers import Contestant, Kind
from kundskab.web.predictions import telling

register = template.Library()
register.filter("of100", telling.hundred)
register.filter("days_said", telling.days)


@register.filter
def bound(share: float) -> str:
    """An end of what a chance may also be, within brackets: 0.004 -> 0."""
    return str(round(100 * share))


@register.filter
def against(kind: Kind) -> str:
    """12 % less wrong than the plain guess."""
    ours, plain = kind.overall, kind.baseline
    if ours is None or plain is None or not ours.log_loss or not plain.log_loss:
        return "–"
    less = 1 - ours.log_loss / plain.log_loss
    if abs(less) < 0.005:
        return _("as the plain guess")
    said = _("%(n)s %% less wrong") if less > 0 else _("%(n)s %% more wrong")
    return said % {"n": round(100 * abs(less))}


@register.filter
def times(expected: float) -> str:
    """1.43 -> 1.4, 0.02 -> fewer than 0.1."""
    return f"{expected:.1f}" if expected >= 0.05 or not expected else _("fewer than 0.1")


@register.filter
def figures3(value: float) -> str:
    """0.4745 -> 0.474: three figures."""
    return f"{value:.3f}"


@register.filter
def off(one: Contestant) -> str:
    """How far forecasts were from what came: 1.2 of 100 for a chance, 0.61 times for how often, – where not known."""
    if one.ece is None:
        return "–"
    if one.kind == "events":
        return _("%(n)s times") % {"n": f"{one.ece:.2f}"}
    if one.kind == "value":  # a model sees money in units of what a day of buying brings
        return _("%(n)s of a usual purchase") % {"n": f"{one.ece:.2f}"}
    return _("%(n)s of 100") % {"n": f"{100 * one.ece:.1f}"}
