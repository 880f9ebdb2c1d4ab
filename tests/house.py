"""One workspace in a test's own folder, and what comes in at its door: the same judgement and journal as in earnest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from tests.new_home import NOON, home_with_web

from kundskab.collector.door import Decision, decide
from kundskab.collector.intake import _meta
from kundskab.collector.rules import Rules
from kundskab.consent.view import View
from kundskab.events import RawRequest, parse
from kundskab.journal import Entry, Journal
from kundskab.pipeline.desk import Desk
from kundskab.pipeline.digest import Digested, digest
from kundskab.pipeline.home import Home
from kundskab.pipeline.sources import declaration_of

YES = {"analytics": True}
NO = {"analytics": False}

_number = count(1)


def track(
    who: str | None = "ann",
    action: str = "Visited",
    *,
    device: str | None = None,
    id: str | None = None,
    consent: Mapping[str, bool] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """A Segment event: `who` a user id, `device` an anonymous id, `id` the message id (made when not given)."""
    event: dict[str, Any] = {"type": "track", "event": action, "messageId": id or f"m-{next(_number)}"}
    if who is not None:
        event["userId"] = who
    if device is not None:
        event["anonymousId"] = device
    if consent is not None:
        event["context"] = {"consent": {"categoryPreferences": dict(consent)}}
    return event | fields


def identify(who: str, device: str | None = None, **fields: Any) -> dict[str, Any]:
    """An identify call: this device is this user, with her traits."""
    event = track(who, device=device, **fields)
    del event["event"]
    return event | {"type": "identify"}


@dataclass
class House:
    """A workspace, its desk, its clock (it stands still until a test moves it) and its journals."""

    home: Home
    now: datetime = NOON
    journals: dict[str, Journal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = Desk(self.home, now=lambda: self.now)

    def later(self, **time: float) -> None:
        """Move the clock."""
        self.now += timedelta(**time)

    def hear(
        self,
        *events: Any,
        source: str = "web",
        key: str = "browser",
        gpc: bool = False,
        worker: str = "00",
        path_type: str | None = None,
        **batch: Any,
    ) -> Decision:
        """What the collector does with one request: judge each event, put the request into the worker's journal."""
        body = orjson.dumps(events[0] if path_type else {"batch": list(events), **batch})
        return self.hear_body(body, source=source, key=key, gpc=gpc, worker=worker, path_type=path_type)

    def hear_body(
        self, body: bytes, *, source: str = "web", key: str = "browser", gpc: bool = False, worker: str = "00",
        path_type: str | None = None,
    ) -> Decision:  # fmt: skip
        rules = self._rules(source, key)
        request = RawRequest(body, self.now, path_type, gpc, source=source)
        decision = decide(parse(body, path_type=path_type), request, rules)
        if not decision.results:
            return decision
        meta = _meta(request, rules, decision.refused)
        self.journal(worker).append([Entry(source, self.now, meta, decision.body, len(decision.results))])
        return decision

    def journal(self, worker: str) -> Journal:
        """The journal of this worker; a new one takes the next free slot, so workers are named "00", "01" in turn."""
        if worker not in self.journals:
            self.journals[worker] = opened = Journal.open(self.home.journal)
            assert opened.name == worker
        return self.journals[worker]

    def digest(self, **options: Any) -> Digested:
        return digest(self.home, now=lambda: self.now, wait_seconds=0, **options)

    def take(self, *events: Any, **request: Any) -> Digested:
        """Hear and digest."""
        self.hear(*events, **request)
        return self.digest()

    def view(self, purpose: str = "analytics", at: datetime | None = None) -> View:
        return self.desk.view(purpose, at)

    def seen(self, purpose: str = "analytics") -> list[str]:
        """The actions that may be used for the purpose, sorted."""
        return sorted(self.view(purpose).events.action.to_pyarrow().to_pylist())

    def rows(self) -> list[tuple[str, str]]:
        """(source, event id) of every row of the lake, whatever it may be used for."""
        from kundskab.lake.reader import live_ids

        return sorted((source, event_id) for source, event_id, _, _ in live_ids(self.home.lake, self.home.temp))

    def person(self, who: str, kind: str = "user_id") -> str:
        """The person behind an identifier."""
        actor = self.home.vault.find(kind, who)
        assert actor is not None, f"{who} is not known"
        return self.home.vault.person_of(actor)

    def says(self, who: str, status: str, purpose: str = "analytics", *, kind: str = "user_id") -> str:
        """Somebody tells our staff that she grants, withdraws or objects."""
        return self.desk.record_consent(kind, who, purpose=purpose, status=status, proof={"form": "phone"}, who="Cy")

    def restart(self) -> None:
        """Close every handle and open the workspace anew, as a process that starts."""
        self.close()
        self.journals.clear()
        self.home = Home.open(self.home.folder)
        self.desk = Desk(self.home, now=lambda: self.now)

    def close(self) -> None:
        for journal in self.journals.values():
            journal.close()
        self.home.close()

    def _rules(self, source: str, key: str) -> Rules:
        with self.home.vault.reading() as tx:
            purposes = {purpose.name: purpose for purpose in self.home.vault.purposes(tx)}
            return Rules(source, 1, key, declaration_of(self.home.vault.source(source, tx), purposes))


def make_house(folder: Path) -> House:
    """A new workspace with the live source `web`; `folder` ends in "home" and does not exist."""
    return House(home_with_web(folder))
