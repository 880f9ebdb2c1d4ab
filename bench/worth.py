"""Who returns and what it brings, held out in time on two public shops, beside lifetimes where that is installed.

$KUNDSKAB_DATA names a folder with cdnow/CDNOW_master.txt.gz (Fader & Hardie) and online_retail/online_retail.parquet
(UCI 352, CC BY 4.0); without it only the speed on a million invented customers is measured.
"""

from __future__ import annotations

import gzip
import importlib.util
import resource
import warnings
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt
import pandas as pd

from bench import machine, public
from bench.report import Section, number
from bench.world import World
from kundskab.predictions import bgnbd, worth
from kundskab.predictions.purchases import Occasions, Purchases, came, occasions, summarise

Floats = npt.NDArray[np.float64]
Shop = tuple[Occasions, int, int]  # what was bought, the last day known, the last day asked for

_DAY_ZERO = np.datetime64("1970-01-01", "D")


def measure(world: World) -> list[Section]:
    """Errors of held-out occasions and value on both shops; seconds for a million customers."""
    return [_foretelling(), _speed(100_000 if world.quick else 1_000_000)]


def cdnow(folder: Path) -> Shop:
    """23,570 customers of a music shop: 39 weeks known, 39 weeks asked for."""
    with gzip.open(folder / "cdnow/CDNOW_master.txt.gz", "rt") as lines:
        frame = pd.read_csv(lines, sep=r"\s+", skiprows=1, names=["person", "day", "discs", "value"])
    days = pd.to_datetime(frame["day"], format="%Y%m%d").to_numpy()
    return occasions(frame["person"], days, frame["value"]), _day("1997-09-30"), _day("1998-06-30")


def online_retail(folder: Path) -> Shop:
    """4,372 customers of a gift wholesaler: nine months known, the 14 weeks of autumn asked for; cancellations out."""
    frame = pd.read_parquet(folder / "online_retail/online_retail.parquet").dropna(subset=["CustomerID"])
    frame = frame[~frame["InvoiceNo"].str.startswith("C") & (frame["Quantity"] > 0)]
    value = frame["Quantity"] * frame["UnitPrice"]
    bought = occasions(frame["CustomerID"].astype(int), frame["InvoiceDate"].to_numpy(), value)
    return bought, _day("2011-08-31"), _day("2011-12-09")


def decile_gap(foretold: Floats, came_then: Floats) -> float:
    """Mean distance of foretold and real means over tenths of people, in the order of what was foretold."""
    tenths = np.array_split(np.argsort(foretold, kind="stable"), 10)
    return float(np.mean([abs(foretold[tenth].mean() - came_then[tenth].mean()) for tenth in tenths]))


def _foretelling() -> Section:
    title = "Return and worth"
    folder = public.folder()
    if not (folder / "cdnow").is_dir():
        return Section(f"{title}: {public.MISSING}", ("",), [])
    rows = []
    for name, load in (("CDNOW", cdnow), ("Online Retail", online_retail)):
        shop = load(folder)
        rows += [(name, *_ours(shop, with_hindsight=True)), ("", *_ours(shop, with_hindsight=False))]
        rows += [("", *_lifetimes(shop, peer)) for peer in _peers()]
    columns = (
        "shop", "model", "RMSE", "MAE", "total", "decile gap", "log-loss any", "value MAE", "value total", "in 90 %",
        "in 90 %, value", "fit s", "score s",
    )  # fmt: skip
    absent = "" if _peers() else "lifetimes is not installed here, so the peer is missing. "
    notes = [
        "RMSE and MAE of occasions per person; total: foretold against real, all persons; in 90 %: the share of "
        f"persons whose occasions (value) came to lie in their interval. {absent}{machine.load()}"
    ]
    return Section(title, columns, rows, notes)


