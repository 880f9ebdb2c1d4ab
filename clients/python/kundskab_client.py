"""A small client of Kundskab's HTTP API, for a company's own server. One file, no dependency: copy it, or import it.

    api = Kundskab("https://kundskab.example.com", read_key="kr_...", purpose="personalisation")
    plan = api.plan("checkout", ["shoe_size", "email"], user_id="ann")
    plan.ask            # ["email"]
    plan.known          # {"shoe_size": 42}
    api.asked("checkout", plan.ask, user_id="ann")

The read key is a secret of the server: never send it to a browser.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

TIMEOUT_SECONDS = 5.0


class Refused(Exception):
    """The API said no. status: of HTTP; 0 when nobody answered.  retry_after: seconds to wait, when it said so."""

    def __init__(self, status: int, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True)
class Plan:
    """What to do about each question of a form, in their order. questions: as the API tells them."""

    questions: tuple[Mapping[str, Any], ...]

    @property
    def known(self) -> dict[str, Any]:
        """question -> value, of those to skip."""
        return {one["question"]: one["value"] for one in self.questions if one["do"] == "skip"}

    @property
    def confirm(self) -> dict[str, Any]:
        """question -> value, of those she may just confirm."""
        return {one["question"]: one["value"] for one in self.questions if one["do"] == "confirm"}

    @property
    def ask(self) -> list[str]:
        return [one["question"] for one in self.questions if one["do"] == "ask"]

    @classmethod
    def asking_all(cls, questions: Iterable[Mapping[str, Any]]) -> Plan:
        """The plan when nobody answers: a form must work without us."""
        return cls(tuple({"question": one["name"], "do": "ask", "why": None, "value": None} for one in questions))


class Kundskab:
    """Asks one Kundskab with one read key. Safe to share between threads."""

    def __init__(
        self, url: str, read_key: str, *, purpose: str | None = None, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        """purpose: what all answers are for; may be left out when the key has only one."""
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {read_key}", "Content-Type": "application/json"}
        self._purpose = {} if purpose is None else {"purpose": purpose}
        self._timeout_seconds = timeout_seconds

    def plan(
        self, form: str, questions: Iterable[str | Mapping[str, Any]], *, signed_in: bool | None = None, **who: str
    ) -> Plan:
        """What this form need not ask. who: user_id="ann", anonymous_id=, email=, phone= or person=.

        A question is a name or {"name": ..., "max_age_days": ..., "always_ask": ..., "synonyms": [...]}.  signed_in:
        whether you know that it is she.  When the API cannot be reached, or is busy, everything is to be asked.
        Raises Refused for a key or a question that is wrong.
        """
        asked = _questions(questions)
        try:
            told = self._send("/api/forms/plan", self._form(form, asked, signed_in, who))
        except Refused as refusal:
            if refusal.status in (0, 429) or refusal.status >= 500:
                return Plan.asking_all(asked)
            raise
        return Plan(tuple(told["questions"]))

    def asked(
        self,
        form: str,
        questions: Iterable[str | Mapping[str, Any]],
        *,
        signed_in: bool | None = None,
        shown_at: datetime | None = None,
        **who: str,
    ) -> list[str]:
        """Tell which questions were really asked; returns those that need not have been."""
        asked = _questions(questions)
        if not asked:
            return []
        content = self._form(form, asked, signed_in, who)
        if shown_at is not None:
            content["shown_at"] = shown_at.isoformat()
        return list(self._send("/api/forms/asked", content)["asked_twice"])

    def profile(self, *, activity: bool = True, **who: str) -> dict[str, Any] | None:
        """Facts, consents and activity of somebody; None when nobody is known by this."""
        return self._find("/api/profiles/find", {"who": who, "activity": activity, **self._purpose})

    def events(self, person: str, *, before: str | None = None, limit: int = 50) -> dict[str, Any] | None:
        """{"events": [...], "next": ...}: newest first; give `next` as `before` to go on."""
        query = {"limit": limit, **self._purpose, **({"before": before} if before else {})}
        return self._find(f"/api/people/{person}/events?{urlencode(query)}", None)

    def record_consent(self, status: str, *, proof: Mapping[str, Any] | None = None, **who: str) -> dict[str, Any]:
        """Write down "grant", "refuse", "withdraw" or "object" for the purpose; a grant needs a proof."""
        content = {"who": who, "status": status, "proof": dict(proof or {}), **self._purpose}
        return self._send("/api/consents", content)

    def status(self) -> dict[str, Any]:
        """The books."""
        return self._send("/api/status", None)

    def _form(
        self, form: str, questions: list[dict[str, Any]], signed_in: bool | None, who: Mapping[str, str]
    ) -> dict[str, Any]:
        content: dict[str, Any] = {"form": form, "questions": questions, **self._purpose}
        if who:
            content["who"] = dict(who)
        if signed_in is not None:
            content["signed_in"] = signed_in
        return content

    def _find(self, path: str, content: Mapping[str, Any] | None) -> dict[str, Any] | None:
        try:
            return self._send(path, content)
        except Refused as refusal:
            if refusal.status == 404:
                return None
            raise

    def _send(self, path: str, content: Mapping[str, Any] | None) -> Any:
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(self._url + path, body, self._headers)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_seconds) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise _refusal(error) from None
        except OSError as error:
            raise Refused(0, f"Kundskab does not answer at {self._url}: {error}") from error


def _questions(given: Iterable[str | Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": one} if isinstance(one, str) else dict(one) for one in given]


def _refusal(error: urllib.error.HTTPError) -> Refused:
    try:
        detail = str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        detail = f"HTTP {error.code}"
    waiting = error.headers.get("Retry-After", "")
    return Refused(error.code, detail, int(waiting) if waiting.isdecimal() else None)
