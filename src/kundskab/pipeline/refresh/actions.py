"""The stage of the next action: what each does next and when, how models competed, what is kept to be scored."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa

from kundskab.lake import derived
from kundskab.pipeline.refresh.contests import contest_rows
from kundskab.pipeline.refresh.work import Stage, TooLittle, Work
from kundskab.predictions.actions.contest import Known, contest
from kundskab.predictions.actions.foretell import SHARES
from kundskab.predictions.actions.histories import OTHER, Histories, Moments, at_time, of_view
from kundskab.predictions.actions.kept import to_bytes
from kundskab.predictions.actions.learning import Settings
from kundskab.predictions.actions.signs import Small
from kundskab.predictions.actions.timing import DAY

KIND = "action"
MODEL = "next-action"
LATELY = "next-action-lately"  # what it told of late and what came: with these, following along begins
ALONG = "next-action-along"  # what `following` has learnt since
STEPS = 40  # of the linear model, likewise
TREES = 25  # rounds; more cost time and change little
TREES_UP_TO = 200_000  # people; scoring more by boosted trees would take minutes
MOST_ROWS = 8_000_000  # of next_action; with more people the least likely actions are told together
FORECAST_ROWS = 400_000
FORECASTS = 50_000


def run(work: Work) -> None:
    """Learn, tell everybody's next action and its time, and keep the model for events that come."""
    events = of_view(work.view())
    work.progress(0.1)
    as_of = work.as_of.timestamp()
    clock = (work.as_of.astimezone(work.zone).utcoffset() or timedelta()).total_seconds()
    settings = Settings(boosted=events.people <= TREES_UP_TO, rounds=TREES, clock=clock, steps=STEPS)
    known = contest(events, as_of=as_of, horizon=work.horizon_days * DAY, settings=settings, rng=work.rng())
    if known is None:
        raise TooLittle("Too few people came again for their next action to be foretold.")
    work.progress(0.6)
    moments = at_time(events, as_of)
    chances = known.model.chances(events, moments)
    work.progress(0.75)
    within = known.model.timing.within(events, moments, work.horizon_days * DAY)
    work.write("next_action", _actions(work, known, events, moments, chances, within))
    work.write("next_time", _times(known, events, moments))
    work.progress(0.9)
    work.write_kinds("contests", contest_rows(KIND, known.standings), KIND)
    work.write_kinds("forecasts", _forecasts(work, known, events, moments, chances, within), KIND)
    work.keep(MODEL, to_bytes(known.model))
    work.keep(LATELY, known.lately.to_bytes())
    work.forget(ALONG)


def _actions(
    work: Work, known: Known, events: Histories, moments: Moments, chances: Small, within: np.ndarray
) -> pa.Table:
    """One row per person and action, the likeliest first; the reason stands with the likeliest."""
    n, likely = len(moments), chances
    chances, names, each = _fewer(chances, known.model.names, max(3, MOST_ROWS // max(n, 1)))
    order = np.argsort(-chances, axis=1, kind="stable")[:, :each]
    person = np.repeat(moments.owner, each)
    why = np.array(known.model.reasons(events, moments, likely), dtype=object)
    reason = np.full((n, each), None, dtype=object)
    reason[:, 0] = why if n else reason[:, 0]
    return pa.table(
        {
            "person": events.persons.take(pa.array(person)),
            "action": pa.array(names, pa.string()).take(pa.array(order.ravel())),
            "probability": np.take_along_axis(chances, order, axis=1).astype(np.float64).ravel(),
            "within_horizon": np.repeat(within, each),
            "horizon_days": pa.array(np.full(n * each, work.horizon_days, np.int32)),
            "reason": pa.array(reason.ravel(), pa.string()),
        }
    )


def _fewer(chances: Small, names: tuple[str, ...], most: int) -> tuple[Small, tuple[str, ...], int]:
    """The chances of which each person's first `most` are told; what lies beyond is added to "(other)"."""
    if chances.shape[1] <= most:
        return chances, names, chances.shape[1]
    if OTHER not in names:
        chances, names = np.hstack([chances, np.zeros((len(chances), 1), np.float32)]), (*names, OTHER)
    other = names.index(OTHER)
    chances = chances.copy()
    chances[:, other] += 1  # always among those that are told
    beyond = np.argsort(-chances, axis=1, kind="stable")[:, most:]
    chances[:, other] += np.take_along_axis(chances, beyond, axis=1).sum(axis=1) - 1
    np.put_along_axis(chances, beyond, np.float32(-1), axis=1)
    return chances, names, most


def _times(known: Known, events: Histories, moments: Moments) -> pa.Table:
    low, median, high = (known.model.timing.quantiles(events, moments, SHARES) / DAY).T
    persons = events.persons.take(pa.array(moments.owner))
    return pa.table({"person": persons, "median_days": median, "low_days": low, "high_days": high})


def _forecasts(
    work: Work, known: Known, events: Histories, moments: Moments, chances: Small, within: np.ndarray
) -> pa.Table:
    """Of some people: which action comes first within the horizon, and (claim null) that none does; sums to 1."""
    names = known.model.names
    people = min(FORECASTS, max(1, FORECAST_ROWS // (len(names) + 1)))
    some = np.sort(work.rng().permutation(len(moments))[:people])
    inside = within[some][:, None]
    forecast = np.hstack([chances[some] * inside, 1 - inside])
    shares = _popular(known)
    plain = np.append(shares * known.usual_within, 1 - known.usual_within)
    n = forecast.size
    return pa.table(
        {
            "person": events.persons.take(pa.array(np.repeat(moments.owner[some], len(names) + 1))),
            "kind": pa.array([KIND] * n, pa.string()),
            "claim": pa.array([*names, None] * len(some), pa.string()),
            "forecast": forecast.astype(np.float64).ravel(),
            "baseline": np.tile(plain, len(some)),
            "low": pa.nulls(n, pa.float64()),
            "high": pa.nulls(n, pa.float64()),
            "horizon_days": pa.array([work.horizon_days] * n, pa.int32()),
        },
        schema=derived.own_schema("forecasts"),
    )


def _popular(known: Known) -> np.ndarray:
    """The plain guess: what came next of late, whoever it was."""
    counts = known.model.at_rest.markov.counts[0].sum(axis=0).astype(np.float64)
    return np.asarray((counts + 0.5) / (counts + 0.5).sum())


STAGE = Stage(
    "actions", run, ("next_action", "next_time", "contests", "forecasts"), kinds=(KIND,), models=(MODEL, LATELY, ALONG)
)
