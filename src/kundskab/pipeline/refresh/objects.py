"""The stage of the next object: what each person turns to next, how well that is foretold, and what is kept to ask."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from kundskab.lake import derived
from kundskab.pipeline.foretelling.predictions import NEED_RANK
from kundskab.pipeline.refresh.contests import contest_rows
from kundskab.pipeline.refresh.work import Stage, TooLittle, Work
from kundskab.predictions.objects.kept import NEEDS, Kept
from kundskab.predictions.objects.learning import TooFew, learn
from kundskab.predictions.objects.turned import Turned, turned

KIND = "object"
MODEL = "next-object"
TOP = 10
FORECASTS = 50_000


def run(work: Work) -> None:
    """Learn, tell everybody's next ten objects and three categories, and keep the model for events that come."""
    found = turned(work.view())
    work.progress(0.15)
    try:
        learnt = learn(found.events, found.objects, window_days=work.horizon_days, rng=work.rng())
    except TooFew as few:
        raise TooLittle(str(few)) from few
    work.progress(0.7)
    told, firsts = _told(learnt.kept, found, work)
    work.write("next_object", told)
    work.write_kinds("contests", contest_rows(KIND, learnt.contest), KIND)
    work.write_kinds("forecasts", _forecasts(firsts, work), KIND)
    work.keep(MODEL, replace(learnt.kept, actions=found.actions).to_bytes())


def _told(kept: Kept, found: Turned, work: Work) -> tuple[pa.Table, pa.Table]:
    """The rows of next_object, and the first of each person with its chance and that of the plain guess."""
    names = pa.array(kept.names.tolist(), pa.string())
    categories = pa.array(kept.category_names.tolist(), pa.string())
    plain = kept.shares
    rows, firsts = [derived.empty("next_object").select(_OWN)], []
    groups = kept.batches(found.events)
    for number, group in enumerate(groups):
        history = found.events.of(group)
        few, chance = kept.candidates(history, 50)
        objects = few.objects[:, :TOP]
        whose, way = kept.because(history, objects)
        person, place = np.nonzero(objects >= 0)
        which = objects[person, place]
        rows.append(
            _rows(
                found.persons[group][person],
                names.take(pa.array(which)),
                place + 1,
                chance[person, place],
                _reasons(kept, which, whose[person, place], way[person, place]),
                _named(categories, kept.categories[which]),
            )
        )
        kinds, share = kept.needs(few, chance, NEEDS)
        person, place = np.nonzero(kinds >= 0)
        rows.append(
            _rows(
                found.persons[group][person],
                pa.nulls(len(person), pa.string()),
                NEED_RANK + place + 1,
                share[person, place],
                pa.array(["the objects of this category together"] * len(person), pa.string()),
                _named(categories, kinds[person, place]),
            )
        )
        some = np.flatnonzero(objects[:, 0] >= 0)
        firsts.append(
            pa.table(
                {
                    "person": pa.array(found.persons[group][some].tolist(), pa.string()),
                    "claim": names.take(pa.array(objects[some, 0])),
                    "forecast": chance[some, 0],
                    "baseline": plain[objects[some, 0]].astype(np.float64),
                }
            )
        )
        work.progress(0.7 + 0.25 * (number + 1) / len(groups))
    return pa.concat_tables(rows), pa.concat_tables(firsts) if firsts else _FIRSTS.empty_table()


def _rows(persons: np.ndarray, objects: pa.Array, rank: np.ndarray, score: np.ndarray, reason: pa.Array,
          category: pa.Array) -> pa.Table:  # fmt: skip
    return pa.table(
        {
            "person": pa.array(persons.tolist(), pa.string()),
            "object": objects,
            "rank": pa.array(rank, pa.int32()),
            "score": pa.array(score, pa.float64()),
            "reason": reason,
            "category": category,
        }
    )


def _reasons(kept: Kept, objects: np.ndarray, whose: np.ndarray, way: np.ndarray) -> pa.Array:
    """Few are different, so each is put into words once."""
    told = np.stack([way.astype(np.int64), whose, whose == objects])
    kinds, place = np.unique(told, axis=1, return_inverse=True)
    words = pa.array([kept.word(int(w), int(o), bool(itself)) for w, o, itself in kinds.T], pa.string())
    return words.take(pa.array(place.ravel()))


def _named(categories: pa.Array, numbers: np.ndarray) -> pa.Array:
    return categories.take(pa.array(numbers, mask=numbers < 0))


def _forecasts(firsts: pa.Table, work: Work) -> pa.Table:
    """Of some people, to be scored when the future has come: which object is next, when one comes."""
    some = np.sort(work.rng().permutation(firsts.num_rows)[:FORECASTS])
    rows = firsts.take(pa.array(some))
    n = rows.num_rows
    columns = {
        "person": rows["person"], "kind": pa.array([KIND] * n, pa.string()), "claim": rows["claim"],
        "forecast": rows["forecast"], "baseline": rows["baseline"], "low": pa.nulls(n, pa.float64()),
        "high": pa.nulls(n, pa.float64()), "horizon_days": pa.array([work.horizon_days] * n, pa.int32()),
    }  # fmt: skip
    return pa.table(columns, schema=derived.own_schema("forecasts"))


_OWN = derived.own_schema("next_object").names
_FIRSTS = pa.schema({"person": pa.string(), "claim": pa.string(), "forecast": pa.float64(), "baseline": pa.float64()})

STAGE = Stage("objects", run, ("next_object", "contests", "forecasts"), kinds=(KIND,), models=(MODEL,))
