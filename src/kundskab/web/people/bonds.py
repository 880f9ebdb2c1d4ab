"""A person's links in plain words: why traces are believed to be one human, since when, by whom, what was undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kundskab.pipeline.linking import LinkOf
from kundskab.web.base.templatetags.say import day
from kundskab.web.people.profile import kind_said


@dataclass(frozen=True, slots=True)
class Bond:
    """One link. other: a token, or None when it is somebody's who may not be seen. undone: a sentence or ""."""

    id: int
    mine: str
    mine_kind: str
    other: str | None
    other_kind: str
    why: str
    whence: str
    joins: bool
    why_not: str
    undone: str


def bonds(links: Sequence[LinkOf]) -> tuple[list[Bond], list[Bond]]:
    """Those that stand, then those that were undone."""
    told = [_bond(link) for link in links]
    return [bond for bond in told if not bond.undone], [bond for bond in told if bond.undone]


def _bond(link: LinkOf) -> Bond:
    undone = ""
    if link.undone:
        undone = _("Undone on %(day)s by %(who)s: “%(reason)s”.") % {
            "day": day(link.undone.at),
            "who": link.undone.by,
            "reason": link.undone.reason,
        }
    parts = [day(link.at), link.source, _("by %(who)s") % {"who": link.by} if link.by else ""]
    return Bond(
        link.id, link.mine, kind_said(link.mine_kind), link.other, kind_said(link.other_kind), link.words,
        ", ".join(part for part in parts if part), link.joins, link.why_not, undone,
    )  # fmt: skip
