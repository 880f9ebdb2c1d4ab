"""What the template of a person's page needs, gathered: each section only where the desk can tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundskab.pipeline.answers import PersonPage
from kundskab.web.base import clock
from kundskab.web.people import permissions, story, told
from kundskab.web.people.bonds import bonds
from kundskab.web.people.handles import handle
from kundskab.web.people.met import meetings
from kundskab.web.people.next_move import next_move
from kundskab.web.people.profile import profile, traces_said
from kundskab.web.people.purposes import Purpose

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk


def tale(desk: Desk, known: PersonPage, purpose: Purpose, *, who: str) -> dict[str, Any]:
    """The context of a person's page, all but the timeline. who: the reader, for the audit."""
    heard = desk.stories.of(known.person, purpose=purpose.name)
    standing, undone = bonds(desk.linking.links(known.person, purpose=purpose.name, who=who))
    days = heard.rhythm.days if heard.rhythm else 0
    today = heard.ended or clock.today()
    return {
        "person": profile(known),
        "name": handle(known.person),
        "purpose": purpose,
        "story": heard,
        "opening": story.opening(heard.rhythm, ended=heard.ended),
        "rhythm": story.rhythm(heard.rhythm, ended=heard.ended),
        "pause": story.pause(heard.rhythm, ended=heard.ended),
        "year": story.year(heard.days, until=today),
        "year_from": today - story.YEAR,
        "today": today,
        "found": heard.standout,
        "standout": story.standout(heard.standout, heard.compared, days),
        "move": next_move(desk, known.person, purpose=purpose.name),
        "told": told.telling(heard.told, heard.answers),
        "allowed": permissions.told(known.consents),
        "has_ease": hasattr(desk, "ease"),
        "meets": meetings(desk, known.person, met=heard.met, purpose=purpose.name, who=who),
        "linking": True,
        "standing": standing,
        "undone": undone,
        "proofs": True,
        "traces": traces_said(known),
    }


def decided(known: PersonPage, token: str, purpose: Purpose) -> dict[str, Any]:
    """The context of the page of somebody who may not be looked at: that they exist, and what they decided."""
    shown = profile(known)
    return {"token": token, "purpose": purpose, "permissions": shown.permissions}
