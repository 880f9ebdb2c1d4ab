"""How numbers, money, times and tokens are said: one way, on every page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.web.base import assets, clock

register = template.Library()
register.simple_tag(assets.address, name="asset")

NOTHING = "–"


@register.filter
def count(number: float | None) -> str:
    """1204 -> 1,204; whole numbers only lose what they do not have: 1.5 -> 1.5."""
    if number is None:
        return NOTHING
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}".rstrip("0")


@register.filter
def money(value: Decimal | None, currency: str | None = None) -> str:
    """Two decimals, or up to four when a price really has them: 1,204.00 SEK."""
    if value is None:
        return NOTHING
    cents = value.quantize(Decimal("0.01"))
    said = f"{cents:,.2f}" if cents == value else f"{value:,.4f}".rstrip("0")
    return f"{said} {currency}" if currency else said


@register.filter
def day(moment: datetime | date | None) -> str:
    """3 March 2026, by the workspace's clock."""
    if moment is None:
        return NOTHING
    local = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return f"{local.day} {local:%B %Y}"


def told_apart(moments: Sequence[datetime]) -> list[str]:
    """The day of each, and the hour too of those that share theirs with another: 3 March 2026, 14:05."""
    days = [day(moment) for moment in moments]
    return [
        f"{said}, {hour(moment)}" if days.count(said) > 1 else said for said, moment in zip(days, moments, strict=True)
    ]


@register.filter
def weekday(moment: datetime | date) -> str:
    """Tuesday 3 March 2026."""
    local = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return f"{local:%A} {day(local)}"


@register.filter
def hour(moment: datetime) -> str:
    """14:05, by the workspace's clock."""
    return f"{timezone.localtime(moment):%H:%M}"


@register.filter
def at(moment: datetime) -> str:
    """As much of a time as tells it apart: 14:05:09 today, 3 Mar 14:05 this year, 9 Dec 2011 before."""
    local, today = timezone.localtime(moment), clock.today()
    if local.date() == today:
        return f"{local:%H:%M:%S}"
    return f"{local.day} {local:%b %H:%M}" if local.year == today.year else f"{local.day} {local:%b %Y}"


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago, in the largest unit that fits: 3 minutes ago, yesterday, 5 weeks ago."""
    if moment is None:
        return _("never")
    seconds = int((clock.now() - moment).total_seconds())
    if seconds < 45:
        return _("just now")
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    days = (clock.today() - timezone.localtime(moment).date()).days
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if days == 0 or hours < 12:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    if days == 1:
        return _("yesterday")
    if days < 14:
        return _("%(n)d days ago") % {"n": days}
    if days < 61:
        return _("%(n)d weeks ago") % {"n": days // 7}
    if days < 730:
        return _("%(n)d months ago") % {"n": days // 30}
    return _("%(n)d years ago") % {"n": days // 365}


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """How long ago, with the exact time for machines and for a resting pointer."""
    if moment is None:
        return _("never")
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), f"{day(local)}, {local:%H:%M:%S}", ago(moment)
    )


@register.filter
def token(text: str) -> SafeString:
    """A token, readable in groups of four signs and still copied as one word."""
    quarters = format_html_join("", "<span>{}</span>", ((text[i : i + 4],) for i in range(0, len(text), 4)))
    return format_html('<code class="token">{}</code>', quarters)


@register.filter
def times_as_much(ratio: float) -> str:
    """2.34 -> 2.3, 14.6 -> 15."""
    return f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:,.0f}"


@register.filter
def named(action: str) -> str:
    """An action in quotes where it is a number alone: “8”."""
    return action if any(sign.isalpha() for sign in action) else f"“{action}”"


def is_a_code(text: str) -> bool:
    """Whether something seems to be a code, as 85123A, and no name."""
    return bool(text) and " " not in text and any(sign.isdigit() for sign in text)


@register.filter
def listed(words: Any) -> str:
    """web, app and shop."""
    words = [str(word) for word in words]
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """The value at a key that a template holds in a variable."""
    return mapping.get(key)


@register.filter
def plainly(code: str) -> str:
    """A short code as words: no_actor -> No actor."""
    return code.replace("_", " ").capitalize()


@register.filter
def asked(value: Any, name: str) -> str:
    """The query part of an address: {{ "no_actor"|asked:"reason" }} -> reason=no_actor."""
    return urlencode({name: value})


@register.filter
def exactly(moment: datetime) -> str:
    """A time for an address, to the microsecond, so that nothing falls between two pages."""
    return moment.isoformat()


@register.filter
def words(code: str) -> str:
    """A short code as words within a sentence: legal_obligation -> legal obligation."""
    return code.replace("_", " ")


@register.filter
def said(value: Any) -> str:
    """Any plain value: numbers as numbers, truths as words, nothing as a dash."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return count(value)
    return NOTHING if value is None else str(value)


@register.filter
def plain_list(codes: list[str]) -> str:
    """Short codes as words in a list: ["email", "given_name"] -> email and given name."""
    return listed(words(code) for code in codes)
