"""`desk.predictions` and `ws.predictions`: the next action, the next object, return and worth, and the report card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from math import isnan, sqrt
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from kundskab.consent.derived import NotComputed
from kundskab.consent.view import View
from kundskab.pipeline.catalogue import Catalogue
from kundskab.pipeline.foretelling.answers import (
    Coming,
    Contestant,
    Kind,
    Next,
    NextMove,
    Report,
    Scored,
    Worthy,
    WorthyPage,
)
from kundskab.pipeline.foretelling.live import Live, News
from kundskab.pipeline.views import Views
from kundskab.predictions.objects.words import by_name

if TYPE_CHECKING:
    from kundskab.predictions.actions.foretell import Foretold
    from kundskab.predictions.objects.kept import Foreseen

NEED_RANK = 100  # categories stand behind every object of next_object, with no object
KINDS = ("returns", "action", "object", "events", "value")
ORDERS = {"returns": "returns_probability", "value": "value_expected", "events": "events_expected"}
FEWEST_ACTIONS = 0.5  # expected persons; what fewer will do next is not worth a line


class Predictions:
    """Computed by refresh; every call opens a view, so that whoever withdrew meanwhile is in no answer."""

    def __init__(self, views: Views, catalogue: Catalogue, live: Live) -> None:
        self._views = views
        self._catalogue = catalogue
        self._live = live

    def next_action(self, *, purpose: str = "analytics") -> pa.Table:
        """person, action, probability, within_horizon, horizon_days, as_of: which comes next when one comes.

        Per person the probabilities of all actions sum to 1; within_horizon is the chance that any comes in that time.
        """
        columns = ("person", "action", "probability", "within_horizon", "horizon_days", "as_of")
        return self._all("next_action", columns, purpose)

    def next_object(self, k: int = 10, *, purpose: str = "analytics") -> pa.Table:
        """person, object, rank, score: the k objects that each turns to next, the likeliest first."""
        with self._views.kept(purpose) as view:
            rows = view.derived("next_object")
            found = rows.filter(rows["object"].notnull() & (rows["rank"] <= k))
            return found.select("person", "object", "rank", "score").order_by("person", "rank").to_pyarrow()

    def next_category(self, *, purpose: str = "analytics") -> pa.Table:
        """person, category, rank, score: what each needs next, all objects of a category together; at most three."""
        with self._views.kept(purpose) as view:
            rows = view.derived("next_object")
            found = rows.filter(rows["object"].isnull()).mutate(rank=rows["rank"] - NEED_RANK)
            return found.select("person", "category", "rank", "score").order_by("person", "rank").to_pyarrow()

    def worth(self, horizon_days: int | None = None, *, purpose: str = "analytics") -> pa.Table:
        """person, returns_probability, events_expected, value_expected, low, high, horizon_days, as_of.

        horizon_days: one that refresh looked ahead to; None: the shortest of them.  Raises NotComputed for another.
        """
        columns = ("returns_probability", "returns_low", "returns_high", "events_expected", "value_expected")
        with self._views.kept(purpose) as view:
            rows = self._of_horizon(view, horizon_days)
            return rows.select("person", *columns, "low", "high", "currency", "horizon_days", "as_of").to_pyarrow()

    def report(self, *, purpose: str = "analytics") -> Report:
        """How often we were right, kind by kind, and which models competed.  Raises NotComputed before a refresh."""
        with self._views.kept(purpose) as view:
            contests = _rows(view, "contests")
            contestants = [_contestant(row) for row in contests]
            scored = [_scored(row) for row in _rows(view, "report_card")]
            counted = view.derived("people").agg(n=ibis._.count()).to_pyarrow()["n"][0].as_py()
            first = _first_due(view) if not scored else None
            as_of = view.derived("contests").as_of.max().to_pyarrow().as_py()
        kinds = tuple(_kind(kind, scored, contestants) for kind in KINDS)
        known = tuple(kind for kind in kinds if kind.contestants or kind.overall)
        return Report(as_of, known, first, counted, max((row["snapshot"] for row in contests), default=None))

    def coming(self, *, purpose: str = "analytics") -> list[Coming]:
        """What everybody together will do next within the horizon, the commonest first."""
        with self._views.kept(purpose) as view:
            rows = view.derived("next_action")
            each = rows.mutate(persons=rows.probability * rows.within_horizon)
            found = each.group_by("action").agg(
                persons=each.persons.sum(),
                days=each.horizon_days.max(),
                variance=(each.persons * (1 - each.persons)).sum(),  # each does it or not, by themselves
            )
            found = found.order_by(ibis.desc("persons"))
            counts = found.limit(100).to_pyarrow().to_pylist()
        total = sum(row["persons"] for row in counts) or 1.0
        return [
            Coming(row["action"], row["persons"], row["persons"] / total, row["days"], *_within(row))
            for row in counts
            if row["persons"] >= FEWEST_ACTIONS
        ]

    def list(self, order: str = "returns", *, page: int = 1, size: int = 50, purpose: str = "analytics") -> WorthyPage:
        """Persons by the chance to return, the value or the occasions expected, the highest first."""
        with self._views.kept(purpose) as view:
            rows = self._of_horizon(view, None)
            by = ORDERS.get(order, ORDERS["returns"])
            rows = rows.filter(rows[by].notnull())
            total = int(rows.count().to_pyarrow().as_py())
            ranked = rows.order_by(ibis.desc(by), "person").limit(size, offset=(page - 1) * size)
            told = ranked.to_pyarrow().to_pylist()
            when, snapshot = (told[0]["as_of"], told[0]["snapshot"]) if told else (None, None)
            return WorthyPage([_worthy(row) for row in told], total, page, size, when, snapshot)

    def of_person(self, person: str, *, purpose: str = "analytics") -> NextMove | None:
        """All that is foretold of one person; None where nothing is.

        Told anew where she did something after the refresh, by the models that it kept: see NextMove.anew.
        """
        with self._views.kept(purpose) as view:
            actions = _of(view, "next_action", person)
            times = _of(view, "next_time", person)
            turned = _of(view, "next_object", person)
            objects = [row for row in turned if row["object"] is not None]
            needs = [(row["category"], row["score"]) for row in sorted(turned, key=_rank) if row["object"] is None]
            worths = sorted(_of(view, "worth", person), key=lambda row: row["horizon_days"])
            news = self._live.news(view, person)
            ahead = actions[0]["horizon_days"] if actions else None
            told = self._live.next_action(view, person, news, horizon_days=ahead) if news else None
            row = self._live.worth(view, person, news) if news else None
            seen = self._live.next_objects(view, person, news) if news else None
            when_told = news.as_of if news and told else actions[0]["as_of"] if actions else None
            days = ahead or (told.horizon_days if told else 0)
            changes = self._live.changes(view, person, when_told, horizon_days=days) if when_told and days else []
        if news and told:
            actions, times = _anew(told, news)
        if news and row:
            worths = [row | {"as_of": news.as_of}]
        if news and seen:
            objects, needs = _objects_anew(seen, news), seen.needs
        found = [*actions, *times, *worths, *objects]
        if not found:
            return None
        parts = (("action", told), ("objects", seen), ("worth", row))
        anew = tuple(part for part, is_new in parts if is_new is not None)
        actions.sort(key=lambda row: -row["probability"])
        objects.sort(key=_rank)
        shown = self._catalogue.current()
        when = times[0] if times else {}
        return NextMove(
            as_of=found[0]["as_of"],
            actions=tuple(Next(row["action"], row["probability"], row["reason"] or "") for row in actions),
            within_horizon=actions[0]["within_horizon"] if actions else None,
            horizon_days=actions[0]["horizon_days"] if actions else worths[0]["horizon_days"] if worths else 0,
            median_days=_number(when.get("median_days")),
            low_days=_number(when.get("low_days")),
            high_days=_number(when.get("high_days")),
            objects=tuple(
                Next(
                    row["object"],
                    row["score"],
                    by_name(row["reason"] or "", partial(shown.name_of, at=row["as_of"])),
                    shown.name_of(row["object"], row["as_of"]) or "",
                )
                for row in objects
            ),
            worth=_worthy(worths[0]) if worths else None,
            latest=news.latest if news else None,
            anew=anew,
            changes=tuple(changes),
            needs=tuple(Next(category, share, "") for category, share in needs),
        )

    def _of_horizon(self, view: View, days: int | None) -> ibis.Table:
        rows = view.derived("worth")
        known = sorted(rows.select("horizon_days").distinct().to_pyarrow()["horizon_days"].to_pylist())
        if days is not None and days not in known:
            said = " or ".join(str(each) for each in known) or "nothing"
            raise NotComputed(
                f"Worth is computed for {said} days; for {days} run: kundskab refresh --horizon {days} --force"
            )
        return rows.filter(rows.horizon_days == (days or (known[0] if known else 0)))

    def _all(self, name: str, columns: tuple[str, ...], purpose: str) -> pa.Table:
        with self._views.kept(purpose) as view:
            return view.derived(name).select(*columns).to_pyarrow()


def _rows(view: View, name: str) -> list[dict[str, Any]]:
    """All rows of a small table; none where it is not computed."""
    try:
        found: list[dict[str, Any]] = view.derived(name).to_pyarrow().to_pylist()
        return found
    except NotComputed:
        return []


def _of(view: View, name: str, person: str) -> list[dict[str, Any]]:
    try:
        return view.derived_of(name, person)
    except NotComputed:
        return []


def _anew(told: Foretold, news: News) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What was told of her as of now, as rows of next_action and next_time."""
    likeliest = max(told.actions, key=lambda name: told.actions[name])
    actions = [
        {
            "action": name,
            "probability": share,
            "reason": told.reason if name == likeliest else None,
            "within_horizon": told.within,
            "horizon_days": told.horizon_days,
            "as_of": news.as_of,
        }
        for name, share in told.actions.items()
    ]
    time = {"median_days": told.median_days, "low_days": told.low_days, "high_days": told.high_days}
    return actions, [time | {"as_of": news.as_of}]


