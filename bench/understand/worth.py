"""Return and worth beside peers, the rolling chance to buy within 30 days, and whether the undervalued were.

$KUNDSKAB_DATA names a folder with cdnow and online_retail (see bench.worth); $KUNDSKAB_PEERS the environment with the
peers of peers.txt (`lifetimes` wants pandas below 2.2 and numpy below 1.27). What is not there is left out, and said.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time

import lightgbm
import numpy as np
import numpy.typing as npt

from bench import machine, public
from bench.report import Section, number
from bench.world import World
from bench.worth import cdnow, decile_gap, online_retail
from kundskab.predictions import bgnbd, foretelling, returns, undervalued, worth
from kundskab.predictions.hazard import expit, logit
from kundskab.predictions.purchases import Occasions, Purchases, came, summarise

Floats = npt.NDArray[np.float64]

PEERS = ("lifetimes BG/NBD", "lifetimes MBG/NBD", "lifetimes Pareto/NBD", "pymc-marketing BG/NBD")
WINDOW = 30  # days
_OURS = "**ours**"
_DRAWS = 1_000
_FIRST, _STEP, _WINDOWS, _TESTED = "2011-02-28", 15, 17, 9  # the rolling clock of the trials; the last nine are told


def measure(world: World) -> list[Section]:
    """All on public shops; nothing without $KUNDSKAB_DATA."""
    folder = public.folder()
    if not (folder / "cdnow").is_dir():
        return [Section(f"Return and worth: {public.MISSING}", ("",), [])]
    shops = {"CDNOW": cdnow(folder), "Online Retail": online_retail(folder)}
    return [
        _occasions(shops),
        _rolling(shops["Online Retail"][0], windows=2 if world.quick else _TESTED),
        _undervalued(shops["CDNOW"]),
        _million(100_000 if world.quick else 1_000_000),
    ]


def _occasions(shops: dict[str, tuple[Occasions, int, int]]) -> Section:
    rows, absent = [], set()
    for name, (bought, until, end) in shops.items():
        people, weeks = summarise(bought, until), (end - until) / 7
        real = came(bought, people.persons, until, end)[0]
        began = process_time()
        ours = worth.learn(bought, until=until, weeks=weeks, rng=np.random.default_rng(0)).worth(people).occasions
        told = {_OURS: (ours, process_time() - began)}
        told |= {"stack of the trials": _stack(bought, people, until, end)}
        for peer, answer in _peers(people, weeks):
            if isinstance(answer, str):
                absent.add(f"{peer} on {name}: {answer}")
            else:
                told[peer] = answer
        rows += [(name, model, *_errors(each, real), *_beside(ours, each, real), number(cpu))
                 for model, (each, cpu) in told.items()]  # fmt: skip
    columns = ("shop", "model", "RMSE", "MAE", "total", "decile gap", "ours − it, RMSE", "95 %", "CPU s")
    notes = [
        f"Paired bootstrap over persons, {_DRAWS} draws; below 0 ours is better. {machine.load()}",
        *sorted(absent),
    ]
    return Section("Held-out occasions, split in time", columns, rows, notes)


def _errors(told: Floats, real: Floats) -> tuple[str, ...]:
    off = told - real
    return (f"{np.sqrt((off**2).mean()):.4f}", f"{np.abs(off).mean():.4f}", f"{told.sum() / real.sum() - 1:+.1%}",
            f"{decile_gap(told, real):.4f}")  # fmt: skip


def _beside(ours: Floats, other: Floats, real: Floats) -> tuple[str, str]:
    if ours is other:
        return "", ""
    drawn = np.random.default_rng(0).poisson(1.0, (_DRAWS, len(real)))
    mean = [np.sqrt(drawn @ (each - real) ** 2 / drawn.sum(axis=1)) for each in (ours, other)]
    low, high = np.quantile(mean[0] - mean[1], [0.025, 0.975])
    middle = np.sqrt(((ours - real) ** 2).mean()) - np.sqrt(((other - real) ** 2).mean())
    return f"{middle:+.4f}", f"{low:+.4f} to {high:+.4f}"


def _stack(bought: Occasions, people: Purchases, until: int, end: int) -> tuple[Floats, float]:
    """BG/NBD with LightGBM on its residual, as in the trials: learnt from one inner split, seven leaves, 100 rounds."""
    began = process_time()
    back = (end - until) // 2 if end - until > 180 else end - until
    start = until - back
    then = summarise(bought, start)

    def seen(some: Purchases, weeks: float) -> tuple[Floats, Floats]:
        fit = bgnbd.fit(some)
        plain = np.maximum(fit.expected(some, weeks), 1e-4)
        signs = [some.repeats, some.recency, some.age, some.mean_value, some.first_value, some.last_quarter, some.gap,
                 some.gap_spread, some.age - some.recency, some.last_value, plain, fit.alive(some)]  # fmt: skip
        return plain, np.column_stack(signs)

    plain, signs = seen(then, back / 7)
    real = came(bought, then.persons, start, until)[0]
    settings = {"objective": "poisson", "learning_rate": 0.03, "num_leaves": 7, "min_data_in_leaf": 200, "verbose": -1,
                "lambda_l2": 10.0, "num_threads": 1}  # fmt: skip
    trees = lightgbm.train(settings, lightgbm.Dataset(signs, real, init_score=np.log(plain)), 100)
    now, asked = seen(people, (end - until) / 7)
    told = now * np.exp(np.asarray(trees.predict(asked, raw_score=True)))
    return told, process_time() - began


def _peers(people: Purchases, weeks: float) -> Iterator[tuple[str, tuple[Floats, float] | str]]:
    """Each peer's expected occasions and CPU seconds, or why there are none."""
    folder = os.environ.get("KUNDSKAB_PEERS")
    python = Path(folder) / "bin/python" if folder else None
    if python is None or not python.exists():
        yield from ((peer, "NOT measured, $KUNDSKAB_PEERS names no environment") for peer in PEERS)
        return
    script = Path(__file__).with_name("worth_peers.py")
    with tempfile.TemporaryDirectory() as temp:
        source, target = Path(temp) / "shop.npz", Path(temp) / "told.npz"
        np.savez(source, repeats=people.repeats, recency=people.recency, age=people.age, weeks=weeks)
        for peer in PEERS:
            done = subprocess.run([python, script, peer, source, target], capture_output=True, text=True)
            if done.returncode:
                yield peer, f"NOT measured, {done.stderr.strip().splitlines()[-1][:120]}"
                continue
            with np.load(target) as found:
                yield peer, (found["foretold"], float(found["cpu_seconds"]))


