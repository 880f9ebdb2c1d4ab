"""Encounters in the digest: who was met, what she said about research, and the sealed words' way into the vault."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kundskab.events import Event, Identifier
from kundskab.pipeline.digest.rows import Arrived
from kundskab.pipeline.home import Home
from kundskab.vault import Purpose, Statement, Tx
from kundskab.vault.encounters import Kept, Sealed

ENCOUNTER, CLAIMED = "Encounter", "Encounter Claimed"
RESEARCH = "research"
TOKEN = "token"  # a kind of identifier that no sender can give: the value is an actor already
_STATUS = {"yes": "grant", "no": "refuse"}


def met(event: Event, meta: Mapping[str, Any]) -> tuple[Event, Mapping[str, Any] | None]:
    """(the event with the one who was met for its actor, what stands beside it); unchanged when it is no meeting.

    A browser's key is public, so whoever holds it may claim that we met them and is not believed: the event is renamed.
    """
    meeting = meta.get("meeting")
    if not isinstance(meeting, dict):
        claimed = event.action == ENCOUNTER and meta.get("key", "browser") != "server"
        return (replace(event, action=CLAIMED) if claimed else event), None
    # "nobody" is an identifier of its own for each meeting: an actor that is never met again.
    kind = TOKEN if meeting["whom"] == "person" else meeting["whom"]
    return replace(event, actor=Identifier(kind, event.actor.value)), meeting


def answers(
    arrived: Arrived, purposes: Mapping[str, Purpose], token: Callable[[Identifier], str]
) -> Iterator[Statement]:
    """What the one we met said to "may we use this for research?", as a line of the ledger with its proof."""
    meeting, purpose = arrived.meeting, purposes.get(RESEARCH)
    status = _STATUS.get(meeting.get(RESEARCH, "")) if meeting else None
    if meeting is None or purpose is None or status is None:
        return
    yield Statement(
        actor=token(arrived.event.actor),
        purpose=RESEARCH,
        status=status,
        strength="verified",
        basis=purpose.basis,
        notice_version=purpose.notice_version,
        source=arrived.source,
        channel=arrived.event.channel,
        occurred_at=arrived.event.occurred_at,
        received_at=arrived.received_at,
        position=f"{arrived.journal}:{arrived.position}",
        proof={
            "event_id": arrived.event.event_id,
            "how": f"asked when we met ({meeting['kind']})",
            "asked_by": meeting["staff"],
            "recorded_by": meeting["by"],
        },
    )


def take_words(home: Home, tx: Tx, kept: Sequence[Arrived], token: Callable[[Identifier], str]) -> None:
    """Put the sealed words of meetings that may be kept into the vault, each once, and write down who logged them."""
    logged = {a.event.event_id: a for a in kept if a.meeting and a.meeting.get("audited")}
    for new in home.vault.encounters.add(tx, _words(kept, token)):
        if arrived := logged.get(new.event_id):
            who, at = (arrived.meeting or {})["by"], arrived.received_at
            home.vault.audit(tx, who=who, action="meet", subject=new.actor, reason=new.kind, at=at)


def _words(kept: Sequence[Arrived], token: Callable[[Identifier], str]) -> Iterator[Kept]:
    for arrived in kept:
        meeting = arrived.meeting
        if meeting is None or "sealed" not in meeting:
            continue
        yield Kept(
            event_id=arrived.event.event_id,
            actor=token(arrived.event.actor),
            kind=meeting["kind"],
            staff=meeting["staff"],
            occurred_at=arrived.event.occurred_at,
            noted_at=arrived.received_at,
            research=meeting[RESEARCH],
            sealed=Sealed(meeting["key_id"], b64decode(meeting["sealed"])),
        )
