"""What an event's own signal says, as lines for the consent ledger.

A browser's write key is public. Whoever holds it may speak for the device it is, and only claim to speak for a user:
so a stranger cannot forge a grant for somebody else's user id. A browser that shows its company's signature is believed
for the user id that was signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import orjson

from kundskab.consent.collection import Declaration, preferences_by_purpose
from kundskab.consent.purposes import GPC_OBJECTS_TO
from kundskab.events import Identifier
from kundskab.pipeline.digest.rows import Arrived
from kundskab.vault import Purpose, Statement

# Segment's own name for an event that is a statement of consent and nothing else. Other events carry the banner's
# state along, and are recorded only when that changes; this one always is, with its properties as proof.
STATED = "Segment Consent Preference Updated"


def statements(
    arrived: Arrived,
    declaration: Declaration,
    purposes: Mapping[str, Purpose],
    token: Callable[[Identifier], str],
    proven: Callable[[Arrived], bool],
) -> Iterator[Statement]:
    """One statement per speaker and purpose that the signal names; none without a signal."""
    signal = arrived.event.signal
    if not signal.preferences and not signal.gpc:
        return
    for purpose, status in _said(arrived, declaration).items():
        if purpose not in purposes:
            continue
        for identifier, strength in _speakers(arrived, proven):
            yield Statement(
                actor=token(identifier),
                purpose=purpose,
                status=status,
                strength=strength,
                basis=purposes[purpose].basis,
                notice_version=purposes[purpose].notice_version,
                source=arrived.source,
                channel=arrived.event.channel,
                occurred_at=arrived.event.occurred_at,
                received_at=arrived.received_at,
                position=f"{arrived.journal}:{arrived.position}",
                proof=_proof(arrived),
                from_signal=arrived.event.action != STATED,
            )


def _proof(arrived: Arrived) -> dict[str, object]:
    """How we can show it: which event, by which signal, and for a statement made as such, all that came with it."""
    event = arrived.event
    proof: dict[str, object] = {"event_id": event.event_id, "by": "gpc" if event.signal.gpc else "consent object"}
    if event.action == STATED:
        proof["stated"] = orjson.loads(event.properties)
    return proof


def _said(arrived: Arrived, declaration: Declaration) -> dict[str, str]:
    signal = arrived.event.signal
    spoken = preferences_by_purpose(signal.preferences, declaration)
    said = {purpose: "grant" if allowed else "refuse" for purpose, allowed in spoken.items()}
    if signal.gpc:
        said |= dict.fromkeys(GPC_OBJECTS_TO, "object")
    return said


def _speakers(arrived: Arrived, proven: Callable[[Arrived], bool]) -> Iterator[tuple[Identifier, str]]:
    event = arrived.event
    if arrived.key == "server":
        yield event.actor, "verified"
        return
    if event.device is not None:
        yield event.device, "verified"
    believed = event.actor.kind == "anonymous_id" or proven(arrived)
    yield event.actor, "verified" if believed else "claimed"