def _rolling(bought: Occasions, windows: int) -> Section:
    """Each window is foretold from what was known at its start alone."""
    first = int(np.datetime64(_FIRST, "D").astype(int))
    starts = [first + _STEP * n for n in range(_WINDOWS)][-windows:]
    models: dict[str, Callable[[returns.Returns, Purchases], Floats]] = {
        _OURS: lambda learnt, people: learnt.chance(people),
        "BG/NBD": lambda learnt, people: learnt.rhythm.returns(people, WINDOW / 7),
        "base rate": lambda learnt, people: learnt.baseline(people),
    }
    losses: dict[str, list[tuple[float, float, float, float, float]]] = {name: [] for name in models}
    months, rng = [], np.random.default_rng(0)
    for start in starts:
        learnt = returns.learn(bought, until=start, days=WINDOW, rng=np.random.default_rng(0))
        people = summarise(bought, start)
        real = (came(bought, people.persons, start, start + WINDOW)[0] > 0).astype(np.float64)
        for name, told in models.items():
            chance = told(learnt, people)
            losses[name].append(
                (float(returns.log_losses(chance, real).mean()), returns.ece(chance, real), _by_chance(chance, rng),
                 returns.ece(_levelled(chance, real), real), float(chance.sum() / real.sum() - 1))
            )  # fmt: skip
        months.append(f"{np.datetime64(start, 'D')} {losses[_OURS][-1][-1]:+.0%}")
    rows: list[tuple[str, ...]] = []
    for name, each in losses.items():
        loss, *gaps, bias = np.mean(each, axis=0)
        rows.append((name, f"{loss:.4f}", *(f"{gap:.4f}" for gap in gaps), f"{bias:+.1%}"))
    columns = ("model", "log-loss", "ECE", "by chance", "its level known", "bias")
    notes = [
        f"Mean of {len(starts)} windows, Online Retail. 'by chance': the ECE of a perfect forecaster of so many; "
        "'its level known': had anybody known beforehand how lively each window would be, which nobody does. "
        f"Bias by window: {', '.join(months)}. {machine.load()}"
    ]
    return Section("Buys within 30 days, on a rolling clock", columns, rows, notes)


