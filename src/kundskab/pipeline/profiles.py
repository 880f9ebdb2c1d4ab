"""What a company's own servers may ask about one person: profile, facts, consents, events; each reading is noted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kundskab.consent.facts import FactSeen
from kundskab.pipeline import registry
from kundskab.pipeline.answers import ConsentRow, EventRow
from kundskab.pipeline.catalogue import Catalogue
from kundskab.pipeline.close_ups import CloseUps
from kundskab.pipeline.home import Home
from kundskab.pipeline.notes import Deed, Notes
from kundskab.pipeline.proven import Proven, Who, proven
from kundskab.pipeline.reading import Place, consent_row, events_of
from kundskab.pipeline.views import Views
from kundskab.profiles import Answer, Question, known
from kundskab.vault import Tx


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as the audit tells it. key_id: the read key that was shown."""

    name: str
    key_id: int | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """What a person did, as far as the purpose allows, in counts."""

    events: int
    first_seen: datetime | None
    last_seen: datetime | None
    actions: dict[str, int]  # the commonest, most often first


@dataclass(frozen=True, slots=True)
class ProfileAnswer:
    """One person as far as the identifier proves and the purpose allows."""

    person: str
    purpose: str
    facts: tuple[FactSeen, ...]  # the newest of each name, by name
    consents: tuple[ConsentRow, ...]
    activity: Activity | None  # None: it was not asked for


@dataclass(frozen=True, slots=True)
class EventsPage:
    """Some of a person's events, newest first. next: where to go on; None at the end."""

    rows: tuple[EventRow, ...]
    next: Place | None


MOST_ACTIONS = 8


class Profiles:
    """Profiles of persons in this workspace, for others than staff."""

    def __init__(
        self, home: Home, views: Views, catalogue: Catalogue, notes: Notes, now: Callable[[], datetime]
    ) -> None:
        self._home = home
        self._views = views
        self._catalogue = catalogue
        self._close_ups = CloseUps(home, now)
        self._notes = notes
        self._now = now

    def profile(
        self, who: Who, *, purpose: str, asker: Asker, purposes: Collection[str] | None = None, activity: bool = True
    ) -> ProfileAnswer | None:
        """Facts, consents and activity of somebody; None when nobody is known by this.

        purposes: consents of these alone (all).  activity: whether to count what she did, which asks the lake.
        Raises KundskabError for a purpose the workspace does not know or an identifier that cannot be one.
        """
        with self._home.vault.reading() as tx:
            found = proven(self._home, tx, who)
            if found is None:
                return None
            seen = self._close_ups.open(tx, found, purpose)
            consents = self._consents(tx, found, purposes)
        self._note("read profile", found, purpose, asker)
        did = self._activity(found, purpose) if activity else None
        return ProfileAnswer(found.token, purpose, newest(seen.facts), consents, did)

    def known(
        self, who: Who, questions: Sequence[Question], *, purpose: str, asker: Asker
    ) -> tuple[str, list[Answer]] | None:
        """(token, one answer per question); None when nobody is known by this. Raises like `profile`."""
        with self._home.vault.reading() as tx:
            found = proven(self._home, tx, who)
            if found is None:
                return None
            seen = self._close_ups.open(tx, found, purpose)
        self._note("read known answers", found, purpose, asker)
        return found.token, known(seen, found.person, questions)

    def facts(self, who: Who, *, purpose: str, asker: Asker) -> tuple[FactSeen, ...] | None:
        """Every fact with its history, oldest first; None when nobody is known by this. Raises like `profile`."""
        with self._home.vault.reading() as tx:
            found = proven(self._home, tx, who)
            if found is None:
                return None
            seen = self._close_ups.open(tx, found, purpose)
        self._note("read facts", found, purpose, asker)
        return seen.facts

    def consents(self, who: Who, *, purposes: Collection[str], asker: Asker) -> tuple[ConsentRow, ...] | None:
        """What holds for these purposes now; None when nobody is known by this."""
        with self._home.vault.reading() as tx:
            found = proven(self._home, tx, who)
            if found is None:
                return None
            rows = self._consents(tx, found, purposes)
        self._note("read consents", found, None, asker)
        return rows

    def record_consent(
        self, who: Who, *, purpose: str, status: str, proof: Mapping[str, Any], asker: Asker
    ) -> ConsentRow | None:
        """Write down what she said, verified, for the identifier given; somebody new becomes known by it.

        None when a token is nobody's.  Returns what holds now.  Raises KundskabError for what cannot be said.
        """
        kind, value = who.kind, who.value
        if kind == "person":
            with self._home.vault.reading() as tx:
                if not self._home.vault.kinds_of(tx, [value]):
                    return None
        actor = registry.record_consent(
            self._home, kind, value, purpose=purpose, status=status, proof=proof, who=asker.name, at=self._now()
        )
        with self._home.vault.reading() as tx:
            found = proven(self._home, tx, Who("person", value) if kind == "person" else who)
            assert found is not None, f"{actor} spoke just now"
            return self._consents(tx, found, {purpose})[0]

    def events(
        self, who: Who, *, purpose: str, asker: Asker, before: Place | None = None, limit: int = 50
    ) -> EventsPage | None:
        """Her events, newest first, behind `before`; None when nobody is known by this. Raises like `profile`."""
        with self._home.vault.reading() as tx:
            found = proven(self._home, tx, who)
        if found is None:
            return None
        self._note("read events", found, purpose, asker)
        catalogue = self._catalogue.current()
        with self._views.kept(purpose) as view:
            rows = events_of(view, catalogue, found.person, found.actors, before=before, limit=limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        return EventsPage(tuple(rows[:limit]), Place(last.occurred_at, last.ingested_seq) if last else None)

    def _consents(self, tx: Tx, found: Proven, purposes: Collection[str] | None) -> tuple[ConsentRow, ...]:
        vault = self._home.vault
        said = vault.statements_of(tx, found.actors)
        rows = vault.map_rows(tx, found.actors)
        return tuple(
            consent_row(purpose, said, rows)
            for purpose in vault.purposes(tx)
            if purposes is None or purpose.name in purposes
        )

    def _activity(self, found: Proven, purpose: str) -> Activity:
        with self._views.kept(purpose) as view:
            rows = view.counts_of(found.person, found.actors)
        return Activity(
            events=sum(row.events for row in rows),
            first_seen=min((row.first for row in rows), default=None),
            last_seen=max((row.last for row in rows), default=None),
            actions={row.action: row.events for row in rows[:MOST_ACTIONS]},
        )

    def _note(self, action: str, found: Proven, purpose: str | None, asker: Asker) -> None:
        self._notes.keep(Deed(asker.name, action, found.person, purpose), key_id=asker.key_id)


def newest(facts: Collection[FactSeen]) -> tuple[FactSeen, ...]:
    """The last fact of each name, by name. facts: oldest first."""
    last = {fact.name: fact for fact in facts}
    return tuple(last[name] for name in sorted(last))