def _rank(row: Mapping[str, Any]) -> int:
    return int(row["rank"])


def _objects_anew(seen: Foreseen, news: News) -> list[dict[str, Any]]:
    """The same of next_object."""
    told = zip(seen.objects, seen.chances, seen.reasons, strict=True)
    return [
        {"object": thing, "rank": rank, "score": chance, "reason": reason, "as_of": news.as_of}
        for rank, (thing, chance, reason) in enumerate(told, start=1)
    ]


def _first_due(view: View) -> datetime | None:
    """When the oldest forecasts that are kept can be scored."""
    try:
        rows = view.derived("forecasts", history=True)
    except NotComputed:
        return None
    kept = rows.agg(made=rows.as_of.min(), days=rows.horizon_days.min()).to_pyarrow().to_pylist()[0]
    made: datetime | None = kept["made"]
    return None if made is None else made + timedelta(days=kept["days"])


def _kind(kind: str, scored: Iterable[Scored], contestants: Iterable[Contestant]) -> Kind:
    ours = sorted((one for one in scored if one.kind == kind), key=lambda one: one.made_at, reverse=True)
    past = tuple(one for one in ours if one.bin < 0 and one.model == "ours")
    newest = past[0].made_at if past else None
    lately = [one for one in ours if one.made_at == newest]
    return Kind(
        kind=kind,
        overall=past[0] if past else None,
        baseline=next((one for one in lately if one.bin < 0 and one.model == "baseline"), None),
        bins=tuple(sorted((o for o in lately if o.bin >= 0 and o.model == "ours"), key=lambda one: one.bin)),
        past=past,
        contestants=tuple(sorted((one for one in contestants if one.kind == kind), key=lambda one: one.log_loss)),
    )


def _scored(row: Mapping[str, Any]) -> Scored:
    return Scored(**{name: _number(row[name]) for name in Scored.__dataclass_fields__})


def _contestant(row: Mapping[str, Any]) -> Contestant:
    return Contestant(**{name: _number(row[name]) for name in Contestant.__dataclass_fields__})


def _within(row: dict[str, Any]) -> tuple[float, float]:
    spread = 1.96 * sqrt(max(row["variance"] or 0.0, 0.0))
    return max(0.0, row["persons"] - spread), row["persons"] + spread


def _worthy(row: Mapping[str, Any]) -> Worthy:
    return Worthy(
        person=row["person"],
        returns=row["returns_probability"],
        returns_low=row["returns_low"],
        returns_high=row["returns_high"],
        events=_number(row["events_expected"]),
        events_low=_number(row["events_low"]),
        events_high=_number(row["events_high"]),
        value=_number(row["value_expected"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        currency=row["currency"],
        horizon_days=row["horizon_days"],
        reasons=row["reasons"] or "",
    )


def _number(value: Any) -> Any:
    """Not-a-number is as little known as nothing."""
    return None if isinstance(value, float) and isnan(value) else value
