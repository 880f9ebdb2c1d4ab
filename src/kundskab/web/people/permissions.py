"""What a person allows, in words, with where we have it from."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kundskab.pipeline.answers import ConsentRow
from kundskab.web.base.templatetags.say import day


def words(consent: ConsentRow) -> str:
    """Yes, since 3 March 2026. / No: withdrawn on 4 May 2026. / Yes, by contract; nobody was asked."""
    since = day(consent.since) if consent.since else ""
    if consent.allowed:
        if consent.status == "grant":
            return _("Yes, since %(day)s") % {"day": since} if since else _("Yes")
        return _("Yes, on the basis of %(basis)s") % {"basis": (consent.basis or "").replace("_", " ")}
    said = {
        "refuse": _("No: refused"),
        "withdraw": _("No: withdrawn"),
        "object": _("No: objected"),
        "grant": _("Only with the events that said so: we cannot be sure that it was them"),
    }.get(consent.status or "", _("No: never asked, or never answered"))
    return _("%(said)s on %(day)s") % {"said": said, "day": since} if since and consent.status != "grant" else said


def whence(consent: ConsentRow) -> str:
    """From web, notice 2; "" when nothing was ever said."""
    parts = []
    if consent.source:
        parts.append(_("from %(source)s") % {"source": consent.source})
    if consent.notice_version:
        parts.append(_("notice %(version)s") % {"version": consent.notice_version})
    return ", ".join(parts)
