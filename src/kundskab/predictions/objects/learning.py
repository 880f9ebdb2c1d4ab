"""Learn the next object and say how well: models compete out of time, on people who chose nothing, beside popularity.

Twice fitted: once on what lies before a moment, asked for what came after it; then on everything, to be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kundskab.predictions.objects.blend import Blend, Drawing, choose_weights, fit_models
from kundskab.predictions.objects.chances import CANDIDATES, Candidates, Odds, candidates, ece, learn_odds, losses
from kundskab.predictions.objects.evaluate import Ranking, Scorer, evaluate, places_of, without_known, worth_of
from kundskab.predictions.objects.kept import Kept, offered, small, strength
from kundskab.predictions.objects.markov import fit_markov
from kundskab.predictions.objects.popular import DAY, popular, popular_lately
from kundskab.predictions.objects.refine import Refined, features, fit_refined, refined
from kundskab.predictions.objects.sequences import Floats, Sequences, Split, Times, in_time, settling
from kundskab.predictions.objects.transitions import Settings, fit_transitions
from kundskab.predictions.standing import Standing
from kundskab.types import KundskabError

AGAIN = 0.05  # of later events go back to something known: then it is offered again
EVENTS = 1_000_000  # learnt from; of more, some people's
ASKED = 6_000  # people asked to choose, and as many others to measure
FEWEST_ASKED = 50
ENOUGH_ASKED = 400  # for a split in time; with fewer, everybody's last event is asked for
DENSE = 4_000  # objects solved together: 7 s and 0.1 GB; more foretell no better (docs/predictions-objects.md)
TRIED = 1_500  # objects solved together while settings are chosen
_DOUBT = 1.96  # standard errors
_CELLS = 5_000_000  # scores held at once

SHORT = Settings(fading=1.5, asked_fading=2.5, mix=0.2, ridge=80.0)
LONG = Settings(fading=5.0, ridge=100.0, damping=0.1)
POPULAR, LATELY, MARKOV, BLEND = "popular", "popular in 7 days", "what came next before", "blend"
REFINED = "blend, put in order by trees"
TREES_FROM = 2_000  # people to choose on
TREES_UP_TO = 300_000  # people to tell: beyond, a night is too short


class TooFew(KundskabError):
    """There are too few sequences to learn what follows what."""


@dataclass(frozen=True, slots=True)
class Contestant(Standing):
    """A model on people who chose nothing.  log_loss: of what came, in nats, over the whole catalogue.

    low, high: beside the best plain one; 0 for that one itself.  ece: of the chance of the object named first.
    """

    ranking: Ranking


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """kept: what to ask.  contest: every model beside the plain ones.  by_time: False where everybody's last event was
    asked for, because too few came back after one moment.
    """

    kept: Kept
    contest: list[Contestant]
    by_time: bool
    settings: Settings


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """What sequences speak of. names: shape (catalogue,), sorted. categories: numbers of category_names, -1: none."""

    names: npt.NDArray[np.str_]
    categories: npt.NDArray[np.int64]
    category_names: npt.NDArray[np.str_]


def learn(
    events: Sequences, objects: Objects, *, window_days: float, rng: np.random.Generator, dense: int = DENSE
) -> Learnt:
    """The model to use, and the contest it came from.

    window_days: how long a time to ask for; doubled until enough people came back in it.
    Raises TooFew where fewer than 50 people can be asked.
    """
    people, events = events.people, _some(events, rng)
    again = comes_again(events)
    trial, by_time = _trial(events, window_days, only_new=not again)
    trial = _asked(trial, rng)
    choosing, measuring = _halves(trial, rng)
    settings = replace(_settings(choosing, again=again), dense=dense)
    models = fit_models(trial.train, settings)
    ours = {BLEND: _chosen(models, choosing, again=again)}
    if choosing.history.people >= TREES_FROM and people <= TREES_UP_TO:
        ours |= _with_trees(models, ours[BLEND].blend.weights, choosing, again=again)
    contest = _contest(ours, measuring, again=again)
    winner = next(one.model for one in contest if one.chosen)
    if winner in ours:
        won = ours[winner]
        del models  # two of everything at once would double the memory
        anew = fit_models(events, settings, attention="attention" in won.blend.models)
        final = small(Blend(anew, won.blend.weights), whole=won.trees is not None)
        won = replace(won, blend=final)
    else:
        won = _plain(winner, events, choosing, again=again)
    kept = Kept(
        objects.names, won.blend, popular(events).shares, won.odds, again, objects.categories, objects.category_names,
        won.trees,
    )  # fmt: skip
    return Learnt(kept, contest, by_time, settings)


def comes_again(events: Sequences) -> bool:
    """Whether people turn to the same object again often enough for it to be offered again."""
    pairs = events.owners * events.catalogue + events.objects
    later = len(pairs) - events.people
    return bool(later > 0 and len(pairs) - len(np.unique(pairs)) > AGAIN * later)


def _some(events: Sequences, rng: np.random.Generator) -> Sequences:
    if len(events.objects) <= EVENTS:
        return events
    order = rng.permutation(events.people)
    many = int(np.searchsorted(np.cumsum(events.lengths[order]), EVENTS))
    return events.of(np.sort(order[: max(many, 1)]))


def _trial(events: Sequences, days: float, *, only_new: bool) -> tuple[Split, bool]:
    """Questions in time where enough people came back, else everybody's second-last event."""
    if len(events.times):
        first, last = float(events.times.min()), float(events.times.max())
        while days * DAY < (last - first) / 3:
            split = _new_only(in_time(events, last - days * DAY)) if only_new else in_time(events, last - days * DAY)
            if split.history.people >= ENOUGH_ASKED:
                return split, True
            days *= 2
    split = settling(events)
    split = _new_only(split) if only_new else split
    if split.history.people < FEWEST_ASKED:
        raise TooFew(
            f"{_few(split.history.people)} turned to three objects or more; from {FEWEST_ASKED} on it can be "
            "learnt what follows what."
        )
    return split, False


