"""From derived tables to plain values; each asks one view, and only a page's worth of rows leaves the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from math import exp, log, nan, sqrt
from typing import TYPE_CHECKING, Any

import ibis

from kundskab.consent.derived import NotComputed
from kundskab.consent.view import View
from kundskab.metrics.readings import FEWEST, Reading, share, too_small, wilson
from kundskab.pipeline.segments.answers import (
    Belonging,
    Card,
    Doing,
    Happening,
    Member,
    MembersPage,
    OneThing,
    Overview,
    Pair,
    Part,
    Size,
    Standing,
    Stay,
)
from kundskab.pipeline.segments.over_time import before as held_beside
from kundskab.segments.overlaps import Crowd, crowd
from kundskab.segments.standing import ACROSS, ALIKE, EARLY, PART
from kundskab.types import KundskabError

if TYPE_CHECKING:
    from kundskab.segments.living import State
    from kundskab.segments.memberships import Memberships

ON_A_CARD = 3  # behaviours
IN_A_PORTRAIT = 12
FAINT = 0.01  # a part that is what the arithmetic leaves over
_Z = 1.959964

Row = dict[str, Any]
Calls = Callable[[str], str]  # from a behaviour to the same with the name of its object


def rows(table: ibis.Table) -> list[Row]:
    found: list[Row] = table.to_pyarrow().to_pylist()
    return found


def moments(view: View) -> list[datetime]:
    """Of which refreshes memberships are kept, oldest first."""
    return view.moments_of("segments")


def names(view: View) -> dict[str, str]:
    """segment -> the name that was proposed for it last, also of those that are no more."""
    history = rows(view.derived("segments", history=True).select("segment", "name", "as_of"))
    return {
        row["segment"]: _proper(row["name"]) for row in sorted(history, key=lambda row: (row["as_of"], row["segment"]))
    }


def _proper(name: str) -> str:
    """A proposed name as a title; lakes of before 0.1 hold "mostly looks at tents"."""
    plain = name.removeprefix("mostly ")
    return plain[:1].upper() + plain[1:]


def everybody(view: View) -> Crowd:
    return crowd(view.derived("memberships"))


def overview(view: View, found: Crowd, called: Mapping[str, str], calls: Calls) -> Overview:
    """called: segment -> the name it goes by."""
    history = rows(view.derived("segments", history=True))
    as_of = max(row["as_of"] for row in history)
    kept = sorted({row["as_of"] for row in history})
    before = held_beside(as_of, kept) if len(kept) > 1 else None
    was = {row["segment"]: row["share"] for row in history if row["as_of"] == before and row["status"] == "living"}
    newest = [row for row in history if row["as_of"] == as_of]
    hidden = too_small({**found.mostly, ACROSS: found.crossing, EARLY: found.early})
    most = doing_most(view, calls)
    cards = [_card(row, found, called, was, before, hidden, most) for row in newest]
    cards.sort(key=lambda card: (not card.is_living, -found.size.get(card.segment, 0.0), card.segment))
    return Overview(
        as_of=as_of,
        before=before,
        snapshot=newest[0]["snapshot"],
        persons=found.persons,
        known=found.known,
        early=_share(found.early, found.persons, EARLY in hidden),
        crossing=_share(found.crossing, found.known, ACROSS in hidden),
        cards=tuple(cards),
        pairs=tuple(
            Pair(each.one, each.other, each.persons, each.share) for each in found.both if each.persons >= FEWEST
        ),
    )


def _card(
    row: Row,
    found: Crowd,
    called: Mapping[str, str],
    was: Mapping[str, float],
    before: datetime | None,
    hidden: frozenset[str],
    most: Mapping[str, tuple[str, ...]],
) -> Card:
    segment = row["segment"]
    born_at = row["born_at"]
    return Card(
        segment=segment,
        name=called.get(segment) or _proper(row["name"]),
        status=row["status"],
        born_at=born_at,
        is_new=before is not None and born_at is not None and born_at > before and row["status"] == "living",
        size=_size(found.size.get(segment, 0.0), found.persons),
        mostly=_share(found.mostly.get(segment, 0), found.known, segment in hidden),
        was=was.get(segment),
        doing=most.get(segment, ()),
        description=row["description"] or "",
    )


def _share(persons: int, of: int, hidden: bool) -> Reading:
    return Reading.withheld("share") if hidden else share(persons, of)


def _size(expected: float, persons: int) -> Reading:
    """Expected people as a share of all; hidden when they are fewer than five."""
    if 0 < expected < FEWEST:
        return Reading.withheld("share")
    low, high = wilson(min(expected, persons), persons)
    return Reading(expected / persons if persons else nan, low, high, persons, "share")


def doing_most(view: View, calls: Calls) -> dict[str, tuple[str, ...]]:
    """segment -> the behaviours that tell it apart most: large in it, and larger than elsewhere."""
    profiles: dict[str, list[Row]] = defaultdict(list)
    table = view.derived("profiles")
    for row in rows(table.filter(table.lift > 1, table.share >= 0.005)):
        profiles[row["segment"]].append(row)
    return {
        segment: tuple(calls(row["behaviour"]) for row in sorted(of, key=_telling, reverse=True)[:ON_A_CARD])
        for segment, of in profiles.items()
    }


def _telling(row: Row) -> float:
    """How much a behaviour tells a segment apart: its part of the divergence from everybody (Kullback-Leibler)."""
    return float(row["share"] * log(max(row["lift"], 1e-12)))


def doing(view: View, segment: str, calls: Calls) -> tuple[Doing, ...]:
    """What a segment does, what tells it apart first; shares as learnt, their doubt by who its people happen to be."""
    table = view.derived("profiles")
    learnt = rows(table.filter(table.segment == segment, table.share >= 0.002, table.lift > 1))
    chosen = sorted(learnt, key=_telling, reverse=True)[:IN_A_PORTRAIT]
    doubts, persons = _doubts(view, segment, [row["behaviour"] for row in chosen])
    return tuple(
        Doing(
            calls(row["behaviour"]),
            _spread(row["share"], doubts.get(row["behaviour"], nan), persons),
            row["share"] / row["lift"] if row["lift"] else 0.0,
            row["lift"],
        )
        for row in chosen
    )


def _doubts(view: View, segment: str, behaviours: list[str]) -> tuple[dict[str, float], int]:
    """behaviour -> the relative standard error of its share among the segment's people, each counted by weight; and
    how many people that rests on.

    By linearised residuals of the ratio, a person being the unit of chance: see metrics.readings.ratio.
    """
    memberships, counts = view.derived("memberships"), view.derived("behaviours")
    weights = memberships.filter(memberships.segment == segment)
    joined = counts.join(weights.select("person", "weight"), "person")
    joined = joined.select("person", "behaviour", amount=joined["count"] * joined.weight)
    each = joined.mutate(all=joined.amount.sum().over(ibis.window(group_by="person")))
    of_all = each.group_by("person").agg(all=each["all"].max())
    [total] = rows(of_all.agg(y=of_all["all"].sum(), yy=(of_all["all"] * of_all["all"]).sum(), n=of_all.count()))
    if not total["y"]:
        return {}, 0
    some = each.filter(each.behaviour.isin(behaviours)) if behaviours else each.limit(0)
    sums = rows(
        some.group_by("behaviour").agg(
            x=some.amount.sum(), xx=(some.amount * some.amount).sum(), xy=(some.amount * some["all"]).sum()
        )
    )
    n = total["n"]
    found = {}
    for row in sums:
        ratio = row["x"] / total["y"]
        squares = row["xx"] - 2 * ratio * row["xy"] + ratio * ratio * total["yy"]
        found[row["behaviour"]] = sqrt(max(squares, 0.0) * n / max(n - 1, 1)) / row["x"]
    return found, n


def _spread(value: float, relative: float, persons: int) -> Reading:
    if persons < FEWEST:
        return Reading(value, nan, nan, persons, "share")
    # On the log scale, so that no share falls below nothing.
    factor = exp(_Z * relative)
    return Reading(value, value / factor, min(1.0, value * factor), persons, "share")


def tree(view: View, segment: str | None = None) -> tuple[Happening, ...]:
    """What happened to segments, oldest first: to all, or to one, also where it is the other."""
    table = view.derived("lineage")
    if segment is not None:
        table = table.filter((table.segment == segment) | (table.other == segment))
    found = [
        Happening(
            row["segment"], row["happening"], row["other"], row["occurred_at"], row["reason"] or "",
            row["mass"] if row["mass"] is not None and row["mass"] >= FEWEST else None,
        )
        for row in rows(table)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.occurred_at, each.segment)))


def sizes(view: View, segment: str) -> tuple[Size, ...]:
    """How large a segment was at each refresh, oldest first."""
    table = view.derived("segments", history=True)
    found = []
    for row in sorted(rows(table.filter(table.segment == segment, table.status == "living")), key=_when):
        persons = round(row["size"] / row["share"]) if row["share"] else 0
        found.append(Size(row["as_of"], _size(row["size"], persons)))
    return tuple(found)


def _when(row: Row) -> Any:
    return row["as_of"]


def one_thing(
    view: View, *, segment: str | None = None, person: str | None = None, calls: Calls = str
) -> OneThing | None:
    """Where a segment, or a person, stands out most; None where that is not computed or nothing is."""
    try:
        found = view.derived_of("one_thing", person) if person is not None else _of_segment(view, segment)
    except NotComputed:
        return None
    if not found:
        return None
    most = min(found, key=lambda row: (-(row["times"] or 0.0), row["behaviour"]))
    names_ = ("words", "value", "usual", "times", "low", "high")
    return OneThing(calls(most["behaviour"]), **{name: most[name] for name in names_})


def _of_segment(view: View, segment: str | None) -> list[Row]:
    table = view.derived("one_thing")
    return rows(table.filter((table.segment == segment) & table.person.isnull()))


def members(view: View, segment: str, *, page: int, size: int) -> MembersPage:
    """Who does a fifth or more of what they do in a segment, those most in it first; refused when they are few."""
    table = view.derived("memberships")
    table = table.filter(table.segment == segment, table.weight >= PART)
    total = int(table.count().to_pyarrow().as_py())
    if total < FEWEST:
        raise KundskabError(f"Fewer than {FEWEST} people are in this segment; so few are not listed.")
    chosen = table.order_by(ibis.desc("sure"), ibis.desc("weight"), "person").limit(size, offset=(page - 1) * size)
    columns = ("person", "weight", "low", "high", "sure", "events")
    return MembersPage([Member(**row) for row in rows(chosen.select(*columns))], total, page, size)


def belonging(view: View, person: str, called: Mapping[str, str], written: Mapping[str, str]) -> Belonging:
    """What segments say of one person.  called, written: names of living and of hand-written segments by id."""
    of_her = view.derived_of("memberships", person, history=True)
    newest, why = _newest(view)
    by_moment: dict[datetime, list[Row]] = defaultdict(list)
    for row in of_her:
        by_moment[row["as_of"]].append(row)
    standings = tuple(_standing(moment, by_moment[moment], called) for moment in sorted(by_moment))
    now = standings[-1] if standings and standings[-1].as_of == newest else None
    return Belonging(
        as_of=newest,
        now=now,
        crosses=now is not None and crosses(now),
        events=max((row["events"] for row in by_moment[now.as_of]), default=0.0) if now else 0.0,
        history=standings,
        stays=stays(view, person, written),
        one_thing=one_thing(view, person=person),
        why_none=why,
    )


def _newest(view: View) -> tuple[datetime | None, str]:
    """As of when memberships were computed last; or None, and why the last refresh could not."""
    try:
        return view.moment_of("memberships"), ""
    except NotComputed as missing:
        return None, missing.why


def with_news(
    found: Belonging,
    told: tuple[State, Memberships] | None,
    called: Mapping[str, str],
    *,
    as_of: datetime,
    latest: datetime,
) -> Belonging:
    """The same as of her latest event; where there was nothing to tell it by, as of the refresh, but said."""
    if told is None:
        return replace(found, latest=latest)
    state, one = told
    values = zip(state.ids, one.weight[0], one.low[0], one.high[0], strict=True)
    of: list[Row] = [
        {"segment": id, "weight": float(weight), "low": float(low), "high": float(high), "sure": bool(one.sure[0])}
        for id, weight, low, high in values
    ]
    now = _standing(as_of, of, called)
    return replace(
        found,
        now=now,
        crosses=crosses(now),
        events=float(one.events[0]),
        history=(*found.history, now),
        latest=latest,
        is_anew=True,
    )


def crosses(standing: Standing) -> bool:
    """The rule of segments.standing, for one person."""
    if not standing.sure or not standing.parts:
        return False
    most = standing.parts[0].weight
    return most < PART or sum(part.weight >= ALIKE * most for part in standing.parts) >= 2


def _standing(moment: datetime, of: list[Row], called: Mapping[str, str]) -> Standing:
    parts = [
        Part(row["segment"], called.get(row["segment"], row["segment"]), row["weight"], row["low"], row["high"])
        for row in sorted(of, key=lambda row: -row["weight"])
        if row["weight"] >= FAINT
    ]
    return Standing(moment, any(row["sure"] for row in of), tuple(parts))


def stays(view: View, person: str, written: Mapping[str, str]) -> tuple[Stay, ...]:
    """Her stays in hand-written segments that hold; nothing where none was computed."""
    try:
        of_her = view.derived_of("written_segments", person)
    except NotComputed:
        return ()
    found = [
        Stay(row["segment"], written[row["segment"]], row["entered_at"], row["left_at"], row["reason"] or "")
        for row in of_her
        if row["segment"] in written
    ]
    return tuple(sorted(found, key=lambda stay: (stay.left_at is not None, -stay.entered_at.timestamp())))
