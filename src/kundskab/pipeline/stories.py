"""What a person's page tells beside their events: their rhythm, what they stand out by, what they told us and allowed.

Everything through a view for the purpose asked for, save what was said about purposes itself: that decides what may be
seen at all. Reading is audited by whoever opens the page (`Desk.person`); proofs and identifiers are audited here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from kundskab.consent.view import LIFETIME, View
from kundskab.pipeline.encounters import ACTION
from kundskab.pipeline.home import Home
from kundskab.pipeline.views import Views
from kundskab.pipeline.writing import writing
from kundskab.profiles.known import Answer as Known
from kundskab.profiles.known import known
from kundskab.profiles.own import own_deeds
from kundskab.profiles.rhythm import Rhythm, of_times
from kundskab.profiles.standout import Standout, of_deeds
from kundskab.profiles.yardstick import Yardstick, yardstick
from kundskab.types import KundskabError
from kundskab.vault import Statement

OLD = timedelta(days=365)  # records that end longer ago are told as of their last day
SHORTEST_REASON = 8  # signs: "request" says why; "x" does not


@dataclass(frozen=True, slots=True)
class Answer:
    """What they told us once about one thing, and how we came to know it."""

    value: Any  # a JSON value
    how: str  # given | observed | inferred
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that we know: what holds now, and what they had told us before that was different, newest first."""

    name: str
    now: Answer
    before: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of the consent ledger, with its proof."""

    purpose: str
    status: str  # grant | refuse | withdraw | object
    at: datetime
    believed: bool  # False: a browser claims it, and anybody could
    source: str
    channel: str | None
    recorded_by: str | None  # who of us, when a human wrote it down
    with_event: bool  # came along with something they did
    notice_version: str | None
    notice: str | None  # the text they were shown, where we keep it
    proof: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """rhythm: None when they did nothing themselves.  standout: None when nothing stands out, which is usual."""

    days: Mapping[date, int]  # day by the workspace's clock -> events that they did themselves
    rhythm: Rhythm | None
    standout: Standout | None
    told: tuple[Told, ...]
    compared: int | None  # people that they were held against; None when there are too few
    answers: tuple[Known, ...] = ()  # to the questions that these facts answer: known, or to be confirmed and why
    met: bool = False  # whether one of us wrote down an encounter with them
    ended: date | None = None  # where nobody did anything for a year: the day of the newest event, as if it were today


@dataclass(frozen=True, slots=True)
class Revealed:
    """One identifier in the clear."""

    actor: str
    kind: str
    value: str


class Stories:
    """Hangs on the desk as `desk.stories`."""

    def __init__(self, home: Home, views: Views, now: Callable[[], datetime]) -> None:
        self._home = home
        self._views = views
        self._now = now
        self._lock = Lock()
        self._yardsticks: dict[str, tuple[datetime, Yardstick | None, datetime | None]] = {}

    def of(self, person: str, *, purpose: str = "analytics") -> Story:
        """The story of one person as far as the purpose allows; audit the reading that it is part of."""
        person = self._home.vault.person_of(person)
        zone = self._home.settings.timezone
        with self._views.kept(purpose) as view:
            measure, newest = self._yardstick(view)
            deeds = own_deeds(view, person, zone=zone)
            told = _told(view, person)
            answers = tuple(known(view, person, [fact.name for fact in told]))
        is_old = newest is not None and newest < self._now() - OLD
        today = (newest if newest and is_old else self._now()).astimezone(ZoneInfo(zone)).date()
        rhythm = of_times([deed.at for deed in deeds], today=today)
        met = any(deed.action == ACTION for deed in deeds)
        days = Counter(deed.at.date() for deed in deeds)
        return Story(
            days=days,
            rhythm=rhythm,
            standout=of_deeds(deeds, measure),
            told=told,
            compared=measure.persons if measure else None,
            answers=answers,
            met=met,
            ended=today if is_old else None,
        )

    def proofs(self, person: str, purpose: str, *, who: str) -> list[Said]:
        """Everything a person ever said about one purpose, newest first; audited."""
        vault = self._home.vault
        with writing(self._home, "audit") as tx:
            person = vault.person_of(person)
            vault.audit(tx, who=who, action="read proofs", subject=person, purpose=purpose, at=self._now())
            said = [row for row in vault.statements_of(tx, vault.members(person)) if row.purpose == purpose]
        return [self._said(row) for row in sorted(said, key=lambda row: (row.at, row.seq or 0), reverse=True)]

    def reveal(self, person: str, *, purpose: str, reason: str, who: str) -> list[Revealed]:
        """The identifiers behind a person, each audited with the reason.

        Raises KundskabError without a reason, and for somebody who may not be seen for the purpose.
        """
        reason = " ".join(reason.split())
        if len(reason) < SHORTEST_REASON:
            raise KundskabError("Nothing was revealed: say in a few words why you need to know; it is kept.")
        person = self._home.vault.person_of(person)
        if not self.may_be_seen(person, purpose=purpose):
            raise KundskabError(f"Nothing was revealed: there is nobody of this name who permits {purpose}.")
        vault = self._home.vault
        with writing(self._home, "reveal") as tx:
            opened = [
                (actor, vault.reveal(tx, actor, who=who, reason=f"{purpose}: {reason}", at=self._now()))
                for actor in vault.members(person)
            ]
        return [Revealed(actor, *found) for actor, found in opened if found is not None]

    def may_be_seen(self, person: str, *, purpose: str) -> bool:
        """Whether the view for this purpose holds an event or a fact of the person."""
        with self._views.kept(purpose) as view:
            if view.facts_of_person(person).num_rows:
                return True
            return bool(view.of_person(person).select("event_id").limit(1).to_pyarrow().num_rows)

    def visible(self, persons: Collection[str], *, purpose: str) -> set[str]:
        """Those of these persons of whom the purpose allows an event to be seen."""
        if not persons:
            return set()
        with self._views.kept(purpose) as view:
            events = view.events
            seen = events.filter(events.person.isin(sorted(persons))).select("person").distinct().to_pyarrow()
        return set(seen["person"].to_pylist())

    def note_reading(self, person: str, *, purpose: str, who: str) -> None:
        """Write down that somebody read on in a person's timeline."""
        with writing(self._home, "audit") as tx:
            self._home.vault.audit(tx, who=who, action="read timeline", subject=person, purpose=purpose, at=self._now())

    def _yardstick(self, view: View) -> tuple[Yardstick | None, datetime | None]:
        """The purpose's yardstick and its newest event, as old as a view may be: both take everybody's rows."""
        with self._lock:
            made_at, measure, newest = self._yardsticks.get(view.purpose, (None, None, None))
            if made_at is None or self._now() - made_at > LIFETIME:
                made_at, measure = self._now(), yardstick(view, zone=self._home.settings.timezone)
                newest = view.events.occurred_at.max().to_pyarrow().as_py()
                self._yardsticks[view.purpose] = (made_at, measure, newest)
            return measure, newest

    def _said(self, row: Statement) -> Said:
        proof = dict(row.proof or {})
        recorded_by = proof.pop("recorded_by", None)
        return Said(
            purpose=row.purpose,
            status=row.status,
            at=row.at,
            believed=row.strength == "verified",
            source=row.source or "",
            channel=row.channel,
            recorded_by=recorded_by if isinstance(recorded_by, str) else None,
            with_event=row.from_signal,
            notice_version=row.notice_version,
            notice=self._home.vault.notice(row.purpose, row.notice_version) if row.notice_version else None,
            proof=proof,
        )


def _told(view: View, person: str) -> tuple[Told, ...]:
    """By name; a repeated answer keeps the day on which it was given first since it last changed."""
    answers: dict[str, list[Answer]] = {}
    for row in view.fact_history_of_person(person).sort_by("occurred_at").to_pylist():
        answer = Answer(orjson.loads(row["value"]), row["how"], row["source"] or "", row["occurred_at"])
        given = answers.setdefault(row["name"], [])
        if given and given[-1].value == answer.value:
            continue
        given.append(answer)
    return tuple(Told(name, given[-1], tuple(reversed(given[:-1]))) for name, given in sorted(answers.items()))
