"""One person's numbers as her events come: told by what refresh kept, without a refit.

Her events are read through a view, so whoever may not be used has none, and keeps the refresh's numbers or nothing.
Where refresh kept no model, or another version did, the refresh's numbers stand as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from kundskab.consent.view import View
from kundskab.lake import derived
from kundskab.pipeline.home import Home
from kundskab.types import KundskabError

if TYPE_CHECKING:
    from kundskab.predictions.actions.following import Along
    from kundskab.predictions.actions.foretell import Change, Foretold
    from kundskab.predictions.actions.model import Model
    from kundskab.predictions.objects.kept import Foreseen
    from kundskab.segments.living import State
    from kundskab.segments.memberships import Memberships

ACTION, ALONG, WORTH, OBJECTS = "next-action", "next-action-along", "worth", "next-object"
SEGMENTS, BEHAVIOURS = "segments", "behaviours"
STILL_NOW = timedelta(days=90)  # where she did nothing for longer, all is told as of what she did last


@dataclass(frozen=True, slots=True)
class News:
    """Somebody did something after the last refresh.  latest: when last.  as_of: the moment for which all is told."""

    refreshed: datetime
    latest: datetime
    as_of: datetime


class Live:
    """Reads kept models once, and each person's events when she is asked for. One serves many threads."""

    def __init__(self, home: Home, now: Callable[[], datetime]) -> None:
        self._home = home
        self._now = now
        self._lock = Lock()
        self._read: dict[tuple[str, str], tuple[Path, Any]] = {}

    def news(self, view: View, person: str) -> News | None:
        """None before a refresh, and while she has done nothing since it that may be used."""
        refreshed = self._refreshed(view)
        if refreshed is None:
            return None
        own = view.events_of(person)
        latest = own[-1].occurred_at if own else None
        now = self._now()
        if latest is None or not refreshed < latest <= now:
            return None
        return News(refreshed, latest, now if now - latest <= STILL_NOW else latest)

    def _refreshed(self, view: View) -> datetime | None:
        return max((part.as_of for part in derived.parts(self._home.lake, "people", view.purpose)), default=None)

    # What is heavy is imported when somebody has news, not before.

    def next_action(self, view: View, person: str, news: News, *, horizon_days: int | None) -> Foretold | None:
        """What she does next, and when.  horizon_days: None: that of the refresh."""
        from kundskab.pipeline.foretelling import anew

        model = self._of_actions(view, news.refreshed)
        if model is None:
            return None
        return anew.next_action(model, view, person, as_of=news.as_of, horizon_days=horizon_days)

    def changes(self, view: View, person: str, as_of: datetime, *, horizon_days: int) -> list[Change]:
        """What would change what is foretold of her as of a moment; nothing where no model can be asked."""
        from kundskab.pipeline.foretelling import anew

        refreshed = self._refreshed(view)
        model = None if refreshed is None else self._of_actions(view, refreshed)
        return [] if model is None else anew.changes(model, view, person, as_of=as_of, horizon_days=horizon_days)

    def worth(self, view: View, person: str, news: News) -> dict[str, Any] | None:
        """Her row of the table worth, where what she did may change it by more than the days that went by."""
        from kundskab.pipeline.foretelling import anew

        kept = self._model(view, WORTH, news.refreshed, anew.worth_model)
        return (
            None if kept is None else anew.worth(kept, view, person, self._home, since=news.refreshed, as_of=news.as_of)
        )

    def next_objects(self, view: View, person: str, news: News) -> Foreseen | None:
        """What she turns to next, the likeliest first."""
        from kundskab.pipeline.foretelling import anew

        kept = self._model(view, OBJECTS, news.refreshed, anew.objects_model)
        return None if kept is None else anew.next_objects(kept, view, person)

    def memberships(self, view: View, person: str, news: News) -> tuple[State, Memberships] | None:
        """How much of each segment she is."""
        from kundskab.pipeline.foretelling import anew

        state = self._model(view, SEGMENTS, news.refreshed, anew.segments_state)
        words = self._model(view, BEHAVIOURS, news.refreshed, anew.vocabulary)
        if state is None or words is None or not state.ids:
            return None
        return state, anew.memberships(state, words, view, person, self._home, as_of=news.as_of)

    def _of_actions(self, view: View, refreshed: datetime) -> Model | None:
        """The kept model of the next act, mended by what came since it was learnt."""
        from kundskab.pipeline.foretelling import anew

        model: Model | None = self._model(view, ACTION, refreshed, anew.action_model)
        along: Along | None = self._model(view, ALONG, refreshed, anew.along)
        # One that was kept for a model just replaced is passed over.
        fits = model is not None and along is not None and along.weights.shape[-1] == len(model.names)
        return replace(model, along=along) if model and fits else model

    def _model(self, view: View, name: str, refreshed: datetime, read: Callable[[bytes], Any]) -> Any:
        """What the last refresh kept by this name, read once; None where it kept none, or one that cannot be read."""
        parts = derived.parts(self._home.lake, "models", view.purpose)
        part = next((part for part in parts if part.part == name and part.as_of == refreshed), None)
        if part is None:
            return None
        key = (view.purpose, name)
        with self._lock:
            known = self._read.get(key)
        if known is None or known[0] != part.path:
            try:
                known = part.path, read(derived.body(part))
            # Kept by another version, replaced meanwhile, or wanting what is not installed here.
            except (KeyError, ValueError, TypeError, OSError, KundskabError):
                known = part.path, None
            with self._lock:
                self._read[key] = known
        return known[1]
