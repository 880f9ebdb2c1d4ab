"""Links in plain words: what they rest on, and why one that stands joins nobody."""

from __future__ import annotations

from collections.abc import Mapping

from kundskab.people import USER, Resolution
from kundskab.vault import Link

_SAID = {
    "identify": "somebody signed in or signed up on this device",
    "alias": "the sender gave this person a new id",
    "import": "one row of an imported file names both",
    "track": "an event names both",
    "page": "a page view names both",
    "screen": "a screen view names both",
    "group": "joining a group named both",
}
_BELIEVED = {
    "claimed": "Claimed by a browser: {said}.",
    "verified": "Verified by a server key or a signature: {said}.",
    "suggested": "Suggested: {said}.",
    "manual": "Joined {said}.",
}


def words_of(link: Link) -> str:
    """The evidence of a link as one sentence."""
    said = _SAID.get(link.evidence, link.evidence)
    if link.evidence == "import" and link.kind == "verified":
        return "One row of an imported file names both."
    return _BELIEVED[link.kind].format(said=said)


def why_apart(link: Link, kinds: Mapping[str, str], resolution: Resolution, limit: int) -> str:
    """Why a standing link joins nobody, as one sentence; "" when it does join."""
    if link.kind == "suggested":
        return "A suggestion joins nobody until a human accepts it."
    if link.kind == "manual":
        return ""
    if resolution.crowds.cut(link.a, link.kind) or resolution.crowds.cut(link.b, link.kind):
        return f"One of the two was seen with more than {limit} others, so it is no identity."
    if kinds.get(link.a) == USER and kinds.get(link.b) == USER:
        return "" if _together(link, resolution) else "Two user ids are never joined automatically."
    if {link.a, link.b} & resolution.shared:
        return "The device was seen with several user ids, so it is shared and joins none of them."
    return "" if _together(link, resolution) else "It would join two user ids, and that only a human may do."


def _together(link: Link, resolution: Resolution) -> bool:
    return resolution.person_of.get(link.a) == resolution.person_of.get(link.b)
