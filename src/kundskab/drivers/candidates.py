"""The candidates: hundreds of behaviours made from what people did before they are looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kundskab.drivers.deeds import DAY, Deeds, different
from kundskab.drivers.marks import BEGINNING_DAYS, Marks
from kundskab.drivers.trial import Candidate
from kundskab.events.said import did
from kundskab.metrics.distance.contacts import ENCOUNTER, HUMAN_CHANNELS

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

MOST_NAMES = 60  # the commonest actions, and pairs of action and category
RECENT_DAYS = 90
_HOURS = {"at night": (0, 6), "in the morning": (6, 12), "in the afternoon": (12, 18), "in the evening": (18, 24)}
_ERRORS = ("error", "fail", "denied", "bug", "declined", "abandoned")


@dataclass(slots=True)
class Made:
    """The candidates so far, and their columns."""

    candidates: list[Candidate] = field(default_factory=list)
    x: list[npt.NDArray[np.float32]] = field(default_factory=list)
    did: list[Truths] = field(default_factory=list)

    def add(self, key: str, words: str, x: Floats, did: Truths | None = None) -> None:
        """did None: those among the highest third."""
        if did is None:
            did = x > max(float(np.quantile(x, 2 / 3)), float(x.min()))
        self.candidates.append(Candidate(key, words))
        self.x.append(np.asarray(x, dtype=np.float32))
        self.did.append(did)


@dataclass(frozen=True, slots=True)
class Seen:
    """The events before each person's mark: unit (place in the marks) and event (place in the deeds), same length."""

    unit: Whole
    event: Whole
    units: int

    def of(self, chosen: Truths) -> Seen:
        return Seen(self.unit[chosen], self.event[chosen], self.units)

    def count(self) -> Floats:
        return np.bincount(self.unit, minlength=self.units).astype(np.float64)


def seen_of(deeds: Deeds, marks: Marks) -> Seen:
    """What was done up to the mark, and nothing after it."""
    place = np.full(len(deeds.persons), -1)
    place[marks.person] = np.arange(len(marks.person))
    unit = place[deeds.person]
    before = (unit >= 0) & (deeds.us <= marks.seen[np.maximum(unit, 0)])
    return Seen(unit[before], np.flatnonzero(before), len(marks.person))


def of_everybody(deeds: Deeds, marks: Marks, *, human: Collection[str] = HUMAN_CHANNELS) -> Made:
    """For people looked at in the midst of things: what they ever did, lately did, and did on their first day."""
    made, seen = Made(), seen_of(deeds, marks)
    lately = seen.of(deeds.us[seen.event] > marks.seen[seen.unit] - RECENT_DAYS * DAY)
    first = seen.of(deeds.us[seen.event] < marks.began[seen.unit] + DAY)
    for name, of in _actions(deeds, seen):
        _act(made, f"{name} lately", f"{did(name)} in the last {RECENT_DAYS} days", lately.of(of[lately.event]))
        _act(made, f"{name}", f"ever {did(name)}", seen.of(of[seen.event]))
        _act(made, f"{name} first day", f"{did(name)} on their first day", first.of(of[first.event]))
    for name, of in _pairs(deeds, seen):
        _act(made, name, f"ever {did(name)}", seen.of(of[seen.event]))
    _ways(made, deeds, seen, human)
    _rhythm(made, deeds, seen, marks)
    return made


