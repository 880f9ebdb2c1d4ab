"""How effort is said in a table: points with their doubt, and what people met."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.metrics.effort import FlowEffort, Met
from kundskab.metrics.readings import Reading

register = template.Library()

MOST_MET = 3
MOST_PLACES = 2
_LEAST = 0.01


@register.filter
def in_points(reading: Reading) -> SafeString | str:
    """1.7 (1.3–2.4): points, with what they may also be."""
    if reading.hidden:
        return _("hidden")
    if reading.value != reading.value:
        return "–"
    if not reading.is_sure:
        return f"{reading.value:.2g}"
    if reading.high < _LEAST:
        return _("below %(least)s") % {"least": _LEAST}
    decimals = 1 if reading.high >= 1 else 2
    return format_html(
        '<span class="nowrap">{} <small class="doubt">({}–{})</small></span>',
        *(f"{number:.{decimals}f}" for number in (reading.value, reading.low, reading.high)),
    )


@register.filter
def what_they_met(flow: FlowEffort) -> SafeString | str:
    """26 times gave up; 7 times were asked for what we knew (phone)."""
    shown = [one for one in flow.met if not one.hidden]
    if not flow.met:
        return _("nothing that made it hard")
    if not shown:
        return _("too few met any one thing to tell")
    return format_html_join("", "<div>{}</div>", ((_said(one, flow),) for one in shown[:MOST_MET]))


@register.filter
def words(name: str) -> str:
    """birth_year -> birth year."""
    return name.replace("_", " ")


def _said(one: Met, flow: FlowEffort) -> SafeString:
    times = ngettext("%(n)s time", "%(n)s times", one.times) % {"n": f"{one.times:,}"}
    places = [words(place.detail) for place in flow.where if place.sign == one.sign and place.detail]
    said = format_html("{} {}", one.said.capitalize() + ":", times)
    return format_html("{} <small>({})</small>", said, ", ".join(places[:MOST_PLACES])) if places else said
