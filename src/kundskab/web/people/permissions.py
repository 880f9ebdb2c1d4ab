"""What a person allows, in words, with where we have it from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.pipeline.answers import ConsentRow
from kundskab.web.base.templatetags.say import day, listed


@dataclass(frozen=True, slots=True)
class Allowed:
    """What they allow and what they do not, each as sentences; denied may be ""."""

    said: str
    denied: str


def told(consents: Sequence[ConsentRow]) -> Allowed:
    """They said yes to analytics. Without asking, on the basis of contract, we use data for necessary."""
    granted = [row.purpose for row in consents if row.allowed and row.status == "grant"]
    unasked = [row.purpose for row in consents if row.allowed and row.status != "grant" and not row.declared]
    said = []
    if granted:
        said.append(_("They said yes to %(purposes)s.") % {"purposes": listed(granted)})
    if unasked:
        named = listed(f"“{name}”" for name in unasked)
        sentence = ngettext(
            "Without asking, on another ground that the law gives, we use their data for the purpose %(named)s.",
            "Without asking, on other grounds that the law gives, we use their data for the purposes %(named)s.",
            len(unasked),
        )
        said.append(sentence % {"named": named})
    said += _declared(consents)
    return Allowed(" ".join(said) or _("They allow us nothing."), _denied(consents))


def _declared(consents: Sequence[ConsentRow]) -> list[str]:
    """What came from orders may be used for analytics without asking: it was declared on legitimate interests."""
    purposes: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for row in consents:
        if row.allowed and row.declared:
            purposes.setdefault((row.declared, row.basis or ""), []).append(row.purpose)
    return [
        (
            _("What came from %(sources)s may be used for %(purposes)s: whoever sends it vouches for their yes.")
            if basis == "signal"
            else _("What came from %(sources)s may be used for %(purposes)s without asking: it was declared to rest on "
                   "%(basis)s.")
        )
        % {"sources": listed(sources), "purposes": listed(named), "basis": basis.replace("_", " ")}
        for (sources, basis), named in purposes.items()
    ]  # fmt: skip


def _denied(consents: Sequence[ConsentRow]) -> str:
    said = [
        _(sentence)
        % {"purposes": listed(row.purpose for row in consents if not row.allowed and row.status in statuses)}
        for statuses, sentence in (
            (("withdraw",), "They took back their yes to %(purposes)s."),
            (("refuse", "object"), "They said no to %(purposes)s."),
            (("grant",), "Somebody said yes to %(purposes)s, but we cannot be sure that it was them."),
            ((None,), "Nobody has asked them about %(purposes)s, or they never answered."),
        )
        if any(not row.allowed and row.status in statuses for row in consents)
    ]
    return " ".join(said)


def words(consent: ConsentRow) -> str:
    """Yes, since 3 March 2026. / No: withdrawn on 4 May 2026. / Yes, by contract; nobody was asked."""
    since = day(consent.since) if consent.since else ""
    if consent.allowed:
        if consent.status == "grant":
            return _("Yes, since %(day)s") % {"day": since} if since else _("Yes")
        if consent.declared:
            sources = listed(consent.declared)
            if consent.basis == "signal":
                return _("Yes, as %(sources)s vouches") % {"sources": sources}
            said = _("Yes for what came from %(sources)s, on the basis of %(basis)s; nobody was asked")
            return said % {"sources": sources, "basis": (consent.basis or "").replace("_", " ")}
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
