"""The next action: log-loss of cases held out in time, beside fixed-order Markov and LightGBM; people told a minute.

$KUNDSKAB_DATA names a folder with process_logs, retentioneering_ecom and dunnhumby_journey. As Tax et al. 2017: the
first two thirds of cases by their start are learnt from, the others asked after each event; "nothing more" ends each.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import numpy.typing as npt
import pandas as pd

from bench import machine, public
from bench.report import Section, number
from bench.world import World
from kundskab.predictions.actions.contest import contest, right_after
from kundskab.predictions.actions.following import Following, Outcomes, followed, nothing_seen
from kundskab.predictions.actions.foretell import foretell
from kundskab.predictions.actions.histories import (
    Histories,
    Moments,
    after_each_event,
    at_time,
    histories,
)
from kundskab.predictions.actions.kept import from_bytes, to_bytes
from kundskab.predictions.actions.learning import BOOSTED, LINEAR, MIXTURE, Held, Settings, held_out, learn
from kundskab.predictions.actions.markov import FADING, ORDERS
from kundskab.predictions.actions.mixing import Mixing, of_late
from kundskab.predictions.actions.signs import Small, signs
from kundskab.predictions.calibration import ece_with_doubt, log_loss, resampled

Bools = npt.NDArray[np.bool_]
# The best single model of the trials on each set, by the same protocol: what the mixture must not be worse than.
BEST = {"helpdesk": 0.4745, "BPI-12-W": 0.7261, "ecom": 2.199, "dunnhumby": 1.566}
DAY = 86_400.0
STRETCHES = 8  # of the known cases; those of the later half are foretold from what was before them
ANEW = 12  # times that the asked part is stopped to learn from all that is answered by then
WHOLE = Settings(learn_from=10**9, linear_from=10**9, count_from=10**9)
ALONG = "**mixture, following along**"
LEARNT_ANEW = "**mixture, learnt anew**"
AS_RUN = "**learnt anew, following along**"


def measure(world: World) -> list[Section]:
    """Log-loss and calibration on four sets; seconds to learn from and tell many people."""
    return [_foretelling(quick=world.quick), _speed(20_000 if world.quick else 1_000_000)]


def _process(name: str) -> Callable[[Path], pd.DataFrame]:
    def load(folder: Path) -> pd.DataFrame:
        return pd.read_csv(folder / f"process_logs/{name}.csv.gz").set_axis(["case", "action", "time"], axis=1)

    return load


def _ecom(folder: Path) -> pd.DataFrame:
    frame = pd.read_csv(folder / "retentioneering_ecom/ecom.csv.gz")[["session_id", "event", "timestamp"]]
    return frame.set_axis(["case", "action", "time"], axis=1)


def _dunnhumby(folder: Path) -> pd.DataFrame:
    bought = pd.read_parquet(folder / "dunnhumby_journey/transactions_sample.parquet")
    products = pd.read_parquet(folder / "dunnhumby_journey/products.parquet")[["product_id", "department"]]
    frame = bought.merge(products)[["household_id", "department", "transaction_timestamp"]]
    return frame.set_axis(["case", "action", "time"], axis=1)


SETS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "helpdesk": _process("helpdesk"),
    "BPI-12-W": _process("bpi_12_w"),
    "ecom": _ecom,
    "dunnhumby": _dunnhumby,
}


def cases(frame: pd.DataFrame) -> tuple[Histories, int]:
    """The cases in the order of their start, closed by "nothing more"; and how many of them are learnt from."""
    frame = frame.assign(time=pd.to_datetime(frame["time"])).sort_values(["case", "time"], kind="stable")
    seconds = frame["time"].to_numpy().astype("datetime64[s]").astype(float)
    start = pd.Series(seconds).groupby(frame["case"].to_numpy()).transform("min").to_numpy()
    case = frame["case"].astype("category").cat.codes.to_numpy()
    rank = np.unique(np.column_stack([start, case]), axis=0, return_inverse=True)[1].ravel()
    found = histories(rank, frame["action"].to_numpy(), seconds)
    return found.with_end(), 2 * found.people // 3


def _foretelling(*, quick: bool) -> Section:
    title = "The next action"
    folder = public.folder()
    if not (folder / "process_logs").is_dir():
        return Section(f"{title}: {public.MISSING}", ("",), [])
    rows = []
    for name in list(SETS)[: 1 if quick else None]:
        rows += _of_set(name, *cases(SETS[name](folder)))
    columns = (
        "set", "model", "log-loss", "95 %", "best of the trials", "first guess right", "ECE", "95 %", "by chance",
        "learn CPU s",
    )  # fmt: skip
    notes = [
        "Learnt from the first two thirds of cases, asked after each event of the others; the mixture's weights and "
        f"its temperature are learnt forwards, each of the last {STRETCHES // 2} of {STRETCHES} stretches of known "
        "cases foretold from those before. Intervals draw whole cases again. 'by chance': the ECE of a perfect "
        f"forecaster of as many cases. 'mixture' stands still; 'following along' is the same, corrected by each "
        "outcome of the asked part once it is known, never before it was told. 'learnt anew': as refresh does, at "
        f"{ANEW} moments of the asked part, from what is answered by then (without trees, at most "
        f"{Settings().linear_from:,} moments for the linear model and {Settings().count_from:,} for counts); and "
        "followed along in between, as the program does. That a case is over counts as known with its last event. "
        f"{machine.load()}"
    ]
    return Section(title, columns, rows, notes)


def _of_set(name: str, events: Histories, known: int) -> list[tuple[str, ...]]:
    moments = after_each_event(events)
    train, test = moments.of(moments.owner < known), moments.of(moments.owner >= known)
    started = process_time()
    held = held_out(events, train, train.owner * STRETCHES // known, WHOLE, forward=True)
    assert held is not None
    foresight = learn(events, train, WHOLE, of_late(held.chances, held.target))
    took = process_time() - started
    chances = foresight.all_chances(signs(events, test))
    chances[MIXTURE] = foresight.mixing.mixed(chances)
    started = process_time()
    chances[ALONG] = _along(foresight.mixing, held, chances[MIXTURE], test)
    spent = {MIXTURE: took, ALONG: process_time() - started}
    started = process_time()
    chances[LEARNT_ANEW], chances[AS_RUN] = _anew(events, moments, moments.owner >= known)
    spent[AS_RUN] = process_time() - started
    rng, rows = np.random.default_rng(0), []
    for model in (*ORDERS, *FADING, LINEAR, BOOSTED, MIXTURE, ALONG, LEARNT_ANEW, AS_RUN):
        if model not in chances:
            continue
        loss = log_loss(chances[model], test.target)
        low, high = resampled(loss, test.owner, rng=rng)
        gap = ece_with_doubt(chances[model], test.target, rng=rng)
        right = (chances[model].argmax(axis=1) == test.target).mean()
        ours = model == MIXTURE
        rows.append(
            (
                name if model == ORDERS[0] else "", f"**{model}**" if ours else model, f"{loss.mean():.4f}",
                f"{low:.3f}–{high:.3f}", str(BEST[name]) if ours else "", f"{right:.1%}", f"{gap.value:.3f}",
                f"{gap.low:.3f}–{gap.high:.3f}", f"{gap.by_chance:.3f}",
                number(spent[model]) if model in spent else "",
            )
        )  # fmt: skip
    return rows


def _along(mixing: Mixing, held: Held, plain: Small, asked: Moments) -> Small:
    """The mixture that stands still, mended by each outcome once it is known; begun with the stretches held out."""
    following = Following(nothing_seen(plain.shape[1]))
    following.remember(mixing.mixed(held.chances), held.target)
    return followed(plain, asked.target, asked.asked_at, asked.asked_at + asked.waited, following)


def _anew(events: Histories, every: Moments, is_asked: Bools) -> tuple[Small, Small]:
    """Chances at the asked moments, each from what was learnt at the last of ANEW stops before it; and followed along.

    every: after each event, of known and asked cases: outcomes of all of them are followed.
    """
    answered = every.asked_at + every.waited
    plain = np.full((len(every), len(events.names)), 1 / len(events.names), np.float32)
    along = plain.copy()
    stops = np.quantile(every.asked_at[is_asked], np.arange(ANEW) / ANEW)
    for stop, end in zip(stops, [*stops[1:], np.inf], strict=True):
        learnt = right_after(
            events, as_of=stop, horizon=30 * DAY, settings=Settings(boosted=False), rng=np.random.default_rng(0),
            first=True,
        )  # fmt: skip
        if learnt is None:
            continue
        now = np.flatnonzero((answered >= stop) & (every.asked_at < end))  # those asked before it are learnt from only
        told = learnt.foresight.foretell(events, every.of(now))
        following = Following.begun(Outcomes(learnt.told, learnt.came, stop))
        mended = followed(told, every.target[now], every.asked_at[now], answered[now], following)
        here = every.asked_at[now] >= stop
        plain[now[here]], along[now[here]] = told[here], mended[here]
    return plain[is_asked], along[is_asked]


def _speed(people: int) -> Section:
    """Invented people with some ten events each: laid out, learnt from and told; then one of them as events come."""
    rng = np.random.default_rng(1)
    many = rng.geometric(0.1, people)
    person = np.repeat(np.arange(people), many)
    names = np.array([f"action {k:02}" for k in range(20)])
    actions = names[np.minimum(rng.geometric(0.2, len(person)) - 1, 19)]
    times = rng.random(len(person)) * 365 * DAY
    clock = [perf_counter()]
    cpu = [process_time()]

    def tick() -> None:
        clock.append(perf_counter())
        cpu.append(process_time())

    events = histories(person, actions, times)
    tick()
    known = contest(events, as_of=365 * DAY, horizon=30 * DAY, settings=Settings(boosted=False), rng=rng)
    assert known is not None
    tick()
    moments = at_time(events, 365 * DAY)
    linear = known.model.at_rest.linear.chances  # whatever won: the dearest of what a million people are told by
    for start in range(0, len(moments), 50_000):
        linear(signs(events, moments.of(np.arange(start, min(start + 50_000, len(moments))))))
    chances = known.model.chances(events, moments)
    tick()
    known.model.timing.within(events, moments, 30 * DAY)
    known.model.timing.quantiles(events, moments, (0.1, 0.5, 0.9))
    tick()
    known.model.reasons(events, moments, chances)
    tick()
    model = from_bytes(to_bytes(known.model))
    assert model is not None
    own = [(str(names[k % 20]), k * DAY) for k in range(30)]
    began = perf_counter()
    for _ in range(100):
        foretell(model, own, 40 * DAY)
    each = (perf_counter() - began) / 100
    steps = [number(after - before) for before, after in pairwise(clock)]
    spent = [number(after - before) for before, after in pairwise(cpu)]
    columns = ("people", "events", "lay out s", "contest s", "chances s", "times s", "reasons s", "one person ms")
    rows = [
        (f"{people:,}", f"{len(person):,}", *steps, number(1000 * each)),
        ("CPU s", "", *spent, ""),
    ]
    return Section("The next action of a million people", columns, rows, [machine.load()])
