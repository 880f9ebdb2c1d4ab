"""Deeds as HTML: what it was done to stands out, and whatever a stranger wrote is escaped."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kundskab.pipeline.answers import EventRow
from kundskab.web.people.deeds import tell

register = template.Library()


@register.filter
def deed(event: EventRow) -> SafeString:
    """viewed <strong>Tarn 2 tent</strong> in tents"""
    said = tell(event)
    thing = format_html("<strong>{}</strong>", said.object)
    return format_html(said.pattern, action=said.action, object=thing, category=said.category)
