"""One request with events, from its first byte to its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import orjson

from kundskab.collector import answers, bodies
from kundskab.collector.answers import Answer, Receive, problem
from kundskab.collector.auth import shown_key
from kundskab.collector.door import decide, told
from kundskab.collector.keys import Keys
from kundskab.collector.load import Load
from kundskab.collector.options import Options
from kundskab.collector.refusals import Refusals
from kundskab.collector.rules import Rules
from kundskab.events import RawRequest, TooLarge, Unreadable, parse
from kundskab.journal import Entry, JournalFull
from kundskab.pipeline.rates import Rates
from kundskab.types import utc_now

MOST_BYTES = 4 << 20  # the biggest batch a client sends is Rudder's, 4,096,000 bytes
_DISK_SECONDS = 5
_OVERLOAD_SECONDS = 2
_HEADER_SIGNS = 200


class Commit(Protocol):
    """What the door needs of a journal; see kundskab.journal.GroupCommit."""

    @property
    def has_room(self) -> bool: ...

    async def append(self, entry: Entry) -> int: ...


class Intake:
    """Load, key, rate, bytes, JSON, judgement, journal: in this order, so that refusing costs least under stress."""

    def __init__(
        self, keys: Keys, commit: Commit, *, options: Options, refusals: Refusals, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._keys = keys
        self._commit = commit
        self._options = options
        self._refusals = refusals
        self._now = now
        self._load = Load(most_bytes=options.held_bytes, most_requests=options.held_requests)
        self._rates = Rates()

    async def take(
        self, receive: Receive, headers: Mapping[bytes, bytes], query: bytes, *, path_type: str | None
    ) -> Answer:
        """Answer a POST of events: 200 once they are on disk, else a problem that says what to do.

        Raises Gone when the sender hung up.
        """
        key = shown_key(headers, query)
        answer = await self._before_reading(key)
        if answer is None:
            with self._load.hold(_declared_bytes(headers)):
                answer = await self._read_and_keep(receive, headers, key, path_type)
        if answer.code:
            self._refusals.note(answer.status, answer.code, _tail(key))
        return answer

    async def take_event(self, event: dict[str, Any], headers: Mapping[bytes, bytes], key: str | None) -> Answer:
        """The same for an event that came without a body, by the pixel."""
        answer = await self._before_reading(key)
        if answer is None:
            body = orjson.dumps(event)
            with self._load.hold(len(body)):
                answer = await self._keep(body, headers, key, path_type=None)
        if answer.code:
            self._refusals.note(answer.status, answer.code, _tail(key))
        return answer

    async def _before_reading(self, key: str | None) -> Answer | None:
        """Whatever can be refused without looking at the body."""
        if self._load.is_over:
            return _overloaded()
        if not self._commit.has_room:
            return _disk_full()
        if key is None:
            return None
        rules = await self._keys.rules(key)
        return _unknown_key() if rules is None else self._too_fast(key, rules)

    async def _read_and_keep(
        self, receive: Receive, headers: Mapping[bytes, bytes], key: str | None, path_type: str | None
    ) -> Answer:
        try:
            body = await bodies.read(receive, headers, most_bytes=MOST_BYTES)
            with self._load.hold(max(0, len(body) - _declared_bytes(headers)), requests=0):  # what unpacking added
                if self._load.is_over:
                    return _overloaded()
                return await self._keep(body, headers, key, path_type=path_type)
        except Unreadable as error:
            return problem(400, "unreadable", str(error))
        except TooLarge as error:
            return problem(413, "too_large", str(error))

    async def _keep(
        self, body: bytes, headers: Mapping[bytes, bytes], key: str | None, *, path_type: str | None
    ) -> Answer:
        parsed = parse(body, path_type=path_type)
        shown = key or parsed.write_key
        rules = await self._keys.rules(shown) if shown else None
        if shown is None or rules is None:
            return _unknown_key()
        if key is None and (waiting := self._too_fast(shown, rules)):
            return waiting
        if not parsed.events:
            return answers.json(
                {"success": True, "received": 0, "accepted": 0, "quarantined": 0, "refused": 0, "results": []}
            )

        request = _raw_request(body, headers, rules, received_at=self._now(), path_type=path_type)
        decision = decide(parsed, request, rules)
        meta = _meta(request, rules, decision.refused)
        entry = Entry(rules.source, request.received_at, meta, decision.body, len(decision.results))
        try:
            await self._commit.append(entry)
        except JournalFull:
            return _disk_full()
        self._rates.pay(shown, entry.events, per_second=self._speed(rules))
        return answers.json(told(decision))

    def _too_fast(self, key: str, rules: Rules) -> Answer | None:
        wait = self._rates.wait_seconds(key, per_second=self._speed(rules))
        if wait == 0:
            return None
        return problem(429, "too_fast", f"This key sends too fast; go on in {wait} s.", retry_after=wait)

    def _speed(self, rules: Rules) -> float:
        return rules.events_per_second or self._options.events_per_second


def _raw_request(
    body: bytes, headers: Mapping[bytes, bytes], rules: Rules, *, received_at: datetime, path_type: str | None
) -> RawRequest:
    return RawRequest(
        body=body,
        received_at=received_at,
        path_type=path_type,
        gpc=headers.get(b"sec-gpc") == b"1",
        sent_at_header=_text(headers.get(b"sentat")),
        anonymous_id_header=_text(headers.get(b"anonymousid")),
        source=rules.source,
    )


def _meta(request: RawRequest, rules: Rules, refused: dict[int, str]) -> bytes:
    """What the digest needs beside the body to judge as the door did."""
    meta: dict[str, Any] = {
        "path_type": request.path_type,
        "gpc": request.gpc,
        "sent_at_header": request.sent_at_header,
        "anonymous_id_header": request.anonymous_id_header,
        "key": rules.key_kind,
    }
    if refused:
        # Beside the body, where no sender can write: {"place": reason}.
        meta["refused"] = {str(place): reason for place, reason in refused.items()}
    return orjson.dumps(meta)


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1")[:_HEADER_SIGNS] if value else None


def _disk_full() -> Answer:
    return problem(429, "disk", "The disk takes nothing more just now; send it again.", retry_after=_DISK_SECONDS)


def _unknown_key() -> Answer:
    return problem(
        401, "unknown_key", "This write key is unknown, revoked or expired; make one with `kundskab keys create`."
    )


def _declared_bytes(headers: Mapping[bytes, bytes]) -> int:
    """How large the body says it is; one that does not say may be as large as we take."""
    declared = headers.get(b"content-length", b"")
    return min(int(declared), MOST_BYTES) if declared.isdigit() and len(declared) < 10 else MOST_BYTES


def _overloaded() -> Answer:
    return problem(429, "overloaded", "Too much is waiting for the disk; send it again.", retry_after=_OVERLOAD_SECONDS)


def _tail(key: str | None) -> str:
    return f"...{key[-4:]}" if key and len(key) > 8 else ""
