"""What people asked of us about themselves, for those who settle it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kundskab.pipeline.home import Home
from kundskab.pipeline.writing import writing
from kundskab.types import KundskabError
from kundskab.vault import Request

DUE = timedelta(days=30)  # one month, GDPR article 12(3)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as a line in a list."""

    id: int
    person: str
    kind: str  # copy | forget | correct | restrict | human
    words: str
    at: datetime
    due: datetime
    source: str
    settled_at: datetime | None
    settled_by: str | None
    outcome: str | None


class Requests:
    """Hangs on the desk as `desk.requests`."""

    def __init__(self, home: Home, now: Callable[[], datetime]) -> None:
        self._home = home
        self._now = now

    def open(self) -> list[RequestRow]:
        """Those nobody has settled, the longest waiting first."""
        with self._home.vault.reading() as tx:
            waiting = self._home.vault.requests.open(tx)
        return [self._row(request) for request in waiting]

    def settled(self, limit: int = 50) -> list[RequestRow]:
        """Those settled last, newest first."""
        with self._home.vault.reading() as tx:
            done = self._home.vault.requests.settled(tx, limit)
        return [self._row(request) for request in done]

    def settle(self, number: int, *, who: str, outcome: str) -> None:
        """Close a request with one sentence of what came of it; audited.

        Raises KundskabError when the sentence is missing, the number unknown or the request settled already.
        """
        if not outcome.strip():
            raise KundskabError("Say in one sentence what came of the request; the person will read it.")
        with writing(self._home, "request") as tx:
            request = self._home.vault.requests.settle(tx, number, by=who, outcome=outcome, at=self._now())
            self._home.vault.audit(
                tx, who=who, action="settle", subject=request.actor, reason=f"request {number}", at=self._now()
            )

    def _row(self, request: Request) -> RequestRow:
        return RequestRow(
            id=request.id,
            person=self._home.vault.person_of(request.actor),
            kind=request.kind,
            words=str(request.details.get("words") or ""),
            at=request.at,
            due=request.at + DUE,
            source=request.source,
            settled_at=request.settled_at,
            settled_by=request.settled_by,
            outcome=request.outcome,
        )
