"""A question that was asked, on its way to the person's timeline: an event like any other, judged by the digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import orjson

from kundskab.journal import Entry, Journal
from kundskab.pipeline.home import Home
from kundskab.pipeline.sources import settings_for
from kundskab.pipeline.writing import writing
from kundskab.profiles import Answer
from kundskab.profiles.known import KNOWN

SOURCE = "forms"
ACTION = "Question Asked"
PURPOSES = ("necessary", "analytics")


def tell_timeline(home: Home, actor: str, form: str, answers: Sequence[Answer], *, at: datetime, now: datetime) -> None:
    """Put one event per question into the journal; the digest keeps what the person permits.

    at: when they were asked.  Raises JournalFull, or Busy when all slots are taken.
    """
    _make_source(home, now)
    batch = [_event(actor, form, answer, at) for answer in answers]
    # Beside the body, where no sender can write: the actor is a token and no user id.
    meta = {"key": "server", "meeting": {"whom": "person"}}
    with Journal.open(home.journal) as journal:
        journal.append([Entry(SOURCE, now, orjson.dumps(meta), orjson.dumps({"batch": batch}), len(batch))])


def _event(actor: str, form: str, answer: Answer, at: datetime) -> dict[str, object]:
    return {
        "type": "track",
        "event": ACTION,
        "messageId": uuid4().hex,
        "userId": actor,
        "timestamp": at.isoformat(),
        "properties": {"object": form, "question": answer.question, "known": answer.state == KNOWN},
    }


def _make_source(home: Home, now: datetime) -> None:
    if home.vault.source(SOURCE) is not None:
        return
    with writing(home, "settings") as tx:
        known = {purpose.name: purpose for purpose in home.vault.purposes(tx)}
        settings = settings_for([name for name in PURPOSES if name in known], None, known)
        home.vault.put_source(tx, SOURCE, kind="live", label="Forms", settings=settings, at=now)
        home.vault.audit(tx, who="kundskab", action="put_source", subject=SOURCE, at=now)
