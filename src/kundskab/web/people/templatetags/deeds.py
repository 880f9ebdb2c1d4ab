"""Deeds as HTML: what it was done to stands out, and whatever a stranger wrote is escaped."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kundskab.pipeline.answers import EventRow
from kundskab.web.base.templatetags.say import money
from kundskab.web.people.deeds import tell

register = template.Library()


@register.filter
def deed(event: EventRow) -> SafeString:
    """viewed <strong>Tarn 2 tent</strong> in tents"""
    said = tell(event)
    thing = format_html("<strong>{}</strong>", said.object)
    return format_html(said.pattern, action=said.action, object=thing, category=said.category)


@register.filter
def worth(event: EventRow) -> str:
    """The money of a deed, as the end of its sentence: " for 1,204.00 SEK", ": 1,204.00 SEK back"."""
    if not event.value:
        return ""
    said = money(abs(event.value), event.currency)
    return _(" for %(money)s") % {"money": said} if event.value > 0 else _(": %(money)s back") % {"money": said}
