"""What people do, as counts that segments learn from: on how many days each person did each behaviour, old days fading.

A behaviour is an action ("wishlist shared"), or an action with a category ("order completed · boots"), or, where no
category is said, with the object, if the same objects come back again and again. Events of one day count once, so that
one long evening does not outweigh a year; a day counts half after the half-life. What fewer than five people do is
told with the action alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log, log2
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from kundskab.consent.view import View
from kundskab.profiles.own import local, own

FEWEST_DOING = 5
MOST = 3_000  # behaviours; the commonest are kept
HALF_LIFE_DAYS = 180.0
CAP = 60.0  # days of one behaviour of one person; more of the same tells nothing new
BETWEEN = " · "  # action and what it was done to
FAINTEST = 0.02  # a count that has faded to less is forgotten
_TELLING = 0.5  # of an action's events must say the detail
_COMES_BACK_DAYS = 28  # an object is a behaviour when it is seen this far apart, where there is time enough for that
_SAMPLE_DETAILS = 200_000  # details of one action looked at; ids of single things have more


@dataclass(frozen=True, slots=True)
class Counts:
    """matrix: shape (people, behaviours), float32, >= 0.  persons: of the rows, sorted.  behaviours: of the columns."""

    matrix: sparse.csr_array
    persons: pa.Array
    behaviours: tuple[str, ...]

    def rows(self) -> pa.Table:
        """One row per person and behaviour: person, behaviour, count."""
        per_person = np.diff(self.matrix.indptr)
        return pa.table(
            {
                "person": self.persons.take(pa.array(np.repeat(np.arange(len(self.persons)), per_person))),
                "behaviour": pa.array(self.behaviours, pa.string()).take(pa.array(self.matrix.indices)),
                "count": pa.array(self.matrix.data.astype(np.float64)),
            }
        )

    def told_as(self, behaviours: Iterable[str]) -> Counts:
        """The same people in the columns of another vocabulary; what that does not know is left out."""
        wanted = tuple(behaviours)
        place = {name: n for n, name in enumerate(wanted)}
        to = np.array([place.get(name, -1) for name in self.behaviours], np.int64)
        whole = self.matrix.tocoo()
        column = to[whole.coords[1]] if len(to) else np.empty(0, np.int64)
        known = column >= 0
        cells = (whole.data[known], (whole.coords[0][known], column[known]))
        return Counts(sparse.csr_array(cells, shape=(self.matrix.shape[0], len(wanted))), self.persons, wanted)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How each event is called. details: (action, detail) -> behaviour.  detail_of: action -> "category" | "object"."""

    detail_of: Mapping[str, str]
    details: Mapping[tuple[str, str | None], str]

    @property
    def behaviours(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.details.values())))

    def to_bytes(self) -> bytes:
        """JSON."""
        told = [[action, detail, name] for (action, detail), name in self.details.items()]
        return orjson.dumps({"detail_of": dict(self.detail_of), "details": told})

    @classmethod
    def from_bytes(cls, body: bytes) -> Vocabulary:
        told = orjson.loads(body)
        return cls(told["detail_of"], {(action, detail): name for action, detail, name in told["details"]})


def counted(
    view: View,
    *,
    as_of: datetime,
    zone: str,
    half_life_days: float = HALF_LIFE_DAYS,
    since: datetime | None = None,
    vocabulary: Vocabulary | None = None,
) -> Counts:
    """People × behaviours of a view: days on which each was done, up to as_of, faded by age.

    since: nothing up to it is counted; None: all that has not faded away.  zone: IANA name, by whose clock days go.
    vocabulary: None: made from these events.  One grouping in the engine; only the counts leave it.
    """
    events = _chosen(view, as_of, half_life_days, since)
    did = _deeds(events)
    words = vocabulary if vocabulary is not None else _vocabulary(did)
    if not words.details:
        return Counts(sparse.csr_array((0, 0), dtype=np.float32), pa.array([], pa.string()), ())
    names = words.behaviours
    coded = _coded(did, words, names)
    on_days = coded.select("person", "code", day=local(coded.occurred_at, zone).date()).distinct()
    today = ibis.literal(as_of.astimezone(ZoneInfo(zone)).date())
    age = ibis.greatest(today.delta(on_days.day, unit="day"), 0)
    faded = (age * (-log(2) / half_life_days)).exp()
    each = on_days.group_by("person", "code").agg(count=ibis.least(faded.sum(), CAP).cast("float32"))
    return _matrix(each.filter(each["count"] >= FAINTEST), names)


