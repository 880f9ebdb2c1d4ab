"""What matters: every candidate held against an outcome, beyond the obvious, and told in natural frequencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kundskab.drivers import alike, candidates, joint, marks, stories, visits
from kundskab.drivers.deeds import Deeds
from kundskab.drivers.marks import ERAS, FEWEST, Marks
from kundskab.drivers.trial import Trial, sifted
from kundskab.events.said import did

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

_FOUND_Z, _SEEN_AGAIN_Z = 2.0, 1.645  # in the half that it was found in, and in the other, whose people were not used
_FEWEST_OTHERS = 3  # candidates per person in a half, below which no second look is honest
MOST_SHOWN = 2_000  # persons of a finding who can be walked to
_TOLD = 40  # candidates per trial whose eras are looked at


@dataclass(frozen=True, slots=True)
class Finding:
    """One candidate and one outcome.  Shares are 0-1; of an amount they are the amounts.

    chance: that it says something.  q: expected share of false ones among it and all surer ones.  p: of the plain
    joint model.  obvious: its rank (1 is the strongest) when each is looked at alone.  confirmed: seen also in people
    not used to find it; None where there are too few to look again.
    """

    outcome: str
    question: str
    came: str
    unit: str
    behaviour: str
    did: str
    beside: alike.Beside
    is_share: bool
    chance: float
    q: float
    p: float
    direction: int
    found: bool
    eras: int
    eras_agreeing: int
    obvious: int
    candidates: int
    confirmed: bool | None
    story: str  # the behaviour under which it is told: its own, or that of a finding about much the same people
    who: tuple[int, ...] = ()  # codes of the persons who did it, of a found one


def trials(
    deeds: Deeds, horizon_days: int, *, rng: np.random.Generator, action: str | None = None
) -> Iterator[list[Trial]]:
    """Each outcome that these data can have: the trial to find in, then the same in earlier eras.

    action: ask about this one alone (whether people do it within the horizon).
    """
    eras = [mark for mark in (marks.now(deeds, horizon_days, era) for era in range(ERAS)) if len(mark.person) >= FEWEST]
    if eras:
        made = [(mark, candidates.of_everybody(deeds, mark), candidates.obvious(deeds, mark)) for mark in eras]
        for outcome in ("came back", "purchased", "spent") if action is None else (action,):
            asked = [_now(deeds, outcome, horizon_days, *one, action=action) for one in made]
            if asked[0] is not None:
                yield [trial for trial in asked if trial is not None]
    if action is None and (begun := marks.beginners(deeds, horizon_days)) is not None:
        yield [_stayed(deeds, *begun)]
    goal = (action,) if action else tuple(name for name in deeds.buying if _is_goal(deeds, name))
    if goal and (within := visits.completed(deeds, goal, rng=rng)) is not None:
        yield [within]


def findings(of: Sequence[Trial], *, rng: np.random.Generator) -> list[Finding]:
    """All candidates of one outcome, the found first and the largest of them at the top."""
    trial = sifted(of[0])
    if not trial.candidates or trial.y.std() < 1e-12:
        return []
    groups = trial.person if trial.unit == "visits" else None
    families = joint.near_copies(trial.x)
    asked = joint.joint(
        trial.x, trial.base, trial.y, is_share=trial.is_share, groups=groups, families=families, rng=rng
    )
    strata = alike.strata(trial.base, trial.y, is_share=trial.is_share)
    amount = trial.y if trial.amount is None else trial.amount
    told = [alike.beside(trial.did[:, at], amount, strata, groups) for at in range(len(trial.candidates))]
    direction = np.sign(asked.z).astype(int)
    # What the joint model says and what the plain comparison shows must point the same way to be told at all.
    found = asked.found & (direction == np.sign([one.effect for one in told]))
    alone = _alone(trial)
    again = _again(trial, joint.beside_each_other(families, asked.chance, asked.together), rng)
    story = stories.stories(trial, [at for at in range(len(told)) if found[at]], told)

    def place(at: int) -> tuple[bool, float, int, float]:
        """Stories, the largest first; within each who leads it, then the largest; then what was not found."""
        if not found[at]:
            return True, -abs(asked.z[at]), 0, 0.0
        leads = story[at]
        return False, -abs(told[leads].effect), leads, 0.0 if at == leads else 1 / (1e-9 + abs(told[at].effect))

    order = sorted(range(len(told)), key=place)
    agreeing = _eras(of, trial, order[:_TOLD], direction)
    return [
        Finding(
            outcome=trial.outcome, question=trial.question, came=trial.came, unit=trial.unit,
            behaviour=trial.candidates[at].key, did=trial.candidates[at].words, beside=told[at],
            is_share=trial.is_share, chance=float(asked.chance[at]), q=float(asked.q[at]), p=float(asked.p[at]),
            direction=int(direction[at]), found=bool(found[at]), eras=agreeing.get(at, (0, 0))[0],
            eras_agreeing=agreeing.get(at, (0, 0))[1], obvious=int(alone[at]), candidates=len(told),
            confirmed=None if again is None else bool(again[at]),
            story=trial.candidates[story.get(at, at)].key,
            who=tuple(np.unique(trial.person[trial.did[:, at]])[:MOST_SHOWN].tolist()) if found[at] else (),
        )
        for at in order
    ]  # fmt: skip


def _now(deeds: Deeds, outcome: str, horizon_days: int, mark: Marks, made: candidates.Made, base: Floats, *,
         action: str | None) -> Trial | None:  # fmt: skip
    within = f"within {horizon_days} days"
    amount: Floats | None = None
    if outcome == "came back":
        y = _any(deeds.person, deeds.us, mark, len(deeds.persons))
        question, came = f"Who comes back {within}?", f"came back {within}"
    elif action is not None:
        of = np.array([name == action for name in deeds.actions])[deeds.action]
        y = _any(deeds.person[of], deeds.us[of], mark, len(deeds.persons))
        question, came = f"Who does “{action}” {within}?", f"{did(action)} {within}"
    elif outcome == "purchased":
        y = _any(deeds.bought.person, deeds.bought.us, mark, len(deeds.persons))
        question, came = f"Who buys {within}?", f"bought {within}"
    else:
        amount = _spent(deeds, mark)
        y = np.log1p(amount)
        question, came = f"Who spends more {within}?", f"spent {within}"
    if min((y > 0).sum(), (y == 0).sum()) < 20:
        return None
    return _trial(mark, made, base, y, outcome=outcome, question=question, came=came, amount=amount, eras=ERAS)


def _stayed(deeds: Deeds, mark: Marks, start: int, end: int) -> Trial:
    y = _any(deeds.person, deeds.us, mark, len(deeds.persons))
    when = f"{start} to {end} days later"
    return _trial(
        mark, candidates.of_beginners(deeds, mark), candidates.obvious(deeds, mark), y, outcome="stayed",
        question=f"Which beginners are still there {when}?", came=f"were still there {when}", amount=None, eras=ERAS,
    )  # fmt: skip


def _trial(mark: Marks, made: candidates.Made, base: Floats, y: Floats, *, outcome: str, question: str, came: str,
           amount: Floats | None, eras: int) -> Trial:  # fmt: skip
    n = len(mark.person)
    return Trial(
        outcome=outcome, question=question, came=came, unit="people", candidates=tuple(made.candidates),
        x=np.column_stack(made.x) if made.x else np.zeros((n, 0)),
        did=np.column_stack(made.did) if made.did else np.zeros((n, 0), dtype=bool),
        base=base, y=y, amount=amount, person=mark.person, era=mark.era, eras=eras,
    )  # fmt: skip


def _window(person: npt.NDArray[np.int64], us: npt.NDArray[np.int64], mark: Marks, persons: int) -> tuple[
    npt.NDArray[np.int64], Truths
]:  # fmt: skip
    place = np.full(persons, -1)
    place[mark.person] = np.arange(len(mark.person))
    unit = place[person]
    at = np.maximum(unit, 0)
    return unit, (unit >= 0) & (us > mark.since[at]) & (us <= mark.until[at])


def _any(person: npt.NDArray[np.int64], us: npt.NDArray[np.int64], mark: Marks, persons: int) -> Floats:
    unit, inside = _window(person, us, mark, persons)
    return (np.bincount(unit[inside], minlength=len(mark.person)) > 0).astype(np.float64)


def _spent(deeds: Deeds, mark: Marks) -> Floats:
    unit, inside = _window(deeds.bought.person, deeds.bought.us, mark, len(deeds.persons))
    value = np.maximum(deeds.bought.value[inside], 0)
    return np.bincount(unit[inside], value, minlength=len(mark.person)).astype(np.float64)


def _is_goal(deeds: Deeds, name: str) -> bool:
    """What undoes a purchase is no goal."""
    return name in deeds.goals


def _alone(trial: Trial) -> npt.NDArray[np.int64]:
    """The rank of each when it is looked at alone, as dashboards do: 1 for the strongest correlation."""
    spread = trial.x.std(axis=0)
    scaled = (trial.x - trial.x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    strength = np.abs(scaled.T @ (trial.y - trial.y.mean()))
    return np.argsort(np.argsort(-strength, kind="stable"), kind="stable") + 1


def _again(trial: Trial, chosen: Truths, rng: np.random.Generator) -> Truths | None:
    """Whether each of the chosen is seen in one half of the people and again in the other, whichever way round."""
    everyone, trial = trial, trial.with_(np.flatnonzero(chosen))
    persons = np.unique(trial.person)
    half = np.isin(trial.person, rng.permutation(persons)[: len(persons) // 2])
    fewest = min(half.sum(), (~half).sum())
    if fewest < _FEWEST_OTHERS * (trial.x.shape[1] + trial.base.shape[1]):
        return None
    one, other = (
        joint.wald(part.x, part.base, part.y, is_share=part.is_share) for part in (trial.of(half), trial.of(~half))
    )
    same = np.sign(one) == np.sign(other)
    one, other = np.abs(one), np.abs(other)
    again = np.zeros(len(everyone.candidates), dtype=bool)
    again[chosen] = same & (((one > _FOUND_Z) & (other > _SEEN_AGAIN_Z)) | ((other > _FOUND_Z) & (one > _SEEN_AGAIN_Z)))
    return again


def _eras(
    of: Sequence[Trial], trial: Trial, chosen: Sequence[int], direction: npt.NDArray[np.int64]
) -> dict[int, tuple[int, int]]:
    """In how many eras each could be looked at, and in how many it points the same way beyond the obvious."""
    parts = list(of) if len(of) > 1 else [trial.of(trial.era == era) for era in range(trial.eras)]
    looked: dict[int, tuple[int, int]] = dict.fromkeys(chosen, (0, 0))
    for part in parts:
        place = {candidate.key: at for at, candidate in enumerate(part.candidates)}
        there = [at for at in chosen if trial.candidates[at].key in place]
        own = part.with_(np.array([place[trial.candidates[at].key] for at in there], dtype=np.int64))
        if len(own.y) < 100 or own.y.std() < 1e-12 or not there:
            continue
        done = own.did.sum(axis=0)
        strata = alike.strata(own.base, own.y, is_share=own.is_share)
        amount = own.y if own.amount is None else own.amount
        for column, at in enumerate(there):
            if done[column] < 5:
                continue
            effect = alike.beside(own.did[:, column], amount, strata).effect
            eras, agreeing = looked[at]
            looked[at] = (eras + 1, agreeing + int(np.sign(effect) == direction[at]))
    return looked
