"""Kept models asked about one person, from her own events of a view: what `live` imports when somebody has news."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from kundskab.consent.view import View
from kundskab.metrics.purchases import may_count
from kundskab.pipeline.home import Home
from kundskab.pipeline.refresh.worth import told_of_one
from kundskab.predictions.actions.following import along_of as along
from kundskab.predictions.actions.foretell import Change, Foretold, foretell, what_would_change
from kundskab.predictions.actions.histories import is_act
from kundskab.predictions.actions.kept import from_bytes as action_model
from kundskab.predictions.actions.model import Model
from kundskab.predictions.kept import Kept
from kundskab.predictions.kept import from_bytes as worth_model
from kundskab.predictions.objects.kept import Foreseen
from kundskab.predictions.objects.kept import Kept as Objects
from kundskab.predictions.objects.kept import of_bytes as objects_model
from kundskab.predictions.objects.turned import turned_by_one
from kundskab.segments.behaviours import Vocabulary
from kundskab.segments.live import of_person
from kundskab.segments.living import State
from kundskab.segments.memberships import Memberships

__all__ = [
    "action_model", "along", "changes", "memberships", "next_action", "next_objects", "objects_model", "segments_state",
    "vocabulary", "worth", "worth_model",
]  # fmt: skip

segments_state = State.from_bytes
vocabulary = Vocabulary.from_bytes


def next_action(model: Model, view: View, person: str, *, as_of: datetime, horizon_days: int | None) -> Foretold | None:
    """None where she did nothing that counts as an act.  horizon_days: None: that of the refresh."""
    own = _acts(view, person)
    ahead = horizon_days or view.derived("next_action").horizon_days.max().to_pyarrow().as_py()
    return foretell(model, own, as_of.timestamp(), horizon_days=ahead) if own and ahead else None


def changes(model: Model, view: View, person: str, *, as_of: datetime, horizon_days: int) -> list[Change]:
    """What would change it; nothing where she did nothing that counts as an act."""
    own = _acts(view, person)
    return what_would_change(model, own, as_of.timestamp(), horizon_days=horizon_days) if own else []


def _acts(view: View, person: str) -> list[tuple[str, float]]:
    did = view.events_of(person)
    return [(event.action, event.occurred_at.timestamp()) for event in did if event.action and is_act(event.action)]


def next_objects(kept: Objects, view: View, person: str) -> Foreseen | None:
    """None where she turned to nothing that the model knows."""
    own = turned_by_one(view.events_of(person), kept.actions)
    found = kept.foretell(own) if kept.knows(own) else None
    return found if found and found.objects else None


def worth(
    kept: Kept, view: View, person: str, home: Home, *, since: datetime, as_of: datetime
) -> dict[str, Any] | None:
    """Her row of the table worth; None where she never bought, or not since: counting purchases takes longest."""
    if kept.foresight is None or (kept.is_buying and not _may_have_bought(view, person, since)):
        return None
    currency = home.settings.currency
    rows: list[dict[str, Any]] = told_of_one(
        kept, view, person, as_of=as_of, zone=home.zone, currency=currency
    ).to_pylist()
    return rows[0] if rows else None


def _may_have_bought(view: View, person: str, since: datetime) -> bool:
    new = {(event.action, event.value is not None) for event in view.events_of(person) if event.occurred_at > since}
    return any(may_count(action, valued=valued) for action, valued in new if action)


def memberships(
    state: State, words: Vocabulary, view: View, person: str, home: Home, *, as_of: datetime
) -> Memberships:
    """One row, by sampling; the same numbers for the same events."""
    fading = home.settings.choices.half_life_days
    return of_person(
        view.events_of(person), state, words, as_of=as_of, zone=home.zone.key, rng=np.random.default_rng(0),
        half_life_days=fading,
    )  # fmt: skip
