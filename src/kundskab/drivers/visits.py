"""Within a visit: what goes with its ending in what people came for, beyond how far they had come.

Each event of a visit is a moment: the way gone up to it is obvious, what happens next is the candidate, and whether the
goal is reached later in the same visit is the outcome. Who leaves, or goes straight on, at the same point is whom they
are held beside. So nothing is counted that came after, and long visits are not mistaken for bad ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from kundskab.drivers.deeds import DAY, Deeds, different
from kundskab.drivers.marks import ERAS
from kundskab.drivers.trial import Candidate, Trial

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

PAUSE = 30 * 60 * 1_000_000  # microseconds; silence for longer ends a visit
FEWEST_REACHED = 60  # visits that reached the goal: with fewer there is nothing to hold against
MOST_MOMENTS = 60_000
MOST_ACTIONS = 80
_PARTS = 18  # into which the time is cut in the search for something broken
_WHILES = (2, 4)  # how many parts it may have lasted
_STRIKING, _FEWEST_STRIKING = 4.0, 5  # standard errors, and visits, from which what came up in a while is named
_LATE = 2  # the last steps of the way, where it matters most
_WAY = 0.5  # an action of at least so many of the visits that reach the goal is the way to it


def completed(deeds: Deeds, goal: tuple[str, ...], *, rng: np.random.Generator) -> Trial | None:
    """A trial of moments within visits; None where too few visits reach the goal, or it stands alone."""
    deeds = _by_occasion(deeds)
    apart = np.diff(deeds.occasion) != 0 if _has_occasions(deeds) else np.diff(deeds.us) > PAUSE
    visit = np.cumsum(np.r_[0, apart | (np.diff(deeds.person) != 0)])
    is_goal = np.array([name in goal for name in deeds.actions])[deeds.action]
    visits = int(visit[-1]) + 1
    place = np.arange(len(visit))
    reached = np.full(visits, len(visit))
    np.minimum.at(reached, visit[is_goal], place[is_goal])
    ends = reached < len(visit)
    starts = np.r_[0, np.flatnonzero(np.diff(visit)) + 1]
    if ends.sum() < FEWEST_REACHED or (reached[ends] > starts[ends]).sum() < FEWEST_REACHED:
        return None
    before = place < reached[visit]
    way = _way(deeds, visit, before, ends)
    rows = np.flatnonzero(before)
    if len(rows) > MOST_MOMENTS:  # whole visits, so that what hangs together stays together
        kept = rng.random(visits) < MOST_MOMENTS / len(rows)
        rows = rows[kept[visit[rows]]]
    base = _so_far(deeds, visit, starts, rows, way)
    candidates, x = _next(deeds, visit, rows, before, way, starts)
    late = np.argsort(np.argsort(-deeds.us[rows], kind="stable"), kind="stable")
    name = goal[0]
    return Trial(
        outcome="completed", question=f"What goes with a visit ending in “{name}”?", came=f"ended in “{name}”",
        unit="visits", candidates=candidates, x=x, did=x > 0, base=base, y=ends[visit[rows]].astype(np.float64),
        amount=None, person=deeds.person[rows], era=late * ERAS // max(len(rows), 1), eras=ERAS,
        visit=visit[rows],
    )  # fmt: skip


def _has_occasions(deeds: Deeds) -> bool:
    """Whether the source itself says which events make a visit."""
    known = deeds.occasion[deeds.occasion > 0]
    return len(known) > 0.8 * len(deeds) and len(known) > 2 * len(np.unique(known))


def _by_occasion(deeds: Deeds) -> Deeds:
    if not _has_occasions(deeds):
        return deeds
    order = np.lexsort((deeds.us, deeds.occasion, deeds.person))
    columns = ("person", "us", "action", "category", "channel", "object", "occasion", "hour", "weekday")
    return replace(deeds, **{name: getattr(deeds, name)[order] for name in columns})


def _way(deeds: Deeds, visit: Whole, before: npt.NDArray[np.bool_], ends: npt.NDArray[np.bool_]) -> list[int]:
    """The steps that most of those who reach the goal take, in the order in which they take them."""
    chosen = before & ends[visit]
    _, taken = different(visit[chosen], deeds.action[chosen])
    counts = np.bincount(taken, minlength=len(deeds.actions))
    steps = [int(code) for code in np.flatnonzero(counts >= _WAY * ends.sum())]
    place = np.flatnonzero(chosen)
    until = np.full(int(visit[-1]) + 1, 0)
    np.maximum.at(until, visit[place], place)
    left = until[visit[place]] - place  # how many events before the end the step is taken
    return sorted(steps, key=lambda code: -float(np.median(left[deeds.action[place] == code])))


def _so_far(deeds: Deeds, visit: Whole, starts: Whole, rows: Whole, way: list[int]) -> Floats:
    """What has been done up to the moment: each step of the way, what is being done now, how many things, when."""
    columns: list[Floats] = []
    for code in way:
        columns.append(_reached(deeds, visit, rows, starts, code).astype(np.float64))
    now = deeds.action[rows]
    counts = np.bincount(now, minlength=len(deeds.actions))
    for code in np.argsort(-counts, kind="stable")[:MOST_ACTIONS].tolist():
        if counts[code]:
            columns.append((now == code).astype(np.float64))
    position = np.log1p((rows - starts[visit[rows]]).astype(np.float64))
    columns += [position, position**2, deeds.hour[rows] / 24.0]
    for code in range(len(deeds.channels)):
        columns.append((deeds.channel[rows] == code).astype(np.float64))
    return np.column_stack([c for c in columns if c.std() > 1e-9] or [np.zeros(len(rows))])


def _next(
    deeds: Deeds, visit: Whole, rows: Whole, before: npt.NDArray[np.bool_], way: list[int], starts: Whole
) -> tuple[tuple[Candidate, ...], Floats]:
    """What comes next, if it is not the goal: something beside the way, or a step of the way that goes backwards."""
    at = np.minimum(rows + 1, len(visit) - 1)
    follows = (at > rows) & (visit[at] == visit[rows]) & before[at]
    action = np.where(follows, deeds.action[at], -1)
    counts = np.bincount(action[follows], minlength=len(deeds.actions))
    codes = [c for c in np.argsort(-counts, kind="stable")[:MOST_ACTIONS].tolist() if counts[c] and c not in way]
    named = [Candidate(f"{deeds.actions[c]} in visit", f"met “{deeds.actions[c]}” on the way") for c in codes]
    columns = [(action == c).astype(np.float64) for c in codes]
    reached = (
        np.stack([_reached(deeds, visit, rows, starts, code) for code in way]) if way else np.zeros((0, len(rows)))
    )
    for step, code in enumerate(way[:-1]):
        later = reached[step + 1 :].any(axis=0)
        name = deeds.actions[code]
        named.append(Candidate(f"back to {name} in visit", f"went back to “{name}” from further on"))
        columns.append(((action == code) & later).astype(np.float64))
    for candidate, column in _times(deeds, visit, rows, way):
        named.append(candidate)
        columns.append(column)
    return tuple(named), np.column_stack(columns) if columns else np.zeros((len(rows), 0))


def _times(deeds: Deeds, visit: Whole, rows: Whole, way: list[int]) -> Iterator[tuple[Candidate, Floats]]:
    """Being at a late step of the way for a while, in one channel or in any: something may have been broken there.

    Whiles of two lengths begin at every part of the time, so that one of them fits whatever was broken, roughly; those
    that overlap are near-copies, and the likeliest is told.
    """
    first, last = int(deeds.us[rows].min()), int(deeds.us[rows].max())
    parts = int(np.clip((last - first) // (7 * DAY), 1, _PARTS))
    part = np.minimum((deeds.us[rows] - first) * parts // max(last - first, 1), parts - 1)
    channels = [(name, deeds.channel[rows] == code) for code, name in enumerate(deeds.channels)]
    if len(channels) > 1:
        channels.insert(0, ("", np.ones(len(rows), dtype=bool)))
    came_up = _came_up(deeds, visit, rows, way)
    whiles = [(at, at + length) for length in _WHILES if length < parts for at in range(parts - length + 1)]
    for code in way[-_LATE:]:
        here = deeds.action[rows] == code
        there = np.unique(visit[rows[here]])
        for name, among in channels:
            for since, until in whiles:
                inside = here & among & (part >= since) & (part < until)
                if inside.any():
                    from_, to = (_day(first + (last - first) * edge // parts) for edge in (since, until))
                    told = from_.removesuffix(to[-5:])  # one year is said once
                    where = f" ({name})" if name else ""
                    words = f"were at “{deeds.actions[code]}”{where} between {told} and {to}"
                    words += _beside(deeds, came_up, there, np.unique(visit[rows[inside]]))
                    yield Candidate(f"{deeds.actions[code]} {name} {from_} {to}", words), inside.astype(np.float64)


def _came_up(deeds: Deeds, visit: Whole, rows: Whole, way: list[int]) -> dict[int, npt.NDArray[np.bool_]]:
    """Of each of the commonest actions beside the way: in which visits it came up, (visits,)."""
    counts = np.bincount(deeds.action[rows], minlength=len(deeds.actions))
    beside = [c for c in np.argsort(-counts, kind="stable")[:MOST_ACTIONS].tolist() if counts[c] and c not in way]
    found = {}
    for code in beside:
        found[code] = np.zeros(int(visit[-1]) + 1, dtype=bool)
        found[code][visit[deeds.action == code]] = True
    return found


def _beside(deeds: Deeds, came_up: dict[int, npt.NDArray[np.bool_]], at_step: Whole, inside: Whole) -> str:
    """What came up in these visits far more often than in others that were at the step: ", where “payment error” came
    up 9 times as often"; empty where nothing did."""
    others = np.setdiff1d(at_step, inside, assume_unique=True)
    best, said = _STRIKING, ""
    for code, when in came_up.items():
        here, elsewhere = int(when[inside].sum()), int(when[others].sum())
        if here < _FEWEST_STRIKING or not len(others):
            continue
        share, usual = here / len(inside), elsewhere / len(others)
        both = (here + elsewhere) / (len(inside) + len(others))
        z = (share - usual) / np.sqrt(max(both * (1 - both), 1e-9) * (1 / len(inside) + 1 / len(others)))
        if z > best and share > 2 * usual:
            times = f" {share / usual:.0f} times as often" if usual else ", as it did nowhere else"
            best, said = float(z), f", where “{deeds.actions[code]}” came up{times}"
    return said


def _day(us: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)).strftime("%-d %b %Y")


def _reached(deeds: Deeds, visit: Whole, rows: Whole, starts: Whole, code: int) -> npt.NDArray[np.bool_]:
    """Whether the step has been taken by the moment, in this visit."""
    of = (deeds.action == code).astype(np.int64)
    total, begun = np.cumsum(of), starts[visit[rows]]
    return np.asarray(total[rows] - total[begun] + of[begun] > 0)