def _million(people: int) -> Section:
    """Invented customers of a year: all that the refresh learns and tells of return and worth, contests included."""
    rng = np.random.default_rng(2)
    many = rng.geometric(1 / (1 + rng.gamma(0.6, 2.5, people)))
    person = np.repeat(np.arange(people), many)
    start, share = rng.integers(0, 200, people)[person], rng.random(len(person))
    day = start + (share * (364 - start)).astype(np.int64)
    cpu, clock = [process_time()], [perf_counter()]

    def tick() -> None:
        cpu.append(process_time())
        clock.append(perf_counter())

    seen = foretelling.daily(person, day, rng.gamma(4, 9, len(person)))
    tick()
    kept, _ = foretelling.learn(seen, until=364, days=WINDOW, rng=rng, is_buying=True, units={"EUR": 1.0})
    tick()
    foretelling.tell(kept, seen, 364, rng=rng)
    tick()
    rows: list[tuple[str, ...]] = []
    for what, took in (("CPU", cpu), ("wall", clock)):
        steps = (*pairwise(took), (took[0], took[-1]))
        rows.append((f"{people:,}", f"{len(person):,}", what, *(number(after - before) for before, after in steps)))
    columns = ("customers", "purchases", "seconds", "days", "learn", "tell", "together")
    return Section("Return and worth of a million customers", columns, rows, [machine.load()])


def _by_chance(chance: Floats, rng: np.random.Generator) -> float:
    honest = [returns.ece(chance, (rng.random(len(chance)) < chance).astype(np.float64)) for _ in range(50)]
    return float(np.mean(honest))


def _levelled(chance: Floats, real: Floats) -> Floats:
    """The same forecasts, all log-odds moved by what makes their sum right."""
    odds = logit(chance)
    shift, _ = returns.platt(odds, real, steady=1e9)
    return expit(shift + odds)


def _undervalued(shop: tuple[Occasions, int, int]) -> Section:
    """Who was expected to bring more than equals, by what they had spent: and what they brought."""
    bought, until, end = shop
    people = summarise(bought, until)
    weeks = (end - until) / 7
    told = worth.learn(bought, until=until, weeks=weeks, rng=np.random.default_rng(0)).worth(people).value
    present, real = people.mean_value * (people.repeats + 1), came(bought, people.persons, until, end)[1]
    ratio, _ = undervalued.ratios(present, told)
    usual = undervalued.usual_of(present, real)
    place = np.argsort(np.argsort(present, kind="stable"), kind="stable") / len(present)
    rng, rows = np.random.default_rng(0), []
    for name, low, high in (("lower half", 0.0, 0.5), ("middle", 0.5, 0.8), ("top fifth", 0.8, 1.0)):
        inside = (place >= low) & (place < high)
        for what, chosen in (
            ("undervalued, top 10 % of ratio", inside & (ratio >= np.quantile(ratio[inside], 0.9))),
            ("overvalued, bottom 25 %", inside & (ratio <= np.quantile(ratio[inside], 0.25))),
        ):
            drawn = rng.poisson(1.0, (_DRAWS, int(chosen.sum())))
            ends = np.quantile((drawn @ real[chosen]) / (drawn @ usual[chosen]), [0.025, 0.975])
            times = real[chosen].sum() / usual[chosen].sum()
            rows.append((name, what, str(int(chosen.sum())), f"×{times:.2f}", f"{ends[0]:.2f} to {ends[1]:.2f}"))
    columns = ("had spent", "who", "persons", "spent then, against equals", "95 %")
    return Section("The undervalued of CDNOW, 39 weeks later", columns, rows, [machine.load()])