def of_beginners(deeds: Deeds, marks: Marks, *, human: Collection[str] = HUMAN_CHANNELS) -> Made:
    """For people looked at two weeks after they began: what they did at the beginning, and before it."""
    made, seen = Made(), seen_of(deeds, marks)
    at = deeds.us[seen.event]
    began = marks.began[seen.unit]
    after = seen.of(at >= began)
    first = seen.of((at >= began) & (at < began + DAY))
    before = seen.of(at < began)
    theirs = _about_first(deeds, after, marks)
    soon = f"within {BEGINNING_DAYS} days"
    for name, of in _actions(deeds, seen):
        about = after.of(of[after.event] & theirs)
        words = f"{did(name)} about what they first bought, {soon}"
        _act(made, f"{name} about first bought", words, about)
        _act(made, f"{name} soon", f"{did(name)} {soon} of beginning", after.of(of[after.event]))
        _act(made, f"{name} at once", f"{did(name)} on the day they began", first.of(of[first.event]))
        _act(made, f"{name} before", f"{did(name)} before they first bought", before.of(of[before.event]))
    for name, of in _pairs(deeds, seen):
        _act(made, f"{name} soon", f"{did(name)} {soon} of beginning", after.of(of[after.event]))
    _ways(made, deeds, seen, human)
    _rhythm(made, deeds, seen, marks)
    return made


def obvious(deeds: Deeds, marks: Marks) -> Floats:
    """Recency, frequency, money and tenure, bent and crossed, and the season in which people began; (n, k)."""
    seen = seen_of(deeds, marks)
    n = seen.units
    last = np.full(n, np.iinfo(np.int64).min)
    first = np.full(n, np.iinfo(np.int64).max)
    np.maximum.at(last, seen.unit, deeds.us[seen.event])
    np.minimum.at(first, seen.unit, deeds.us[seen.event])
    some = last > np.iinfo(np.int64).min
    recency = np.where(some, (marks.seen - np.where(some, last, marks.seen)) / DAY, 0.0)
    tenure = np.where(some, (marks.seen - np.where(some, first, marks.seen)) / DAY, 0.0)
    days = _active_days(deeds, seen)
    place = np.full(len(deeds.persons), -1)
    place[marks.person] = np.arange(n)
    unit = place[deeds.bought.person]
    known = (unit >= 0) & (deeds.bought.us <= marks.seen[np.maximum(unit, 0)])
    buys = np.bincount(unit[known], minlength=n).astype(np.float64)
    money = np.bincount(unit[known], weights=np.maximum(deeds.bought.value[known], 0), minlength=n)
    logs = [_standard(np.log1p(c)) for c in (recency, tenure, days, seen.count(), buys, money)]
    columns = [*logs, *(c * c for c in logs)]
    columns += [logs[0] * c for c in logs[1:]] + [logs[1] * c for c in logs[2:]] + [logs[2] * logs[4]]
    columns.append(_standard(recency / np.maximum(tenure, 1.0)))
    began = marks.began / (365.25 * DAY)
    for waves in (1, 2):
        columns += [np.sin(2 * np.pi * waves * began), np.cos(2 * np.pi * waves * began)]
    columns.append(_standard(began))
    return np.column_stack([c for c in columns if c.std() > 1e-9] or [np.zeros(n)])


def _act(made: Made, key: str, words: str, seen: Seen) -> None:
    n = seen.count()
    if n.any():
        made.add(key, words, np.log1p(n), n > 0)


def _actions(deeds: Deeds, seen: Seen) -> Iterator[tuple[str, Truths]]:
    """The commonest actions, purchases aside: those are the obvious itself."""
    counts = np.bincount(deeds.action[seen.event], minlength=len(deeds.actions))
    for code in np.argsort(-counts, kind="stable")[:MOST_NAMES].tolist():
        if counts[code] and deeds.actions[code] not in deeds.buying:
            yield deeds.actions[code], deeds.action == code