def _few(people: int) -> str:
    return {0: "Nobody", 1: "Only one person"}.get(people, f"Only {people} people")


def _new_only(split: Split) -> Split:
    """Without those who turned to something they knew: it is not offered, so it is not asked for."""
    history = split.history
    known = np.zeros(history.people, bool)
    np.logical_or.at(known, history.owners, history.objects == split.target[history.owners])
    return Split(split.train, history.of(~known), split.target[~known], split.asked_at[~known])


def _asked(split: Split, rng: np.random.Generator) -> Split:
    return _of(split, np.sort(rng.permutation(split.history.people)[: 2 * ASKED]))


def _of(split: Split, people: npt.NDArray[np.int64]) -> Split:
    return Split(split.train, split.history.of(people), split.target[people], split.asked_at[people])


def _halves(split: Split, rng: np.random.Generator) -> tuple[Split, Split]:
    order = rng.permutation(split.history.people)
    half = len(order) // 2
    return _of(split, np.sort(order[:half])), _of(split, np.sort(order[half:]))


def _settings(choosing: Split, *, again: bool) -> Settings:
    """Short or long memory, whichever ranks better when only the most seen objects are solved together."""
    tried = {
        settings: evaluate(
            fit_transitions(choosing.train, replace(settings, dense=TRIED)), choosing, only_new=not again
        ).ndcg
        for settings in (SHORT, LONG)
    }
    return max(tried, key=lambda settings: tried[settings])


@dataclass(frozen=True, slots=True, eq=False)
class _Ours:
    blend: Blend
    odds: Odds
    trees: Refined | None = None

    def candidates(self, history: Sequences, shares: Floats, *, again: bool) -> Candidates:
        scores = offered(self.blend, history, again=again)
        return refined(self.trees, self.blend, history, scores, shares, CANDIDATES)


def _chosen(models: Mapping[str, Drawing], choosing: Split, *, again: bool) -> _Ours:
    weights = choose_weights(models, choosing, only_new=not again)
    return _with_odds(_Ours(small(Blend(models, weights)), Odds()), choosing, again=again)


def _with_trees(
    models: Mapping[str, Drawing], weights: Mapping[str, float], choosing: Split, *, again: bool
) -> dict[str, _Ours]:
    """Trees from two thirds of those who choose; their odds from the last third, whom the trees do not know."""
    blend, shares = small(Blend(models, weights), whole=True), popular(choosing.train).shares
    third = choosing.history.people // 3
    order = np.random.default_rng(choosing.history.people).permutation(choosing.history.people)
    known, other = (_of(choosing, np.sort(some)) for some in (order[third:], order[:third]))
    found = candidates(offered(blend, known.history, again=again))
    trees = fit_refined(found, features(blend, known.history, found, shares), known.target)
    return {} if trees is None else {REFINED: _with_odds(_Ours(blend, Odds(), trees), other, again=again)}


def _with_odds(ours: _Ours, asked: Split, *, again: bool) -> _Ours:
    found = ours.candidates(asked.history, popular(asked.train).shares, again=again)
    return replace(ours, odds=learn_odds(found, strength(ours.blend, asked.history), asked.target))


