"""The first page in words: today against usual, and what changed about people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.web.base.templatetags.say import count, day, listed
from kundskab.web.home.usual import Today

FEWEST = 5  # fewer persons are said as "a few"


def today(so_far: int, usual: tuple[int, int] | None) -> str:
    """312 events so far today; a usual day has between 240 and 420."""
    if usual is None:
        return ngettext("%(n)s event so far today.", "%(n)s events so far today.", so_far) % {"n": count(so_far)}
    low, high = (count(end) for end in usual)
    if so_far > usual[1]:
        said = ngettext(
            "%(n)s event today, more than usual already;", "%(n)s events today, more than usual already;", so_far
        )
    else:
        said = ngettext("%(n)s event so far today;", "%(n)s events so far today;", so_far)
    between = _("on 8 of 10 days there are between %(low)s and %(high)s.") % {"low": low, "high": high}
    return f"{said % {'n': count(so_far)}} {between}"


def silence(row: Today) -> str:
    """What a source that fell silent did before."""
    said = _(
        "%(source)s has fallen silent: its last events came on %(day)s. In the four weeks before it was never quiet"
        " for so long."
    )
    return said % {"source": row.source, "day": day(row.silent_since)}


def news(lately: Any) -> list[str]:
    """What changed about people in a week, a sentence each; nothing about what did not happen."""
    found = [
        (lately.met, _("%(n)s people became known here.")),
        (lately.granted, _("%(n)s people allowed something.")),
        (lately.refused, _("%(n)s people refused or withdrew something.")),
    ]
    said = [sentence % {"n": _some(n)} for n, sentence in found if n]
    links = [(lately.joined, _("made")), (lately.parted, _("undone"))]
    parts = [f"{count(n)} {deed}" for n, deed in links if n]
    if parts:
        said.append(_("Links between devices and people: %(parts)s.") % {"parts": listed(parts)})
    return [sentence[:1].upper() + sentence[1:] for sentence in said]


def _some(persons: int) -> str:
    return count(persons) if persons >= FEWEST else _("a few")
