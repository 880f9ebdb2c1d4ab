"""`desk.segments` and `ws.segments`: what refresh understood of segments, read through a view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import pyarrow as pa

from kundskab.consent.view import View
from kundskab.pipeline.catalogue import Catalogue
from kundskab.pipeline.foretelling.live import Live
from kundskab.pipeline.home import Home
from kundskab.pipeline.segments import reading
from kundskab.pipeline.segments.answers import Belonging, Happening, MembersPage, NamedBy, Overview, Portrait
from kundskab.pipeline.segments.kept import Naming, read_kept, write_kept
from kundskab.pipeline.segments.over_time import before
from kundskab.pipeline.segments.written import WrittenSegments
from kundskab.pipeline.views import Views
from kundskab.pipeline.writing import writing
from kundskab.segments.flows import Flow, flow
from kundskab.segments.names import called
from kundskab.types import KundskabError

T = TypeVar("T")

LONGEST_NAME = 60
_WHO = "notebook"


class Segments:
    """Reads raise KundskabError while nothing is computed: "run kundskab refresh"."""

    def __init__(self, home: Home, views: Views, now: Callable[[], datetime], live: Live) -> None:
        self._home = home
        self._views = views
        self._now = now
        self._catalogue = Catalogue(home)
        self._live = live
        self.written = WrittenSegments(home, views, now)
        self._answers: WeakKeyDictionary[View, dict[object, Any]] = WeakKeyDictionary()

    # --- tables, for a notebook

    def memberships(self, *, purpose: str = "analytics") -> pa.Table:
        """Many rows per person: person, segment, weight (0-1), low, high (90 %), events, sure, as_of."""
        return self._table("memberships", "person", "segment", "weight", "low", "high", "as_of", "events", "sure",
                           purpose=purpose)  # fmt: skip

    def profiles(self, *, purpose: str = "analytics") -> pa.Table:
        """What each segment does: segment, behaviour, share (0-1, of all it does), lift (against everybody)."""
        return self._table("profiles", "segment", "behaviour", "share", "lift", purpose=purpose)

    def behaviours(self, *, purpose: str = "analytics") -> pa.Table:
        """What segments are learnt from, many rows per person: person, behaviour, count."""
        return self._table("behaviours", "person", "behaviour", "count", purpose=purpose)

    def lineage(self, *, purpose: str = "analytics") -> pa.Table:
        """The family tree: segment, happening, other, occurred_at, reason, distance, mass (expected people)."""
        return self._table("lineage", "segment", "happening", "other", "occurred_at", "reason", "distance", "mass",
                           purpose=purpose)  # fmt: skip

    def names(self, *, purpose: str = "analytics") -> dict[str, str]:
        """segment -> what it is called: by somebody here, else as proposed; also of those that are no more."""
        with self._views.kept(purpose) as view:
            return self._names(view)

    def flow(self, since: datetime | None = None, until: datetime | None = None, *, purpose: str = "analytics") -> Flow:
        """How people moved between two refreshes; not given: between the last and the one of a day or more before.

        Raises KundskabError for a time of which no refresh is kept, and while there is only one.
        """
        with self._views.kept(purpose) as view:
            return self._flow(view, since, until)

    def moments(self, *, purpose: str = "analytics") -> list[datetime]:
        """As of when refreshes are kept, oldest first."""
        with self._views.kept(purpose) as view:
            return self._once(view, "moments", lambda: reading.moments(view))

    def _table(self, name: str, *columns: str, purpose: str) -> pa.Table:
        with self._views.kept(purpose) as view:
            return view.derived(name).select(*columns).to_pyarrow()

    # --- pages

    def overview(self, *, purpose: str = "analytics") -> Overview:
        """All segments at a glance."""
        with self._views.kept(purpose) as view:
            return self._overview(view)

    def portrait(self, segment: str, *, purpose: str = "analytics") -> Portrait | None:
        """One segment; None when there is none, and never was."""
        with self._views.kept(purpose) as view:
            found, names = self._overview(view), self._names(view)
            card = next((card for card in found.cards if card.segment == segment), None)
            if card is None:
                return None
            near = [
                (pair.other if pair.one == segment else pair.one, pair.persons)
                for pair in found.pairs
                if segment in (pair.one, pair.other)
            ]
            return Portrait(
                card=card,
                as_of=found.as_of,
                snapshot=found.snapshot,
                known=found.known,
                doing=self._once(view, ("doing", segment), lambda: reading.doing(view, segment, self._calls())),
                tree=reading.tree(view, segment),
                sizes=reading.sizes(view, segment),
                moves=found.before is not None,
                near=tuple(near),
                one_thing=reading.one_thing(view, segment=segment, calls=self._calls()),
                named=self._named(view, segment),
                names=names,
            )

    def members(self, segment: str, *, page: int = 1, size: int = 50, purpose: str = "analytics") -> MembersPage:
        """Who is in a segment. Raises KundskabError when they are fewer than five: so few are not listed."""
        with self._views.kept(purpose) as view:
            return reading.members(view, segment, page=page, size=size)

    def tree(self, *, purpose: str = "analytics") -> tuple[Happening, ...]:
        """What happened to all segments, oldest first."""
        with self._views.kept(purpose) as view:
            return reading.tree(view)

    def of_person(self, person: str, *, purpose: str = "analytics", who: str = _WHO) -> Belonging:
        """What segments say of one person; audited. Told anew where she did something after the refresh."""
        person = self._home.vault.person_of(person)
        with writing(self._home, "audit") as tx:
            self._home.vault.audit(tx, who=who, action="read segments", subject=person, purpose=purpose, at=self._now())
        with self._views.kept(purpose) as view:
            written = {id: each.name for id, each in read_kept(self._home).written.items()}
            names = self._names(view)
            found = reading.belonging(view, person, names, written)
            news = self._live.news(view, person)
            told = self._live.memberships(view, person, news) if news else None
        return found if news is None else reading.with_news(found, told, names, as_of=news.as_of, latest=news.latest)

    # --- names

    def rename(self, segment: str, name: str, *, who: str = _WHO, purpose: str = "analytics") -> None:
        """Call a segment by another name; "" goes back to the proposed one.

        Raises KundskabError for a segment that there is not, a name that is too long, or another segment's.
        """
        name = " ".join(name.split())
        if len(name) > LONGEST_NAME:
            raise KundskabError(f"A segment's name has at most {LONGEST_NAME} signs; say it shorter.")
        with self._views.kept(purpose) as view:
            names = self._names(view)
        if segment not in names:
            raise KundskabError(f"There is no segment {segment!r}.")
        taken = {other.casefold() for id, other in names.items() if id != segment}
        if name.casefold() in taken:
            raise KundskabError(f"There is already a segment called {name!r}; choose another name.")
        with writing(self._home, "segments") as tx:
            kept = read_kept(self._home)
            before = kept.names.get(segment)
            if name == (before.name if before else ""):
                return
            record = Naming(segment, name, who, self._now())
            self._home.vault.audit(
                tx, who=who, action="name segment", subject=segment, reason=name or "as proposed", at=record.at
            )
            # Last: when the file cannot be written, the audit does not say that it was.
            write_kept(self._home, replace(kept, namings=(*kept.namings, record)))

    def _named(self, view: View, segment: str) -> NamedBy | None:
        given = read_kept(self._home).names.get(segment)
        if given is None:
            return None
        proposed = self._once(view, "proposed", lambda: reading.names(view))
        return NamedBy(given.name, given.who, given.at, proposed.get(segment, ""))

    def _names(self, view: View) -> dict[str, str]:
        proposed = self._once(view, "proposed", lambda: reading.names(view))
        given = {segment: each.name for segment, each in read_kept(self._home).names.items()}
        return {segment: given.get(segment, name) for segment, name in proposed.items()}

    # --- what several of them need

    def _overview(self, view: View) -> Overview:
        found = self._once(view, "crowd", lambda: reading.everybody(view))
        names = self._names(view)
        key = ("overview", tuple(names.items()))
        return self._once(view, key, lambda: reading.overview(view, found, names, self._calls()))

    def _calls(self) -> Callable[[str], str]:
        """From a behaviour to the same with the name of its object, as the catalogue has it now."""
        catalogue, now = self._catalogue.current(), self._now()
        return lambda behaviour: called(behaviour, lambda thing: catalogue.name_of(thing, now))

    def _flow(self, view: View, since: datetime | None, until: datetime | None) -> Flow:
        known = self._once(view, "moments", lambda: reading.moments(view))
        until = until or known[-1]
        earlier = [moment for moment in known if moment < until]
        if since is None and not earlier:
            raise KundskabError("Segments were refreshed only once; who moves is seen from the second time on.")
        since = since or before(until, known)
        if since not in known or until not in known or since >= until:
            raise KundskabError("Choose two refreshes that are kept, the earlier one first; see moments().")
        span = (since, until)
        return self._once(
            view, span, lambda: flow(view.derived("memberships", history=True), since=span[0], until=span[1])
        )

    def _once(self, view: View, key: object, ask: Callable[[], T]) -> T:
        answers = self._answers.setdefault(view, {})
        if key not in answers:
            answers[key] = ask()
        answer: T = answers[key]
        return answer