def _plain(model: str, events: Sequences, choosing: Split, *, again: bool) -> _Ours:
    """Only what is popular, of all time or lately, with the odds of it; where nothing else is better."""

    def only(train: Sequences) -> Blend:
        fashion = popular_lately(train).now() if model == LATELY else popular(train)
        return Blend({"popular lately": fashion}, {"popular lately": 1.0})

    told = _with_odds(_Ours(only(choosing.train), Odds()), choosing, again=again)
    return replace(told, blend=only(events))


def _contest(ours: Mapping[str, _Ours], measuring: Split, *, again: bool) -> list[Contestant]:
    """Ours is chosen only where it beats the best plain one by more than chance."""
    train, history, target = measuring.train, measuring.history, measuring.target
    plain = popular(train)
    rows: dict[str, tuple[Times, Times, npt.NDArray[np.bool_], Ranking]] = {}
    for name, model in ((POPULAR, plain), (LATELY, popular_lately(train)), (MARKOV, fit_markov(train))):
        rows[name] = _told_by(model, measuring, again=again)
    for name, one in ours.items():
        found = one.candidates(history, plain.shares, again=again)
        chance = one.odds.chances(found, strength(one.blend, history))
        hit = found.objects == target[:, None]
        place = np.where(hit.any(axis=1), hit.argmax(axis=1), 99).astype(np.float64)
        rows[name] = losses(found, chance, plain.shares, target), chance[:, 0], hit[:, 0], worth_of(place)
    best_plain = min((POPULAR, LATELY), key=lambda name: rows[name][0].mean())
    best = min(ours, key=lambda name: rows[name][0].mean())
    gain = rows[best_plain][0] - rows[best][0]
    sure = len(gain) > 1 and gain.mean() > _DOUBT * gain.std() / len(gain) ** 0.5
    chosen = best if sure else best_plain
    parts = " + ".join(f"{weight:g} {name}" for name, weight in ours[BLEND].blend.weights.items())
    return [
        _contestant(
            name,
            *row,
            beside=rows[best_plain][0],
            chosen=name == chosen,
            words=_words(row[3], chosen in ours, best_plain, parts if name in ours else "", rows[best_plain][3]),
        )
        for name, row in rows.items()
    ]


def _told_by(model: Scorer, asked: Split, *, again: bool) -> tuple[Times, Times, npt.NDArray[np.bool_], Ranking]:
    """Log-losses, the chance of the first, whether it came, and the ranking, of a model whose scores are chances."""
    loss, first, hit, places = [], [], [], []
    history = asked.history
    step = max(1, _CELLS // history.catalogue)
    for begin in range(0, history.people, step):
        group = np.arange(begin, min(begin + step, history.people))
        theirs, target = history.of(group), asked.target[group]
        scores = model.scores(theirs, asked.asked_at[group])
        if not again:
            scores = np.maximum(without_known(scores, theirs), 0)
        scores = scores / np.maximum(scores.sum(axis=1, keepdims=True), 1e-12)
        loss.append(-np.log(np.maximum(scores[np.arange(len(group)), target], 1e-9)))
        first.append(scores.max(axis=1))
        hit.append(scores.argmax(axis=1) == target)
        places.append(places_of(scores, target))
    joined = np.concatenate(loss).astype(np.float64), np.concatenate(first).astype(np.float64), np.concatenate(hit)
    return *joined, worth_of(np.concatenate(places))


def _contestant(
    name: str,
    loss: Times,
    first: Times,
    hit: npt.NDArray[np.bool_],
    ranking: Ranking,
    *,
    beside: Times,
    chosen: bool,
    words: str,
) -> Contestant:
    more = loss - beside
    mean, error = float(more.mean()), float(more.std() / max(len(more), 1) ** 0.5)
    low, high = mean - _DOUBT * error, mean + _DOUBT * error
    plain = name in (POPULAR, LATELY)
    return Contestant(name, float(loss.mean()), low, high, ece(first, hit), len(loss), chosen, plain, words, ranking)


def _words(found: Ranking, is_better: bool, best_plain: str, parts: str, plain: Ranking) -> str:
    """parts: of what one of ours is made; empty for a plain one."""
    hits = f"Of 100 people about {100 * found.hr:.0f} turned to one of the ten objects it named."
    if not parts:
        return hits
    hits = f"{hits} Made of {parts}."
    if not is_better:
        return f"{hits} Nothing beats what is {best_plain} here, so that is what is told."
    return f"{hits} What is {best_plain} had about {100 * plain.hr:.0f}."
