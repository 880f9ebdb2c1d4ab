"""A meeting on its way into the journal: one durable write, from which everything else follows.

The entry is a usual event, and beside its body, where no sender can write, what the digest needs to know of the
meeting: who was met, who of us, and the words, sealed from here on. The digest puts the words into the vault in the
same transaction that lets the event in; so nothing acknowledged is lost, and nothing is ever half there.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from kundskab.journal import Entry, Journal
from kundskab.pipeline.encounters.meeting import ACTION, CHANNELS, UNMET, Meeting
from kundskab.pipeline.home import Home

_AT_ONCE = 1_000  # entries a commit


def into_journal(
    home: Home, meetings: Iterable[tuple[Meeting, str]], *, received_at: datetime, by: str, audited: bool
) -> int:
    """Put (meeting, source) pairs on disk; returns how many. What this returns from is kept, whatever dies next.

    audited: each gets a line of its own in the audit.  Takes a free slot for the while, so it waits for no import and
    no digest. Raises JournalFull, or Busy when all slots are taken; what was sent may be sent again, its id makes it
    one.
    """
    rest, done = iter(meetings), 0
    with Journal.open(home.journal) as journal:
        while part := list(islice(rest, _AT_ONCE)):
            journal.append([_entry(home, meeting, source, received_at, by, audited) for meeting, source in part])
            done += len(part)
    return done


def _entry(home: Home, meeting: Meeting, source: str, received_at: datetime, by: str, audited: bool) -> Entry:
    meta = {"key": "server", "meeting": {**_beside(home, meeting, by), "audited": audited}}
    return Entry(source, received_at, orjson.dumps(meta), orjson.dumps(_event(meeting)), 1)


def _event(meeting: Meeting) -> dict[str, Any]:
    """The event as any client would send it: that we met, never what was said."""
    channel = CHANNELS[meeting.kind]
    properties: dict[str, Any] = {"category": meeting.unmet or meeting.kind, "channel": channel}
    if not meeting.unmet:
        properties |= {"staff": meeting.staff, "research": meeting.research}
    if meeting.solved_at:
        properties["hours_to_solve"] = round((meeting.solved_at - meeting.at).total_seconds() / 3600, 2)
    return {
        "type": "track",
        "event": UNMET.get(meeting.unmet, ACTION),
        "messageId": meeting.id,
        "userId": meeting.whom.value or meeting.id,
        "timestamp": meeting.at.isoformat(),
        "properties": properties,
        **({"context": {"sessionId": meeting.case}} if meeting.case else {}),
    }


def _beside(home: Home, meeting: Meeting, by: str) -> dict[str, Any]:
    beside: dict[str, Any] = {"whom": meeting.whom.kind}
    if not meeting.unmet:
        sealed = home.vault.encounters.seal(meeting.id, words=meeting.words, reading=meeting.reading)
        beside |= {
            "kind": meeting.kind,
            "staff": meeting.staff,
            "research": meeting.research,
            "by": by,
            "key_id": sealed.key_id,
            "sealed": b64encode(sealed.secret).decode(),
        }
    return beside
