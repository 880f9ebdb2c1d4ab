"""The desk: what pages, the command line and the notebook may ask for, answered in plain values.

Everything about people goes through a view for the purpose that is asked for. One desk serves many threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from kundskab.consent.view import View
from kundskab.pipeline import books, listing, quarantine, reading, registry
from kundskab.pipeline.answers import (
    About,
    Change,
    EventRow,
    PeoplePage,
    PersonPage,
    PurposeRow,
    QuarantinePage,
    ReplayReport,
    SourceBooks,
    SourceRow,
    Volume,
)
from kundskab.pipeline.behaviour import Behaviour
from kundskab.pipeline.catalogue import Catalogue
from kundskab.pipeline.digest import replay
from kundskab.pipeline.distance import Distances
from kundskab.pipeline.drivers import Drivers
from kundskab.pipeline.ease import Ease
from kundskab.pipeline.encounters import Encounters
from kundskab.pipeline.explore import Explore
from kundskab.pipeline.foretelling import Live, Predictions, Undervalued
from kundskab.pipeline.forms import Forms
from kundskab.pipeline.home import Home
from kundskab.pipeline.linking import Linking
from kundskab.pipeline.listing import EVERYBODY, Wanted
from kundskab.pipeline.news import Lately
from kundskab.pipeline.notes import Notes
from kundskab.pipeline.own.own import OwnPages
from kundskab.pipeline.plans import Plans
from kundskab.pipeline.profiles import Profiles
from kundskab.pipeline.read_keys import ReadKeys
from kundskab.pipeline.requests import Requests
from kundskab.pipeline.segments import Segments
from kundskab.pipeline.stories import Stories
from kundskab.pipeline.views import Views
from kundskab.pipeline.workspace_settings import WorkspaceSettings
from kundskab.types import Books, utc_now

T = TypeVar("T")


class Desk:
    """Open with Desk.open(home); close when done, or use it as a context manager."""

    def __init__(self, home: Home, *, now: Callable[[], datetime] = utc_now) -> None:
        self.home = home
        self._now = now
        self._views = Views(home, now=now)
        self._catalogue = Catalogue(home)
        self.explore = Explore(home, self._views)
        self.news = Lately(home, now)
        self.plans = Plans(home, now)
        self.encounters = Encounters(home, self._views, now)
        self.behaviour = Behaviour(home, self._views)
        self.distance = Distances(home, self._views, now)
        self.ease = Ease(home, self._views, self._catalogue, now)
        self.drivers = Drivers(self._views)
        self.linking = Linking(home, now, self._views)
        self.own = OwnPages(home, now)
        self.requests = Requests(home, now)
        live = Live(home, now)
        self.segments = Segments(home, self._views, now, live)
        self.predictions = Predictions(self._views, self._catalogue, live)
        self.undervalued = Undervalued(self._views, self._catalogue)
        self.settings = WorkspaceSettings(home, now)
        self.stories = Stories(home, self._views, now)
        self._answers: WeakKeyDictionary[View, dict[object, Any]] = WeakKeyDictionary()
        self._volumes: tuple[object, list[Volume]] | None = None
        self.notes = Notes(home, now)
        self.forms = Forms(home, self._views, self.notes, now)
        self.profiles = Profiles(home, self._views, self._catalogue, self.notes, now)
        self.read_keys = ReadKeys(home, now)

    @classmethod
    def open(cls, folder: Path, *, now: Callable[[], datetime] = utc_now) -> Desk:
        """The desk of an existing workspace. Raises KundskabError when there is none."""
        return cls(Home.open(Path(folder)), now=now)

    def close(self) -> None:
        self.notes.close()
        self.home.close()

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def view(self, purpose: str = "analytics", at: datetime | None = None) -> View:
        """A fresh view, good for five minutes."""
        return self._views.open(purpose, at)

    @property
    def about(self) -> About:
        s = self.home.settings
        return About(s.name, s.workspace_id, s.timezone, s.currency, s.fictitious, s.created_at)

    # --- what came in

    def books(self) -> Books:
        """received == stored + duplicate + refused + quarantined + waiting, over all sources."""
        return books.books(self.home)

    def books_by_source(self) -> list[SourceBooks]:
        return books.by_source(self.home)

    def refusals(self) -> dict[str, int]:
        """Reason -> events whose bodies were dropped."""
        return books.refusals(self.home)

    def status(self) -> dict[str, Any]:
        """One JSON-able object: the books, persons, actors, lag, versions."""
        return books.status(self.home, self._now())

    def volumes(self, days: int = 30) -> list[Volume]:
        """Events per day and source over the newest days that have any."""
        key = (self.home.lake.snapshot_id(), days)
        if self._volumes is None or self._volumes[0] != key:
            self._volumes = (key, books.volumes(self.home, days))
        return self._volumes[1]

    def changes(self, limit: int = 20) -> list[Change]:
        """What people and the clock did, newest first."""
        return registry.changes(self.home, limit)

    # --- people and what they did

    def tail(self, *, purpose: str = "analytics", limit: int = 50) -> list[EventRow]:
        """The newest events that may be used for the purpose, newest first by arrival."""
        catalogue = self._catalogue.current()
        with self._views.kept(purpose) as view:
            return self._once(view, ("tail", limit), lambda: reading.tail(view, catalogue, limit=limit))

    def people(
        self,
        *,
        purpose: str = "analytics",
        search: str = "",
        page: int = 1,
        size: int = 50,
        wanted: Wanted = EVERYBODY,
        who: str = "someone",
    ) -> PeoplePage:
        """Persons, those seen last first; `search` is a token or an identifier, looked up in the vault and audited."""
        found = (
            registry.look_up(self.home, search, who=who, purpose=purpose, at=self._now()) if search.strip() else None
        )
        searched, settings = bool(search.strip()), self.home.settings
        with self._views.kept(purpose) as view:
            return self._once(
                view,
                ("people", found, searched, page, size, wanted),
                lambda: listing.people(
                    view, person=found, searched=searched, page=page, size=size, currency=settings.currency,
                    zone=settings.timezone, now=self._now(), wanted=wanted,
                ),
            )  # fmt: skip

    def channels(self, *, purpose: str = "analytics") -> list[str]:
        """By which channels anybody came, the commonest first."""
        with self._views.kept(purpose) as view:
            return self._once(view, "channels", lambda: listing.channels(view))

    def person(self, person: str, *, purpose: str = "analytics", who: str) -> PersonPage | None:
        """One person as far as the purpose allows; audited. None when nobody has this token."""
        with self._views.kept(purpose) as view:
            return reading.person(self.home, view, person, purpose=purpose, who=who, at=self._now())

    def timeline(
        self, person: str, *, purpose: str = "analytics", before: datetime | None = None, limit: int = 100
    ) -> list[EventRow]:
        """A person's events, newest first; an actor that was joined to somebody since leads to her."""
        catalogue, now_hers = self._catalogue.current(), self.home.vault.person_of(person)
        with self._views.kept(purpose) as view:
            return reading.timeline(view, catalogue, now_hers, before=before, limit=limit)

    def record_consent(
        self, kind: str, value: str, *, purpose: str, status: str, proof: Mapping[str, Any], who: str
    ) -> str:
        """Record that the person behind an identifier grants, withdraws or objects; returns her token."""
        return registry.record_consent(
            self.home, kind, value, purpose=purpose, status=status, proof=proof, who=who, at=self._now()
        )

    def _once(self, view: View, key: object, ask: Callable[[], T]) -> T:
        """The same question to the same view has the same answer; it is forgotten with the view."""
        answers = self._answers.setdefault(view, {})
        if key not in answers:
            answers[key] = ask()
        answer: T = answers[key]
        return answer

    # --- quarantine

    def quarantine(
        self, *, reason: str | None = None, page: int = 1, size: int = 50, masked: bool = False
    ) -> QuarantinePage:
        """What could not be read. masked: excerpts show types, not what stood there."""
        return quarantine.page(self.home, reason=reason, page=page, size=size, masked=masked)

    def replay(self, ids: list[int] | None, *, reason: str | None = None, who: str) -> ReplayReport:
        """Try quarantined events again: these numbers, or all of a reason, or all."""
        return replay(self.home, ids, reason=reason, who=who, now=self._now)

    # --- sources, keys, purposes

    def sources(self) -> list[SourceRow]:
        return registry.sources(self.home)

    def create_source(
        self,
        name: str,
        *,
        label: str = "",
        purposes: list[str] | None = None,
        basis: dict[str, str] | str | None = None,
        on_refusal: str = "strip",
        no_signal: str = "no_grant",
        plan: str | None = None,
        categories: Mapping[str, str] | None = None,
        events_per_second: float | None = None,
        who: str,
    ) -> None:
        """Add a live source, or change one. purposes None: the usual ones, see `sources.DEFAULT_LIVE`.

        categories: the banner's words -> purposes.  events_per_second: for each of its keys in each collector worker.
        """
        registry.put_source(
            self.home,
            name,
            label=label or name,
            purposes=purposes,
            basis=basis,
            on_refusal=on_refusal,
            no_signal=no_signal,
            plan=plan,
            categories=categories,
            events_per_second=events_per_second,
            who=who,
            at=self._now(),
        )

    def create_key(self, source: str, *, kind: str, who: str) -> str:
        """A new write key, shown once."""
        return registry.create_key(self.home, source, kind=kind, who=who, at=self._now())

    def rotate_key(self, key_id: int, *, overlap_days: int = 7, who: str) -> str:
        """A new key beside the old one, which works for overlap_days more."""
        return registry.rotate_key(self.home, key_id, overlap=timedelta(days=overlap_days), who=who, at=self._now())

    def revoke_key(self, key_id: int, *, who: str) -> None:
        registry.revoke_key(self.home, key_id, who=who, at=self._now())

    def purposes(self) -> list[PurposeRow]:
        return [PurposeRow(p.name, p.basis, p.notice_version, p.description) for p in self.home.vault.purposes()]

    def put_purpose(
        self, name: str, *, basis: str, description: str, notice: str, notice_version: str, who: str
    ) -> None:
        """Add a purpose, or give one a new basis, description or notice; a new text needs a new version."""
        registry.put_purpose(
            self.home,
            name,
            basis=basis,
            description=description,
            notice=notice,
            notice_version=notice_version,
            who=who,
            at=self._now(),
        )
