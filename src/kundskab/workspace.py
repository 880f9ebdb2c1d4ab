"""What kundskab.open returns: one company's data, in three lines of Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kundskab.consent.view import View
from kundskab.pipeline import importing
from kundskab.pipeline.charting import Charts
from kundskab.pipeline.desk import Desk
from kundskab.pipeline.digest import digest_all
from kundskab.pipeline.foretelling import Predictions, Undervalued
from kundskab.pipeline.home import Home
from kundskab.pipeline.metrics import Metrics
from kundskab.pipeline.people import Profile, find, resolve
from kundskab.pipeline.progress import bar
from kundskab.pipeline.refresh import Refreshed, refresh
from kundskab.pipeline.refresh.work import HORIZON_DAYS
from kundskab.pipeline.worker import tidy
from kundskab.types import Books, ImportReport, KundskabError

_WHO = "notebook"

Progress = Callable[[str, float], None]  # what is being done, and which share of it is done (0-1)


def open_workspace(
    folder: str | PathLike[str],
    *,
    name: str | None = None,
    timezone: str = "UTC",
    currency: str = "EUR",
    fictitious: bool = False,
) -> Workspace:
    """Open the workspace in this folder, making it when it is new (then name, timezone, currency, fictitious count).

    Raises KundskabError when the folder holds something this program cannot open.
    """
    path = Path(folder)
    if (path.expanduser() / "workspace.json").exists():
        return Workspace(Home.open(path))
    return Workspace(Home.create(path, name=name, timezone=timezone, currency=currency, fictitious=fictitious))


class Workspace:
    """One company's data. A context manager; views are short-lived, everything else may be kept."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.desk = Desk(home)
        self.people = People(home)
        self.metrics = Metrics(self.desk.distance, self.desk.behaviour)
        self.segments = self.desk.segments
        self.drivers = self.desk.drivers

    @property
    def predictions(self) -> Predictions:
        """The next action and object, return and worth, and how often we were right."""
        return self.desk.predictions

    @property
    def undervalued(self) -> Undervalued:
        """Of whom more is to be expected than everybody sees."""
        return self.desk.undervalued

    @property
    def charts(self) -> Charts:
        """Figures of what the pages show, as Plotly objects."""
        return Charts(self.desk.explore, self.segments, self.desk.behaviour)

    def view(self, purpose: str = "analytics", at: datetime | str | None = None) -> View:
        """Events, items and facts that may be used for `purpose` now; `at` limits when things happened.

        at: a time or its ISO 8601 text; without a zone it is meant by the workspace's clock.
        """
        return self.desk.view(purpose, None if at is None else _time(at, self.home.zone))

    def import_events(
        self,
        path: str | PathLike[str],
        mapping: Mapping[str, str] | None = None,
        *,
        purposes: Sequence[str] | None = None,
        basis: Mapping[str, str] | str | None = None,
        source: str | None = None,
        timezone: str | None = None,
        keep: str | Sequence[str] = "all",
        fictitious: bool = False,
        by: str = _WHO,
        progress: Progress = lambda what, share: None,
    ) -> ImportReport:
        """Read a file of events (CSV, Parquet, JSONL; also .gz) into the lake, each row once.

        mapping: our field -> a column or a small expression; None takes the guess.  purposes, basis: what the rows may
        be used for and on which lawful basis, as declared by you.  source: the file's name when not given.
        Raises KundskabError for a file or mapping that cannot be used; bad rows go to quarantine, never to nowhere.
        """
        return importing.import_events(
            self.home,
            Path(path),
            mapping=mapping,
            purposes=purposes,
            basis=basis,
            source=source,
            timezone=timezone,
            keep=keep,
            fictitious=fictitious,
            declared_by=by,
            progress=progress,
        )

    def import_people(
        self, path: str | PathLike[str], mapping: Mapping[str, str] | None = None, **options: Any
    ) -> ImportReport:
        """Read facts and consents about people; see `pipeline.importing.import_people`."""
        declared_by = options.pop("by", _WHO)
        return importing.import_people(self.home, Path(path), mapping=mapping, declared_by=declared_by, **options)

    def import_objects(
        self, path: str | PathLike[str], mapping: Mapping[str, str] | None = None, **options: Any
    ) -> ImportReport:
        """Read the catalogue of objects (id, name, category, valid from)."""
        declared_by = options.pop("by", _WHO)
        return importing.import_objects(self.home, Path(path), mapping=mapping, declared_by=declared_by, **options)

    def import_encounters(
        self, path: str | PathLike[str], mapping: Mapping[str, str] | None = None, **options: Any
    ) -> ImportReport:
        """Read the cases of a service desk's export; see `pipeline.importing.import_encounters`."""
        declared_by = options.pop("by", _WHO)
        return importing.import_encounters(self.home, Path(path), mapping=mapping, declared_by=declared_by, **options)

    def refresh(
        self,
        as_of: datetime | str | None = None,
        *,
        purpose: str = "analytics",
        horizon_days: int = HORIZON_DAYS,
        force: bool = False,
        progress: Progress | None = None,
    ) -> Refreshed:
        """Digest what waits, tidy the lake, and compute anew what is understood of people: segments, predictions, ...

        as_of: look at nothing later; None: now, or the newest event where that is older than the longest horizon.
        horizon_days: how far predictions look ahead.  force: also when nothing has changed.  progress: None: a bar.
        Killed, it goes on where it was.  Raises KundskabError when no event may be used for the purpose.
        """
        moment = None if as_of is None else _time(as_of, self.home.zone)
        with bar() if progress is None else nullcontext(progress) as told:
            told("digesting", 0.0)
            digest_all(self.home)
            tidy(self.home)
            return refresh(
                self.home, purpose=purpose, as_of=moment, horizon_days=horizon_days, force=force, progress=told
            )

    def books(self) -> Books:
        """received = stored + duplicate + refused + quarantined + waiting."""
        return self.desk.books()

    def status(self) -> dict[str, Any]:
        return self.desk.status()

    def close(self) -> None:
        self.home.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Workspace {self.home.settings.name!r} in {self.home.folder}>"


def _time(said: datetime | str, zone: ZoneInfo) -> datetime:
    try:
        time = datetime.fromisoformat(said) if isinstance(said, str) else said
    except ValueError:
        raise KundskabError(f"{said!r} is no time; write it like 2026-03-01T12:00:00Z.") from None
    return time if time.tzinfo else time.replace(tzinfo=zone)


class People:
    """From identifiers to persons, through the vault; every look-up is audited."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def find(self, identifier: str, *, purpose: str = "analytics", by: str = _WHO) -> Profile | None:
        """The person with this user id, e-mail or anonymous id, as far as the purpose allows; None when unknown."""
        return find(self._home, identifier, purpose=purpose, who=by)

    def resolve(self, identifiers: Sequence[str], *, kind: str = "user_id", by: str = _WHO) -> list[str | None]:
        """The person token of each identifier of one kind, or None, in the same order."""
        return resolve(self._home, identifiers, kind=kind, who=by)