def _pairs(deeds: Deeds, seen: Seen) -> Iterator[tuple[str, Truths]]:
    width = len(deeds.categories)
    pair = deeds.action * width + deeds.category
    codes, counts = np.unique(pair[seen.event], return_counts=True)
    for code in codes[np.argsort(-counts, kind="stable")].tolist()[:MOST_NAMES]:
        action, category = deeds.actions[code // width], deeds.categories[code % width]
        if category and action not in deeds.buying:
            yield f"{action} · {category}", pair == code


def _about_first(deeds: Deeds, seen: Seen, marks: Marks) -> Truths:
    """Whether an event is about a category that the person's first order held."""
    first = deeds.bought.first_categories
    held = np.zeros((seen.units, len(deeds.categories)), dtype=bool)
    for unit, person in enumerate(marks.person.tolist()):
        for code in first.get(person, ()):
            held[unit, code] = True
    return np.asarray(held[seen.unit, deeds.category[seen.event]], dtype=np.bool_)


def _ways(made: Made, deeds: Deeds, seen: Seen, human: Collection[str]) -> None:
    """Channels, breadth, hours, errors, humans."""
    total = np.maximum(seen.count(), 1.0)
    for code, channel in enumerate(deeds.channels):
        if channel:
            used = seen.of(deeds.channel[seen.event] == code).count()
            made.add(f"channel {channel}", f"used the channel “{channel}”", used / total, used > 0)
    for what, codes, said in (
        ("objects", deeds.object, "turned to many different things"),
        ("categories", deeds.category, "turned to many different categories"),
        ("actions", deeds.action, "did many different things"),
        ("channels", deeds.channel, "used many different channels"),
    ):
        distinct = _distinct(seen, codes)
        made.add(f"breadth of {what}", said, np.log1p(distinct))
    weekend = seen.of(deeds.weekday[seen.event] >= 5).count() / total
    made.add("weekend", "came mostly at weekends", weekend, weekend > 0.5)
    for said, (start, end) in _HOURS.items():
        hour = deeds.hour[seen.event]
        share = seen.of((hour >= start) & (hour < end)).count() / total
        made.add(said, f"came mostly {said}", share, share > 0.5)
    wrong = np.array([any(word in name.lower() for word in _ERRORS) for name in deeds.actions])
    errors = seen.of(wrong[deeds.action[seen.event]]).count()
    made.add("errors", "met errors", np.log1p(errors), errors > 0)
    stands = np.array([name.lower() in human for name in deeds.channels])
    met = np.array([name == ENCOUNTER for name in deeds.actions])
    people = seen.of(met[deeds.action[seen.event]] | stands[deeds.channel[seen.event]]).count()
    made.add("met us", "met one of us", np.log1p(people), people > 0)


def _rhythm(made: Made, deeds: Deeds, seen: Seen, marks: Marks) -> None:
    """Pauses between days, how even they are, and whether somebody speeds up."""
    day = deeds.us[seen.event] // DAY - int(deeds.us.min(initial=0)) // DAY
    unit, day = different(seen.unit, day)
    gap = np.diff(day).astype(np.float64)
    own = np.diff(unit) == 0
    unit, gap = unit[1:][own], gap[own]
    n = np.bincount(unit, minlength=seen.units)
    mean = np.bincount(unit, gap, minlength=seen.units) / np.maximum(n, 1)
    square = np.bincount(unit, gap * gap, minlength=seen.units) / np.maximum(n, 1)
    uneven = np.where(n > 1, np.sqrt(np.maximum(square - mean**2, 0)) / np.maximum(mean, 1), 0.0)
    longest = np.zeros(seen.units)
    np.maximum.at(longest, unit, gap)
    made.add("pause", "pause long between visits", np.log1p(mean))
    made.add("longest pause", "once stayed away for long", np.log1p(longest))
    made.add("uneven", "come in bursts", uneven)
    at = deeds.us[seen.event]
    middle = (marks.began + marks.seen) // 2
    late = seen.of(at > middle[seen.unit]).count() / np.maximum(seen.count(), 1)
    made.add("speeding up", "do more lately than at first", late)


def _active_days(deeds: Deeds, seen: Seen) -> Floats:
    return _distinct(seen, deeds.us // DAY - int(deeds.us.min(initial=0)) // DAY)


def _distinct(seen: Seen, codes: Whole) -> Floats:
    unit, _ = different(seen.unit, codes[seen.event])
    return np.bincount(unit, minlength=seen.units).astype(np.float64)


def _standard(column: Floats) -> Floats:
    spread = column.std()
    return np.asarray((column - column.mean()) / (spread if spread > 0 else 1.0), dtype=np.float64)
