"""A meeting as somebody here writes it down, and the checks it must pass before it is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from kundskab.events import identifier_value
from kundskab.types import KundskabError
from kundskab.vault.encounters import ANSWERS

ACTION = "Encounter"
# A contact in which no human of ours took part: the event's category -> its action.
AUTOMATIC, UNANSWERED = "automatic", "unanswered"
UNMET = {AUTOMATIC: "Automatic Reply", UNANSWERED: "Ticket Opened"}

# How we met -> the channel it happened in.
CHANNELS = {
    "visit": "visit",
    "call": "phone",
    "letter": "letter",
    "shop floor": "shop",
    "co-creation": "workshop",
    "chat": "chat",
}
LONGEST_TEXT = 20_000  # signs; an hour of talk written out
LONGEST_NAME = 60
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # the event contract's own bound
_AHEAD = timedelta(minutes=5)  # a phone's clock may run a little fast
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,119}")
_PHONE = re.compile(r"\+?[\d\s().\-/]{7,24}")
_PLAIN_NUMBER = re.compile(r"[1-9]\d*")  # no + and no leading 0: rather a customer number


@dataclass(frozen=True, slots=True)
class Whom:
    """With whom: an identifier (`user_id`, `email`, `phone`), a `person` token, or `nobody` that we know."""

    kind: str
    value: str = ""


NOBODY = Whom("nobody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One encounter to be logged. `id` makes it one however often it is sent."""

    whom: Whom
    kind: str  # one of CHANNELS
    staff: str  # who of us, a short name
    at: datetime
    words: str = ""  # the customer's own
    reading: str = ""  # what seemed felt or meant: ours, never a fact
    research: str = "not asked"  # may it be used for research: yes | no | not asked
    id: str = field(default_factory=lambda: uuid4().hex)
    case: str | None = None  # the ticket or case it belongs to
    solved_at: datetime | None = None
    unmet: str = ""  # of a file's case: AUTOMATIC or UNANSWERED, so none of us met anybody


def whom(text: str) -> Whom:
    """Read what was typed: an e-mail has an @, a phone number a + or a leading 0; empty is nobody that we know.

    Anything else is a customer number.
    """
    text = text.strip()
    if not text:
        return NOBODY
    if "@" in text:
        return Whom("email", text)
    if _PHONE.fullmatch(text) and not _PLAIN_NUMBER.fullmatch(text):
        return Whom("phone", text)
    return Whom("user_id", text)


def check(meeting: Meeting, *, now: datetime) -> None:
    """Raises KundskabError, with one sentence, for a meeting that cannot be."""
    if meeting.kind not in CHANNELS:
        raise KundskabError(f"{meeting.kind!r} is no way we meet; choose one of {', '.join(CHANNELS)}.")
    if meeting.research not in ANSWERS:
        raise KundskabError(f"The answer about research is {', '.join(ANSWERS[:2])} or {ANSWERS[2]}.")
    if not meeting.staff.strip() or len(meeting.staff) > LONGEST_NAME:
        raise KundskabError(f"Say who of us met them, in at most {LONGEST_NAME} signs.")
    if not _ID.fullmatch(meeting.id):
        raise KundskabError("An encounter's id has 8 to 120 letters, digits and . _ : - and begins with one of these.")
    _check_whom(meeting.whom)
    _check_time(meeting.at, now)
    for name, text in (("words", meeting.words), ("reading", meeting.reading), ("name", meeting.staff)):
        if len(text) > LONGEST_TEXT:
            raise KundskabError(f"The {name} have {len(text):,} signs; {LONGEST_TEXT:,} fit, so please shorten them.")
        if not _is_text(text):
            raise KundskabError(f"The {name} hold signs that are none; please write them anew.")


def _is_text(text: str) -> bool:
    """Half of a pair of signs, as broken programs cut them, can be kept nowhere."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_whom(who: Whom) -> None:
    if who.kind not in ("user_id", "email", "phone", "person", "nobody"):
        raise KundskabError(f"{who.kind!r} is no kind of identifier; give an e-mail, a phone or a customer number.")
    if who.kind != "nobody" and identifier_value(who.value) is None:
        raise KundskabError("This identifies nobody; give an e-mail, a phone or a customer number, or leave it empty.")


def _check_time(at: datetime, now: datetime) -> None:
    if at.tzinfo is None:
        raise KundskabError("The time needs its time zone.")
    if at > now + _AHEAD:
        raise KundskabError("This meeting lies in the future; log it when it has taken place.")
    if at < EARLIEST:
        raise KundskabError(f"This meeting lies before {EARLIEST.year}; look at its year.")
