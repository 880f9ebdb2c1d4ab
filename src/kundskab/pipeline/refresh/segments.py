"""Segments: what people do is counted, segments live on, everybody's memberships follow; and who is inside those
written by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from kundskab.lake import derived
from kundskab.pipeline.catalogue import Catalogue
from kundskab.pipeline.refresh.work import Stage, TooLittle, Work
from kundskab.pipeline.segments.kept import read_kept
from kundskab.segments.behaviours import Counts, Vocabulary, counted, vocabulary
from kundskab.segments.living import Happening, Refreshed, State, refresh
from kundskab.segments.names import called, lifts, proposed
from kundskab.segments.written import definitions, fingerprint, members, updated

LEAST = 0.01  # a smaller membership is what the arithmetic leaves over
_SHARE = 1e-4  # of a profile, that is written
_LONGEST_TREE = 5_000  # happenings that are kept


def run(work: Work) -> None:
    """Write behaviours, memberships, segments, profiles, lineage and written_segments.

    Raises TooLittle where nothing tells people apart; behaviours, lineage and written segments are there all the same.
    """
    _written(work)
    work.progress(0.1)
    fading = work.home.settings.choices.half_life_days
    words = vocabulary(work.view(), as_of=work.as_of, half_life_days=fading)
    counts = counted(work.view(), as_of=work.as_of, zone=work.zone.key, half_life_days=fading, vocabulary=words)
    work.write("behaviours", counts.rows())
    work.keep("behaviours", words.to_bytes())
    work.progress(0.4)
    body = work.state("segments")
    before = State.from_bytes(body) if body else None
    now = refresh(before, counts, as_of=work.as_of, rng=work.rng(), recent=_recent(work, before, words, counts))
    work.keep("segments", now.state.to_bytes())
    work.progress(0.7)
    tree = _tree(work, now, len(counts.persons))
    work.write("lineage", tree)  # what there was is remembered, also where there is nothing now
    if not now.state.ids:
        raise TooLittle("Nothing that people did tells them apart yet; more people or more kinds of events would help.")
    work.write("memberships", _memberships(now, counts))
    work.write("profiles", _profiles(now.state))
    work.write("segments", _segments(work, now, tree))


def _recent(work: Work, before: State | None, words: Vocabulary, counts: Counts) -> sparse.csr_array | None:
    """What is new since the last refresh: newborn segments show there first."""
    if before is None:
        return None
    since = counted(work.view(), as_of=work.as_of, zone=work.zone.key, vocabulary=words, since=before.as_of)
    return since.told_as(counts.behaviours).matrix


def _memberships(now: Refreshed, counts: Counts) -> pa.Table:
    """One row per person and segment that is more than nothing; the largest always."""
    shares = now.memberships
    top = np.zeros(shares.weight.shape, bool)
    top[np.arange(len(top)), shares.weight.argmax(axis=1)] = True
    people, segments = np.nonzero((shares.weight >= LEAST) | top)
    return pa.table(
        {
            "person": counts.persons.take(pa.array(people)),
            "segment": pa.array(now.state.ids, pa.string()).take(pa.array(segments)),
            "weight": shares.weight[people, segments].astype(float),
            "low": shares.low[people, segments].astype(float),
            "high": shares.high[people, segments].astype(float),
            "events": shares.events[people].astype(float),
            "sure": shares.sure[people],
        }
    )


def _profiles(state: State) -> pa.Table:
    shares, lifted = state.patterns.profiles(), lifts(state.patterns)
    segments, behaviours = np.nonzero(shares >= _SHARE)
    return pa.table(
        {
            "segment": pa.array(state.ids, pa.string()).take(pa.array(segments)),
            "behaviour": pa.array(state.behaviours, pa.string()).take(pa.array(behaviours)),
            "share": shares[segments, behaviours].astype(float),
            "lift": lifted[segments, behaviours].astype(float),
        }
    )


def _tree(work: Work, now: Refreshed, persons: int) -> pa.Table:
    """The whole family tree: what was there before, and what happened now."""
    schema = derived.own_schema("lineage")
    before = _before(work, "lineage")
    if before.num_rows:  # a moment that is computed again is told once
        before = before.filter(pc.less(before["occurred_at"], pa.scalar(work.as_of, before["occurred_at"].type)))
    rows = [_line(happening, persons) for happening in now.happenings]
    told = pa.concat_tables([before, pa.Table.from_pylist(rows, schema=schema)])
    return told.slice(max(0, told.num_rows - _LONGEST_TREE))


def _line(happening: Happening, persons: int) -> dict[str, object]:
    return {
        "segment": happening.segment,
        "happening": happening.what,
        "other": happening.other,
        "occurred_at": happening.at,
        "reason": happening.reason,
        "distance": happening.distance,
        "mass": happening.mass * persons,
    }


def _segments(work: Work, now: Refreshed, tree: pa.Table) -> pa.Table:
    """Those living, and those that are no more with the name that they had."""
    state = now.state
    size = now.memberships.weight.sum(axis=0).astype(float)
    told = proposed(state.patterns, _called(work, state.behaviours), state.ids)
    living = [
        {
            "segment": segment,
            "name": name,
            "size": float(size[n]),
            "share": float(size[n] / max(float(size.sum()), 1e-9)),
            "born_at": state.born_at[n],
            "status": "living",
            "description": description,
        }
        for n, (segment, (name, description)) in enumerate(zip(state.ids, told, strict=True))
    ]
    ended = {row["segment"]: row["happening"] for row in tree.to_pylist() if row["happening"] in ("merged", "died")}
    gone = [
        row | {"size": 0.0, "share": 0.0, "status": ended[row["segment"]]}
        for row in _before(work, "segments").to_pylist()
        if row["segment"] in ended
    ]
    return pa.Table.from_pylist([*living, *gone], schema=derived.own_schema("segments"))


def _called(work: Work, behaviours: Sequence[str]) -> list[str]:
    """Behaviours with the names that the catalogue had for their objects then: "page viewed · opening hours"."""
    catalogue = Catalogue(work.home).current()
    return [called(behaviour, lambda thing: catalogue.name_of(thing, work.as_of)) for behaviour in behaviours]


def _written(work: Work) -> None:
    """Who is inside each hand-written segment, and who came and went."""
    wanted = definitions(read_kept(work.home).definitions())
    prints = {one.id: fingerprint(one) for one in wanted}
    before = _before(work, "written_segments")
    if not wanted and not before.num_rows:
        work.spare("written_segments")
        return
    known = orjson.loads(work.state("written_segments") or b"{}")
    now = {one.id: (one, members(work.view(), one.when, as_of=work.as_of, currency=work.currency)) for one in wanted}
    rewritten = frozenset(id for id, mark in prints.items() if known.get(id, mark) != mark)
    work.write("written_segments", updated(before, now, as_of=work.as_of, rewritten=rewritten))
    work.keep("written_segments", orjson.dumps(prints))


def _before(work: Work, table: str) -> pa.Table:
    """The rows of the refresh before; where this moment is computed again, those of this moment."""
    rows = work.previous(table)
    if not rows.num_rows:
        rows = work.current(table)
    return rows.select(derived.own_schema(table).names).cast(derived.own_schema(table))


STAGE = Stage(
    "segments",
    run,
    ("written_segments", "behaviours", "lineage", "memberships", "profiles", "segments"),
)