def _ours(shop: Shop, *, with_hindsight: bool) -> tuple[str, ...]:
    bought, until, end = shop
    weeks = (end - until) / 7
    started = perf_counter()
    foresight = worth.learn(
        bought, until=until, weeks=weeks, rng=np.random.default_rng(0), with_hindsight=with_hindsight
    )
    fitted = perf_counter()
    people = summarise(bought, until)
    foretold = foresight.worth(people)
    scored = perf_counter()
    count, value = came(bought, people.persons, until, end)
    doubt = foresight.doubt(people, rng=np.random.default_rng(1))
    name = "**BG/NBD, hindsight, Gamma-Gamma**" if with_hindsight else "BG/NBD, Gamma-Gamma"
    inside = [
        f"{((each.low <= real) & (real <= each.high)).mean():.1%}"
        for each, real in ((doubt.occasions, count), (doubt.value, value))
    ]
    errors = _errors(foretold.occasions, count)
    return (
        name, *errors, _log_loss(foretold.returns, count), number(float(np.abs(foretold.value - value).mean())),
        f"{foretold.value.sum() / value.sum() - 1:+.1%}", *inside, number(fitted - started), number(scored - fitted),
    )  # fmt: skip


def _peers() -> tuple[str, ...]:
    found = importlib.util.find_spec("lifetimes") is not None
    return ("BetaGeoFitter", "ModifiedBetaGeoFitter", "ParetoNBDFitter") if found else ()


def _lifetimes(shop: Shop, peer: str) -> tuple[str, ...]:
    """A peer's errors in occasions; or that it did not converge."""
    bought, until, end = shop
    people = summarise(bought, until)
    columns = [pd.Series(column) for column in (people.repeats, people.recency, people.age)]
    model = getattr(importlib.import_module("lifetimes"), peer)()
    warnings.simplefilter("ignore")
    started = perf_counter()
    try:
        model.fit(*columns)
    except Exception as refusal:  # its own ConvergenceError, and whatever its formulas run into
        return (f"lifetimes {peer}", f"{type(refusal).__name__}", *("",) * 10)
    fitted = perf_counter()
    ask: Callable[..., Floats] = model.conditional_expected_number_of_purchases_up_to_time
    foretold = np.asarray(ask((end - until) / 7, *columns))
    scored = perf_counter()
    errors = _errors(foretold, came(bought, people.persons, until, end)[0])
    return (f"lifetimes {peer}", *errors, *("",) * 5, number(fitted - started), number(scored - fitted))


def _errors(foretold: Floats, count: Floats) -> tuple[str, ...]:
    off = foretold - count
    return (
        f"{np.sqrt((off**2).mean()):.4f}", f"{np.abs(off).mean():.4f}", f"{foretold.sum() / count.sum() - 1:+.1%}",
        f"{decile_gap(foretold, count):.4f}",
    )  # fmt: skip


def _log_loss(chance: Floats, count: Floats) -> str:
    sure = np.clip(chance, 1e-6, 1 - 1e-6)
    return f"{-np.where(count > 0, np.log(sure), np.log(1 - sure)).mean():.4f}"


def _speed(people: int) -> Section:
    """Customers of a year who obey the model; from their purchases to their worth."""
    rng = np.random.default_rng(2)
    many = rng.geometric(1 / (1 + rng.gamma(0.6, 2.5, people)))
    person = np.repeat(np.arange(people), many)
    start, share = rng.integers(0, 200, people)[person], rng.random(len(person))
    steps = [perf_counter()]
    bought = occasions(person, start + (share * (364 - start)).astype(int), rng.gamma(4, 9, len(person)))
    steps.append(perf_counter())
    foresight = worth.learn(bought, until=364, weeks=13, rng=rng)
    steps.append(perf_counter())
    everybody: Purchases = summarise(bought, 364)
    steps.append(perf_counter())
    foresight.worth(everybody)
    steps.append(perf_counter())
    bgnbd.fit(everybody)
    steps.append(perf_counter())
    took = [number(after - before) for before, after in pairwise(steps)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    columns = ("customers", "purchases", "occasions s", "learn s", "summaries s", "score s", "peak MB")
    row = (f"{people:,}", f"{len(person):,}", *took[:4], number(peak))
    notes = [
        f"Learning looks at {worth.LEARN_FROM:,} of them; BG/NBD alone fitted on all: {took[4]} s. {machine.load()}"
    ]
    return Section("Worth of a million customers", columns, [row], notes)


def _day(date: str) -> int:
    return int((np.datetime64(date, "D") - _DAY_ZERO).astype(int))