def vocabulary(view: View, *, as_of: datetime, half_life_days: float = HALF_LIFE_DAYS) -> Vocabulary:
    """How the events of a view are called."""
    return _vocabulary(_deeds(_chosen(view, as_of, half_life_days, None)))


def counts_from(as_of: datetime, half_life_days: float) -> datetime:
    """What was done up to then has faded away."""
    return as_of - timedelta(days=min(half_life_days * -log2(FAINTEST), 36_500))


def _chosen(view: View, as_of: datetime, half_life_days: float, since: datetime | None) -> ibis.Table:
    first = counts_from(as_of, half_life_days)
    begin = first if since is None else max(since, first)
    events = view.events
    within = (events.occurred_at <= ibis.literal(as_of)) & (events.occurred_at > ibis.literal(begin))
    return events.filter(within & events.action.notnull())


def _deeds(events: ibis.Table) -> ibis.Table:
    """person, action, category, object, occurred_at: one row per event, and one per line of those that have lines."""
    columns = ("person", "action", "category", "object", "occurred_at")
    if "items" not in events.columns:
        return own(events).select(*columns)
    plain = own(events).filter(ibis.coalesce(events["items"].length(), 0) == 0).select(*columns)
    with_lines = own(events).filter(ibis.coalesce(events["items"].length(), 0) > 0)
    lines = with_lines.select("person", "action", "occurred_at", item=with_lines["items"]).unnest("item")
    unrolled = lines.select(
        "person", "action", category=lines.item["category"], object=lines.item["object"], occurred_at="occurred_at"
    )
    return plain.union(unrolled.select(*columns))


def _vocabulary(did: ibis.Table) -> Vocabulary:
    """Per action the detail that tells more, where one does; then the commonest behaviours.

    Only counts of actions, categories and objects leave the engine.
    """
    # A hash is a number, and counts twice as quick as a token.
    who = did.mutate(who=did.person.hash())
    actions = {row["action"]: row for row in who.group_by("action").agg(**_measures(who)).to_pyarrow().to_pylist()}
    by_category = _by_detail(who, "category")
    coarse = {action: kept for action, rows in by_category.items() if (kept := _told(actions[action], rows))}
    rest = who.filter(who.action.notin(sorted(coarse))) if coarse else who
    by_object = _by_detail(rest, "object")
    fine = {
        action: kept
        for action, rows in by_object.items()
        if action not in coarse and (kept := _told(actions[action], rows, comes_back=True))
    }
    found: list[tuple[tuple[str, str | None], str, int]] = [
        ((action, None), action, row["persons"]) for action, row in actions.items()
    ]
    for told in (coarse, fine):
        found += [
            ((action, row["detail"]), f"{action}{BETWEEN}{row['detail']}", row["persons"])
            for action, rows in told.items()
            for row in rows
        ]
    enough = sorted((one for one in found if one[2] >= FEWEST_DOING), key=lambda one: (-one[2], one[1]))[:MOST]
    detail_of = dict.fromkeys(coarse, "category") | dict.fromkeys(fine, "object")
    return Vocabulary(detail_of, {key: name for key, name, _ in enough})


def _measures(who: ibis.Table) -> dict[str, Any]:
    return {
        "persons": who.who.nunique(),
        "events": who.count(),
        "first": who.occurred_at.min().epoch_seconds().cast("float64"),
        "last": who.occurred_at.max().epoch_seconds().cast("float64"),
    }


