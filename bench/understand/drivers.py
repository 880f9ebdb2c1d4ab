"""What matters: how much of what is found is false, and how much of what is true is found, where the truth is known.

Made worlds (3,000 people, 200 correlated heavy-tailed counts, 20 true conditional effects), shuffled ones, a public
shop with planted stories ($KUNDSKAB_DATA: retentioneering_ecom) and the fictitious company. The peers beside them are
what an analyst would do with scipy alone.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from time import process_time

import numpy as np
import numpy.typing as npt
from scipy import special
from tests.drivers.worlds import shuffled, signals

from bench import public
from bench.report import Section, number
from bench.world import World
from kundskab import synthetic
from kundskab.cli.inventing import build_fictitious
from kundskab.drivers import findings, read, trials
from kundskab.drivers.joint import joint
from kundskab.workspace import open_workspace

parts = import_module("kundskab.drivers.joint")  # the package's `joint` is the function
Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

Method = Callable[[Floats, Floats, int], Truths]

WORLDS, FRESH = 20, 1_000  # worlds, and the first seed of those that no bar names
_NOTHING = np.zeros((3_000, 0))


def measure(world: World) -> list[Section]:
    """False ones and power in made worlds; what is found in shuffled ones; planted stories."""
    worlds = 3 if world.quick else WORLDS
    fresh = range(FRESH, FRESH + worlds)
    return [
        _made(range(worlds), METHODS),
        _made(fresh, {OURS: ours, KNOWING: knowing}),
        *_nothing(world),
        *_stories(world),
    ]


def _made(seeds: range, methods: Mapping[str, Method]) -> Section:
    told: dict[str, list[tuple[float, float, float]]] = {}
    shuffled_found = 0
    for seed in seeds:
        x, y, true = signals(seed)
        for name, method in methods.items():
            began = process_time()
            found = method(x, y, seed)
            seconds = process_time() - began
            told.setdefault(name, []).append(
                (float((found & ~true).sum() / max(1, found.sum())), float(found[true].mean()), seconds)
            )
        chance = np.random.default_rng(seed).permutation(y)
        shuffled_found += int(ours(x, chance, seed).sum())
    rows = []
    for name, of in told.items():
        mean, error = np.mean(of, axis=0), np.std(of, axis=0) / np.sqrt(len(seeds))
        rows.append(
            (name, f"{mean[0]:.3f} ± {error[0]:.3f}", f"{mean[1]:.3f} ± {error[1]:.3f}", number(float(mean[2])))
        )
    return Section(
        f"What matters: {len(seeds)} made worlds, seeds {seeds[0]} to {seeds[-1]}",
        ("method", "false among the found", "power", "CPU s"),
        rows,
        [f"± is a standard error. In the same worlds with shuffled outcomes ours finds {shuffled_found} in all."],
    )


def _nothing(world: World) -> list[Section]:
    """The fictitious company with its outcomes dealt out anew."""
    times = 2 if world.quick else 10
    home = world.folder / "fictitious"
    build_fictitious(home, synthetic.fjallhandel(), people=500 if world.quick else 1_500)
    with open_workspace(home) as ws:
        deeds = read(ws.view("analytics"), zone=ws.home.zone, currency="SEK")
    assert deeds is not None
    asked = [of[0] for of in trials(deeds, 30, rng=np.random.default_rng(1))]
    rows = []
    for trial in asked:
        finds = []
        for seed in range(times):
            rng = np.random.default_rng(100 + seed)
            finds.append(sum(one.found for one in findings([shuffled(trial, rng)], rng=rng)))
        rows.append((trial.outcome, str(len(trial.y)), f"{sum(n > 0 for n in finds)} of {times}", str(sum(finds))))
    return [
        Section(
            f"What matters: the fictitious company, {len(deeds.persons)} people, outcomes shuffled",
            ("outcome", "units", "runs with any find", "finds in all"),
            rows,
        )
    ]


def ours(x: Floats, y: Floats, seed: int) -> Truths:
    """What the program finds."""
    rng = np.random.default_rng(seed)
    return joint(x, _NOTHING[: len(y)], y, is_share=True, families=parts.near_copies(x), rng=rng).found


def knowing(x: Floats, y: Floats, seed: int) -> Truths:
    """The same, told how large true effects are and how many: what nobody can know, and so about the most there is.

    Found is what keeps the share of false ones at one in ten, by its own chances.
    """
    rng = np.random.default_rng(seed)
    base = parts.design(_NOTHING[: len(y)], len(y))
    effect, alone = np.zeros(x.shape[1]), np.arange(x.shape[1])
    believed, parts._EXPECTED = parts._EXPECTED, (2_000.0, 18_000.0)  # one in ten, firmly
    try:
        for burn, keep in parts._ROUNDS:
            precision, pull, _ = parts._quadratic(x, base, y, effect, is_share=True)
            chance, _, effect = parts._sweeps(precision, pull, np.array([0.15]), alone, burn, keep, rng)
    finally:
        parts._EXPECTED = believed
    return parts.false_share(chance) <= 0.1


def _wald(x: Floats, y: Floats, seed: int) -> Truths:
    """One logistic model of all, Wald tests, Benjamini-Hochberg at 10 %."""
    design = np.column_stack([np.ones(len(y)), x])
    slope = np.zeros(design.shape[1])
    for _ in range(12):
        mean = special.expit(design @ slope)
        hessian = design.T @ (design * (mean * (1 - mean))[:, None]) + 1e-6 * np.eye(len(slope))
        slope = slope + np.linalg.solve(hessian, design.T @ (y - mean))
    z = slope / np.sqrt(np.diag(np.linalg.inv(hessian)))
    return _benjamini_hochberg(2 * special.ndtr(-np.abs(z[1:])))


def _alone(x: Floats, y: Floats, seed: int) -> Truths:
    """A test of each by itself, as dashboards do at best."""
    r = (x * ((y - y.mean()) / y.std())[:, None]).mean(axis=0)
    return _benjamini_hochberg(2 * special.ndtr(-np.abs(r) * np.sqrt(len(y))))


def _benjamini_hochberg(p: Floats, target: float = 0.1) -> Truths:
    order = np.argsort(p)
    passing = np.flatnonzero(p[order] <= target * np.arange(1, len(p) + 1) / len(p))
    found = np.zeros(len(p), dtype=bool)
    if len(passing):
        found[order[: passing[-1] + 1]] = True
    return found


OURS, KNOWING = "ours", "the same, knowing how large and how many (nobody does)"
METHODS: dict[str, Method] = {
    OURS: ours,
    KNOWING: knowing,
    "joint logistic, Wald + BH at 10 %": _wald,
    "one test each + BH at 10 %": _alone,
}


def _stories(world: World) -> list[Section]:
    folder = public.folder()
    file = folder / "retentioneering_ecom/ecom.csv.gz"
    if not file.exists():
        return []
    rows = []
    began = process_time()
    for rank, one in enumerate(_ecom(file, world.new_folder("ecom")), start=1):
        told = one.beside
        did = one.did if one.story == one.behaviour else f"– also: {one.did}"
        share = f"{100 * told.with_share:.0f} against {100 * told.without_share:.0f}"
        rows.append((str(rank), did, share, str(told.n_with), f"{one.eras_agreeing} of {one.eras}"))
    note = "Planted: a checkout bug on mobile 9 Apr to 9 May, a payment incident 19 May to 7 June (and three more)."
    return [
        Section(
            "What matters: a public shop with planted stories, visits ending in a purchase",
            ("rank", "in visits in which people", "of 100, against those alike", "moments", "eras agreeing"),
            rows,
            [note, f"{number(process_time() - began)} CPU s, import and the other outcomes included."],
        )
    ]


def _ecom(file: Path, folder: Path) -> list[object]:
    mapping = {"actor": "user_id", "occurred_at": "timestamp", "action": "event", "channel": "platform"}
    folder.mkdir(parents=True, exist_ok=True)
    plain = folder / "ecom.csv"
    plain.write_bytes(gzip.decompress(file.read_bytes()))
    with open_workspace(folder / "home") as ws:
        ws.import_events(plain, mapping | {"occasion": "session_id"}, purposes=["analytics"])
        deeds = read(ws.view("analytics"), zone=ws.home.zone, currency="EUR")
        rng = np.random.default_rng(1)
        assert deeds is not None
        found = [one for asked in trials(deeds, 30, rng=rng) for one in findings(asked, rng=rng) if one.found]
    return [one for one in found if one.outcome == "completed"][:12]
