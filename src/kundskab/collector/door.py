"""The decision about one request: what goes into the journal, and what its sender is told. Pure: no IO, no clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import orjson

from kundskab.collector.rules import Rules, refusal
from kundskab.events import Parsed, Quarantine, RawRequest, Signal, admit, read_signal

_LISTED = 500  # events; in a bigger request only those that were not accepted are listed


@dataclass(frozen=True, slots=True)
class Decision:
    body: bytes  # what the journal keeps: as it came, save for events whose body may not be kept
    refused: dict[int, str]  # place in the request -> reason
    results: list[dict[str, str | None]]  # per event: id, result, and reason and help where it was not accepted
    quarantined: int


def decide(parsed: Parsed, request: RawRequest, rules: Rules) -> Decision:
    """Judge every event of a request; all of them will be journaled and counted, whatever the judgement."""
    refused: dict[int, str] = {}
    results: list[dict[str, str | None]] = []
    quarantined = 0
    signal: Signal | None = None
    reason: str | None = None
    for place, verdict in enumerate(admit(parsed, request)):
        if isinstance(verdict, Quarantine) and (why := _refused_anyway(parsed.events[place], request, rules)):
            refused[place] = why
            results.append({"id": verdict.event_id, "result": "refused", "reason": why, "help": _HELP[why]})
            continue
        if isinstance(verdict, Quarantine):
            quarantined += 1
            results.append(
                {"id": verdict.event_id, "result": "quarantined", "reason": verdict.reason, "help": verdict.help}
            )
            continue
        # The events of a batch mostly come from one banner and repeat its words: judge each new word once.
        if verdict.signal != signal:
            signal, reason = verdict.signal, refusal(verdict.signal, rules)
        if reason:
            refused[place] = reason
            results.append({"id": verdict.event_id, "result": "refused", "reason": reason, "help": _HELP[reason]})
        else:
            results.append({"id": verdict.event_id, "result": "accepted"})
    body = _without(parsed, results, refused) if refused else request.body
    return Decision(body, refused, results, quarantined)


def _refused_anyway(raw: Any, request: RawRequest, rules: Rules) -> str | None:
    """Why an event that cannot be true must not be kept aside either: its own signal refuses."""
    if not isinstance(raw, dict):
        return None
    context = raw.get("context")
    return refusal(read_signal(context if isinstance(context, dict) else {}, request.gpc), rules)


def told(decision: Decision) -> dict[str, Any]:
    """The JSON object of a 200: counts of events, and results per event."""
    received, refused = len(decision.results), len(decision.refused)
    results = decision.results
    if received > _LISTED:
        results = [result for result in results if result["result"] != "accepted"]
    return {
        "success": True,
        "received": received,
        "accepted": received - refused - decision.quarantined,
        "quarantined": decision.quarantined,
        "refused": refused,
        "results": results,
    }


_HELP = {
    "signal": "The event's own consent refuses every purpose of this source; its content was not kept.",
    "gpc": "The browser sends Global Privacy Control and this source collects for nothing else; nothing was kept.",
}


def _without(parsed: Parsed, results: list[dict[str, str | None]], refused: dict[int, str]) -> bytes:
    """The request with every refused event reduced to its stub, in its place."""
    kept = [
        _stub(raw, results[place]["id"], refused[place]) if place in refused else raw
        for place, raw in enumerate(parsed.events)
    ]
    whole: dict[str, Any] = {"batch": kept}
    if isinstance(parsed.sent_at, (str, int, float)):
        whole["sentAt"] = parsed.sent_at
    return _dumped(whole)


def _stub(raw: dict[str, Any], event_id: str | None, reason: str) -> dict[str, Any]:
    """Who refused, when and what: the ledger needs it to honour the refusal elsewhere. Nothing of what was done."""
    context = raw.get("context")
    said = {name: context[name] for name in _CONSENT if name in context} if isinstance(context, dict) else {}
    stub = {name: raw[name] for name in _WHO_AND_WHEN if name in raw}
    return stub | {"refused": reason, "messageId": event_id, "type": "track", "event": "refused", "context": said}


_WHO_AND_WHEN = ("userId", "anonymousId", "timestamp", "originalTimestamp", "sentAt")
_CONSENT = ("consent", "consentManagement", "gpc")


def _dumped(whole: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(whole)
    except TypeError:  # nested deeper than orjson writes; the digest quarantines that event, the door must carry it
        whole["batch"] = [_carried(raw) for raw in whole["batch"]]
        return json.dumps(whole).encode()


def _carried(raw: Any) -> Any:
    try:
        json.dumps(raw)
    except RecursionError:
        return None
    return raw
