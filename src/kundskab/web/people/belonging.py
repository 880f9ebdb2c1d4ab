"""Which segments somebody is in, in plain words: now with doubt, over time, and the ones written by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.consent.derived import NotComputed
from kundskab.pipeline.segments.answers import Belonging, Part, Stay
from kundskab.web.base.templatetags.say import at, count, day, listed

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

SHOWN = 4  # parts
FAINT = 0.05  # a part below it is not worth a word


@dataclass(frozen=True, slots=True)
class Told:
    """said, doubt: sentences.  parts: the largest, drawn beside.  lines: over time, None where there is no time yet."""

    said: str
    doubt: str
    parts: tuple[Part, ...]
    lines: Any
    stays: tuple[tuple[str, Stay], ...]


def belonging(desk: Desk, person: str, *, purpose: str, who: str) -> Told | None:
    """None before the first refresh for this purpose. who: the reader, for the audit."""
    # Charts are loaded by those who draw.
    from kundskab.pipeline.segments.over_time import lines_of
    from kundskab.web.segments.lines import draw

    try:
        found = desk.segments.of_person(person, purpose=purpose, who=who)
    except NotComputed:
        return None
    parts = tuple(part for part in found.now.parts if part.weight >= FAINT)[:SHOWN] if found.now else ()
    return Told(
        _said(found, parts),
        _doubt(found),
        parts,
        draw(lines_of(found)),
        tuple((_stay(stay), stay) for stay in found.stays),
    )


def _said(found: Belonging, parts: tuple[Part, ...]) -> str:
    if found.why_none:
        return _("None now: there are no segments. %(why)s") % {"why": found.why_none}
    if found.now is None or not parts:
        return _("None yet: they did nothing that segments are told from before the last refresh.")
    if not found.now.sure:
        lean = _("what little we saw leans towards “%(name)s”.") % {"name": parts[0].name}
        return _("Too early to say; %(lean)s") % {"lean": lean}
    each = [_("about %(n)d of 100 things they do belong to “%(name)s”") % {"n": _of(part.weight), "name": part.name}
            for part in parts[:3]]  # fmt: skip
    if found.crosses:
        return _("Across several, and put into none: %(each)s.") % {"each": listed(each)}
    said = _("Most of all “%(name)s”: about %(n)d of 100 things they do are there, between %(low)d and %(high)d.") % {
        "name": parts[0].name, "n": _of(parts[0].weight), "low": _of(parts[0].low), "high": _of(parts[0].high),
    }  # fmt: skip
    if len(parts) > 1:
        said += " " + _("They lean a little towards %(others)s.") % {
            "others": listed(f"“{part.name}”" for part in parts[1:3])
        }
    return said


def _doubt(found: Belonging) -> str:
    if found.now is None:
        return ""
    events = round(found.events)
    told = ngettext("Told from about %(n)s event", "Told from about %(n)s events", events) % {"n": count(events)}
    said = _("%(told)s, the older ones weighing less; of 10 such spans 9 hold the truth.") % {"told": told}
    return f"{said} {_as_of(found)}"


def _as_of(found: Belonging) -> str:
    if found.latest is None or found.now is None:
        return _("As of %(day)s.") % {"day": day(found.now.as_of if found.now else found.as_of)}
    if found.is_anew:
        said = _("As of what they did last (%(when)s); no refresh was needed.")
        return said % {"when": at(found.latest)}
    said = _("As of %(day)s; what they did since, last on %(latest)s, comes in with the next refresh.")
    return said % {"day": day(found.now.as_of), "latest": day(found.latest)}


def _stay(stay: Stay) -> str:
    if stay.left_at is None:
        return _("in since %(day)s") % {"day": day(stay.entered_at)}
    return _("from %(since)s to %(until)s") % {"since": day(stay.entered_at), "until": day(stay.left_at)}


def _of(share: float) -> int:
    return round(100 * share)
