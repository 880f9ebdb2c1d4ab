"""Deeds as HTML: what it was done to stands out, and whatever a stranger wrote is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kundskab.pipeline.answers import EventRow, LineRow
from kundskab.web.base.templatetags.say import count
from kundskab.web.people.deeds import Deed, tell
from kundskab.web.people.timeline import Visit, total

register = template.Library()


@register.filter
def deed(event: EventRow) -> SafeString:
    """viewed <strong>Tarn 2 tent</strong> in tents"""
    return _marked(tell(event))


@register.filter
def sentence(visit: Visit) -> SafeString:
    """Searched for socks; viewed <strong>Tarn 2 tent</strong> in tents; ordered <strong>2 things</strong>."""
    clauses = [format_html("{}{}", _marked(told), _worth(told.of)) for told in visit.deeds]
    said = format_html_join("; ", "{}", ((clause,) for clause in clauses))
    # Only the first sign, and only where we wrote it: a name that a stranger gave keeps its spelling.
    return (
        format_html("{}{}.", said[:1].upper(), SafeString(said[1:])) if said[:1].isalpha() else format_html("{}.", said)
    )


@register.filter
def lined(line: LineRow) -> str:
    """2 × Tarn 2 tent"""
    name = line.object_name or line.object or line.category or _("something")
    many = abs(line.quantity or 1)  # what was sent back counts backwards
    return name if many == 1 else f"{count(many)} × {name}"


@register.filter
def dayhour(moment: datetime) -> str:
    """Sunday 14 June, 19:42, by the workspace's clock."""
    local = timezone.localtime(moment)
    return f"{local:%A} {local.day} {local:%B, %H:%M}"


def _marked(said: Deed) -> SafeString:
    thing = format_html("<strong>{}</strong>", said.object)
    return format_html(said.pattern, action=said.action, object=thing, category=said.category)


@register.filter
def worth(event: EventRow) -> str:
    """The money of a deed, as the end of its sentence: " for 1,204.00 SEK", ": 1,204.00 SEK back"."""
    return _worth([event])


def _worth(events: Sequence[EventRow]) -> str:
    said = total(events)
    if not said:
        return ""
    gained = sum((event.value or Decimal(0)) for event in events) > 0
    return _(" for %(money)s") % {"money": said} if gained else _(": %(money)s back") % {"money": said}
