"""What a replay did, in one sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.pipeline.answers import ReplayReport
from kundskab.web.base.templatetags.say import count, listed


def became(outcomes: dict[str, int]) -> str:
    """What became of all that was ever replayed; empty when nothing was."""
    words = {"stored": _("stored"), "duplicate": _("already there"), "refused": _("refused for want of consent")}
    parts = [f"{count(outcomes[name])} {said}" for name, said in words.items() if outcomes.get(name)]
    if not parts:
        return ""
    return _("Of those replayed so far: %(parts)s.") % {"parts": listed(parts)}


def sentence(report: ReplayReport) -> str:
    """Tried 12 events: 9 stored, 1 already there and 2 still unreadable."""
    if not report.tried:
        return _("There was nothing to replay.")
    parts = [
        (report.stored, _("stored")),
        (report.duplicates, _("already there")),
        (report.refused, _("refused for want of consent")),
        (report.still_quarantined, _("still unreadable")),
    ]
    said = listed([f"{count(number)} {what}" for number, what in parts if number])
    tried = ngettext("Tried %(n)s event: %(said)s.", "Tried %(n)s events: %(said)s.", report.tried)
    return tried % {"n": count(report.tried), "said": said}