def _by_detail(who: ibis.Table, detail: str) -> dict[str, list[dict[str, Any]]]:
    """action -> its details with their persons, events, first and last; those of enough people only."""
    said = who.filter(who[detail].notnull() & (who[detail] != ""))
    each = said.group_by("action", detail=said[detail]).agg(**_measures(said))
    each = each.filter(each.persons >= FEWEST_DOING).order_by(ibis.desc("persons"), "detail").limit(_SAMPLE_DETAILS)
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in each.to_pyarrow().to_pylist():
        found[row["action"]].append(row)
    return found


def _told(action: Mapping[str, Any], rows: list[dict[str, Any]], *, comes_back: bool = False) -> list[dict[str, Any]]:
    """The details of an action that are told, or none where they say too little: few, of few events, never again."""
    if comes_back and action["last"] - action["first"] > 2 * _COMES_BACK_DAYS * 86_400:
        # A letter of one week in March is no habit of anybody's.
        rows = [row for row in rows if row["last"] - row["first"] >= _COMES_BACK_DAYS * 86_400]
    # The category "page" of a page viewed is the action said again.
    rows = [row for row in rows if row["detail"].lower() not in action["action"].lower()]
    covered = sum(row["events"] for row in rows)
    return rows if len(rows) >= 2 and covered >= _TELLING * action["events"] else []


def _detail(did: ibis.Table, words: Vocabulary) -> Any:
    """Ibis: what an event was done to, as far as its action is told by that; else ""."""
    branches = []
    for kind in ("category", "object"):
        told = sorted(action for action, by in words.detail_of.items() if by == kind)
        if told:
            branches.append((did.action.isin(told), ibis.coalesce(did[kind], "")))
    return ibis.cases(*branches, else_="") if branches else ibis.literal("")


def _coded(did: ibis.Table, words: Vocabulary, names: tuple[str, ...]) -> ibis.Table:
    """The deeds with `code`, the column of their behaviour; what has none is left out."""
    place = {name: n for n, name in enumerate(names)}
    rows = [(action, detail or "", place[name]) for (action, detail), name in words.details.items()]
    actions, details, codes = (list(column) for column in zip(*rows, strict=True))
    known = pa.table({"by": actions, "to": details, "fine": pa.array(codes, pa.int32())})
    alone = known.filter(pc.equal(known["to"], "")).select(["by", "fine"]).rename_columns(["by", "plain"])
    fine, plain = ibis.memtable(known), ibis.memtable(alone)
    did = did.mutate(detail=_detail(did, words))
    did = did.left_join(fine, [did.action == fine.by, did.detail == fine.to]).drop("by", "to")
    did = did.left_join(plain, did.action == plain.by).drop("by")
    did = did.mutate(code=ibis.coalesce(did.fine, did.plain))
    return did.filter(did.code.notnull())


def _matrix(each: ibis.Table, names: tuple[str, ...]) -> Counts:
    """One row per person and code as a sparse matrix; persons in order, so that the same data gives the same rows."""
    cells = ibis.struct({"code": each.code, "count": each["count"]})
    listed = each.group_by("person").agg(cells=cells.collect()).order_by("person").to_pyarrow()
    cells_of = _one(listed["cells"])
    flat = cells_of.flatten()
    ends = cells_of.offsets.to_numpy().astype(np.int64)
    matrix = sparse.csr_array(
        (
            flat.field("count").to_numpy(zero_copy_only=False).astype(np.float32),
            flat.field("code").to_numpy(zero_copy_only=False).astype(np.int32),
            (ends - ends[0]).astype(np.int32),
        ),
        shape=(listed.num_rows, len(names)),
    )
    matrix.sort_indices()
    return Counts(matrix, _one(listed["person"].cast(pa.string())), names)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
