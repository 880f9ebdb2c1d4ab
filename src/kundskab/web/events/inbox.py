"""The tracking plan's inbox in words: what waits for a decision, and what a decision would write."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.pipeline.plans import Finding, Inbox, SeenProperty
from kundskab.web.base.templatetags.say import count, listed

SHOWN = 30  # decisions on one page; more of them nobody takes in a sitting
_STATES = {
    "violating": ("breaks the plan", "bad"),
    "changed": ("has changed", "warn"),
    "new": ("new", ""),
    "planned": ("as agreed", "good"),
    "ignored": ("ignored", ""),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding, ready to print. of_100: how many of 100 events carry the property."""

    finding: Finding
    state: str
    tag: str
    properties: tuple[tuple[SeenProperty, str, int], ...]  # property, its types in words, of 100


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows. left: how many more wait than are shown."""

    answer: str
    waiting: tuple[Shown, ...]
    left: int
    settled: tuple[Shown, ...]
    sources: tuple[tuple[str, bool], ...]  # name, whether it has a plan
    behind: int


def read(inbox: Inbox, source: str | None) -> Page:
    waiting = [each for each in inbox.findings if each.state in ("violating", "changed", "new")]
    settled = [each for each in inbox.findings if each.state in ("planned", "ignored")]
    return Page(
        answer=_answer(inbox, waiting),
        waiting=tuple(_shown(each) for each in waiting[:SHOWN]),
        left=max(0, len(waiting) - SHOWN),
        settled=tuple(_shown(each) for each in settled),
        sources=tuple(sorted(inbox.plans.items())),
        behind=inbox.behind,
    )


def _answer(inbox: Inbox, waiting: list[Finding]) -> str:
    if not inbox.findings:
        return _("Nothing has been sent yet, so there is nothing to agree on.")
    if not waiting:
        return _("Yes: all that is sent was agreed on, or is ignored on purpose.")
    if not any(inbox.plans.values()):
        said = ngettext(
            "Nothing was agreed on yet; %(n)s action is sent and could be.",
            "Nothing was agreed on yet; %(n)s actions are sent and could be.",
            len(waiting),
        )
        return said % {"n": count(len(waiting))}
    kinds = [
        (sum(each.state == "violating" for each in waiting), _("break it")),
        (sum(each.state == "changed" for each in waiting), _("have changed")),
        (sum(each.state == "new" for each in waiting), _("are new")),
    ]
    parts = listed([f"{count(n)} {what}" for n, what in kinds if n])
    total = ngettext(
        "Not all: %(n)s action waits for a decision;", "Not all: %(n)s actions wait for a decision;", len(waiting)
    )
    return f"{total % {'n': count(len(waiting))}} {parts}."


def _shown(finding: Finding) -> Shown:
    state, tag = _STATES[finding.state]
    properties = tuple((each, _types(each), round(100 * each.share)) for each in finding.properties)
    return Shown(finding, _(state), tag, properties)


def _types(each: SeenProperty) -> str:
    ranked = sorted(each.types, key=lambda kind: -each.types[kind])
    return " or ".join(ranked)
