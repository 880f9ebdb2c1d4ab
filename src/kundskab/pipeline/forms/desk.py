"""The plan of a form: which questions to skip, let her confirm, or ask; and the record of what was asked after all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kundskab.pipeline.close_ups import CloseUps
from kundskab.pipeline.forms import counting
from kundskab.pipeline.forms.asking import tell_timeline
from kundskab.pipeline.forms.counting import WeekOfForms
from kundskab.pipeline.home import Home
from kundskab.pipeline.notes import Deed, Notes
from kundskab.pipeline.profiles import Asker
from kundskab.pipeline.proven import Proven, Who, proven
from kundskab.pipeline.views import Views
from kundskab.profiles import Answer, Question, known
from kundskab.profiles.known import CONFIRM, KNOWN, UNKNOWN
from kundskab.vault import AskedCount

SKIP, ASK = "skip", "ask"
_DO = {KNOWN: SKIP, CONFIRM: CONFIRM, UNKNOWN: ASK}
NOT_SIGNED_IN = "not signed in"
# What a server knows from a session of its own; anything else a stranger may have typed, or found in a cookie.
_FROM_A_SESSION = frozenset({"user_id", "person"})


@dataclass(frozen=True, slots=True)
class Planned:
    """What to do about one question. value, how, source, at: of skip and confirm."""

    question: str
    do: str  # skip | confirm | ask
    why: str | None = None  # confirm: old | conflicting | inferred; ask: always asked | not signed in
    value: Any = None
    how: str | None = None
    source: str | None = None
    at: datetime | None = None
    age_days: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A form's questions, in their order."""

    form: str
    purpose: str
    questions: tuple[Planned, ...]

    def count(self, do: str) -> int:
        return sum(one.do == do for one in self.questions)


class Forms:
    """Forms of this workspace: planned, asked, counted."""

    def __init__(self, home: Home, views: Views, notes: Notes, now: Callable[[], datetime]) -> None:
        self._home = home
        self._views = views
        self._notes = notes
        self._close_ups = CloseUps(home, now)
        self._now = now

    def plan(
        self,
        form: str,
        who: Who | None,
        questions: Sequence[Question],
        *,
        purpose: str,
        asker: Asker,
        signed_in: bool | None = None,
    ) -> Plan:
        """What to do about each question, for this person and purpose; noted in the audit when she is known.

        signed_in: whether the asking server knows that it is she who sits before the form. None: yes for a user id or
        a person token, which come from a session; no for what a visitor may have typed or carries in a cookie. When it
        is no, only what her own device told us is used, and nothing at all of an e-mail address or phone number: else
        a form could be made to tell what we know of anybody.
        Raises KundskabError for a purpose the workspace does not know or an identifier that cannot be one.
        """
        found, answers = self._known(who, questions, purpose, signed_in, at=None)
        trusted = who is None or _is_trusted(who, signed_in)
        planned = tuple(_planned(answer, trusted=trusted) for answer in answers)
        counts = [
            self._count(form, one.question, planned=1, skipped=one.do == SKIP, confirmed=one.do == CONFIRM)
            for one in planned
        ]
        deed = None if found is None else Deed(asker.name, "plan form", found.person, purpose, form)
        self._notes.keep(deed, counts=counts, key_id=asker.key_id)
        return Plan(form, purpose, planned)

    def asked(
        self,
        form: str,
        who: Who | None,
        questions: Sequence[Question],
        *,
        purpose: str,
        asker: Asker,
        signed_in: bool | None = None,
        shown_at: datetime | None = None,
    ) -> list[str]:
        """Record which questions a form really asked; returns those that it could have skipped.

        shown_at: when she saw the form (now); what she answered since then was not known.  Each question is counted
        without her, and stands on her timeline as "Question Asked" as far as she permits.
        """
        shown = min(shown_at or self._now(), self._now())
        found, answers = self._known(who, questions, purpose, signed_in, at=shown)
        twice = [answer.question for answer in answers if answer.state == KNOWN]
        counts = [self._count(form, answer.question, asked=1, asked_twice=answer.state == KNOWN) for answer in answers]
        deed = None if found is None else Deed(asker.name, "record asking", found.person, purpose, form)
        if found is not None:
            tell_timeline(self._home, found.actor, form, answers, at=shown, now=self._now())
        self._notes.keep(deed, counts=counts, key_id=asker.key_id)
        return twice

    def counts(self, week: date | None = None, *, purpose: str = "analytics") -> WeekOfForms:
        """How often forms asked, and asked twice, in the week (Monday to Sunday) of this day; None: of today.

        Through the API, and by "Question Asked" events that forms sent themselves, as far as the purpose shows them.
        """
        day = week or self._now().astimezone(self._home.zone).date()
        with self._views.kept(purpose) as view:
            return counting.week_of(self._home, view, day)

    def _known(
        self,
        who: Who | None,
        questions: Sequence[Question],
        purpose: str,
        signed_in: bool | None,
        at: datetime | None,
    ) -> tuple[Proven | None, list[Answer]]:
        with self._home.vault.reading() as tx:
            found = None if who is None else proven(self._home, tx, who)
            if found is not None and who is not None and not _is_trusted(who, signed_in):
                found = Proven(found.person, found.actor, (found.actor,)) if who.kind == "anonymous_id" else None
            seen = self._close_ups.open(tx, found, purpose, at=at)
        return found, known(seen, found.person if found else None, questions)

    def _count(self, form: str, question: str, **counts: int) -> AskedCount:
        day = self._now().astimezone(self._home.zone).date().isoformat()
        return AskedCount(day, form, question, **{name: int(n) for name, n in counts.items()})


def _is_trusted(who: Who, signed_in: bool | None) -> bool:
    return who.kind in _FROM_A_SESSION if signed_in is None else signed_in


def _planned(answer: Answer, *, trusted: bool) -> Planned:
    why = answer.why
    if answer.state == UNKNOWN and why is None and not trusted:
        why = NOT_SIGNED_IN  # said whether we know her or not, so it tells nothing
    return Planned(
        answer.question, _DO[answer.state], why, answer.value, answer.how, answer.source, answer.at, answer.age_days
    )
