"""How readings are said in a table: the number, and what it may also be."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kundskab.metrics.readings import Reading

register = template.Library()


@register.filter
def of_hundred(reading: Reading) -> SafeString | str:
    """12 (10–14): of 100, with what it may also be."""
    return _said(reading, 100)


@register.filter
def in_days(reading: Reading) -> SafeString | str:
    """34 (28–41)."""
    return _said(reading, 1)


def _said(reading: Reading, times: float) -> SafeString | str:
    if reading.hidden:
        return _("hidden")
    if reading.value != reading.value:
        return "–"
    if not reading.is_sure:
        return f"{times * reading.value:.0f}"
    return format_html(
        '{} <small class="doubt nowrap">({}–{})</small>',
        *(f"{times * number:.0f}" for number in (reading.value, reading.low, reading.high)),
    )
