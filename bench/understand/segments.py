"""Segments: how well they foretell and what they cost beside peers, at a million people, in a drifting world, and
whether their intervals cover what they say.

$KUNDSKAB_DATA names a folder with online_retail/online_retail.parquet (UCI 352, CC BY 4.0); $KUNDSKAB_PEERS the Python
environment of the peers. Everybody gets the same counts; memberships of the people judged are folded in alike for all,
with a concentration chosen on people of the learning part.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import sparse

from bench import machine, public
from bench.report import Section, number
from bench.understand import segment_worlds as worlds
from bench.understand.segment_peers import MODELS, OURS
from bench.world import World
from kundskab.segments.behaviours import Counts
from kundskab.segments.completion import at_cells, fold_in, halves, perplexity
from kundskab.segments.fit import fit
from kundskab.segments.living import State, refresh
from kundskab.segments.memberships import Memberships, exactly, swiftly
from kundskab.segments.patterns import Patterns
from kundskab.segments.size import chosen_size

Floats = npt.NDArray[np.float64]
CONCENTRATIONS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
LIMIT_S = 3_600  # of the clock, for one fit
HALF_LIFE_DAYS = 75.0  # of the drifting world's months
_RESAMPLES = 2_000


def measure(world: World) -> list[Section]:
    """Perplexity and CPU seconds beside peers; a million people; ten months; coverage."""
    sections = []
    folder = public.folder()
    if (folder / "online_retail").is_dir():
        sections.append(_beside_peers("Online Retail", worlds.retail(folder)))
    else:
        sections.append(Section(f"Segments, Online Retail: {public.MISSING}", ("",), []))
    invented = worlds.invented(10_000 if world.quick else 100_000)
    sections.append(_beside_peers(f"{invented.learn.shape[0]:,} invented people", invented))
    many = worlds.invented(20_000 if world.quick else 1_000_000, seed=11)
    sections += [_beside_peers(f"{many.learn.shape[0]:,} invented people", many), _at_scale(many)]
    sections.append(_living(2_000 if world.quick else 20_000))
    sections.append(_coverage(500 if world.quick else 3_000))
    return sections


@dataclass(frozen=True, slots=True)
class Learnt:
    name: str
    losses: Floats  # nats per person judged, of the half asked for
    cpu_seconds: float = 0
    peak_mb: float = 0
    passes: int = 0


def _beside_peers(title: str, given: worlds.Set) -> Section:
    told, asked = halves(given.judge)
    events = _per_person(asked, asked.data)
    notes: list[str] = []
    found = [
        replace(_judged(name, _of_profiles(kept["profiles"]), given, told, asked), passes=int(kept["passes"]),
                cpu_seconds=float(kept["cpu_seconds"]), peak_mb=float(kept["peak_mb"]))
        for name, kept in _fits(given, notes)
    ]  # fmt: skip
    ours = found[0]
    if given.truth is not None:
        found.append(_judged("the planted patterns", _of_profiles(given.truth), given, told, asked))
    everybody = Patterns(np.asarray(given.learn.sum(axis=0), np.float32)[None])
    found.append(_judged("everybody alike", everybody, given, told, asked))
    rows = [_row(one, ours, events) for one in sorted(found, key=lambda one: _perplexity(one, events))]
    people, behaviours = given.learn.shape
    notes.append(
        f"{people:,} people to learn from, {given.judge.shape[0]:,} others to judge by, {behaviours:,} behaviours, "
        f"{given.size} segments. Perplexity of half of the others' events, the other half told: lower is better. "
        "Difference: perplexity of ours against the peer's, paired by person, 95 % bootstrap. Every fit in a process "
        f"of its own, peak memory of all that process with its libraries and the counts. {machine.load()}"
    )
    columns = ("model", "passes", "perplexity", "ours against it", "fit, CPU s", "times ours", "peak MB")
    return Section(f"Segments, {title}", columns, rows, notes)


def _row(one: Learnt, ours: Learnt, events: Floats) -> tuple[str, ...]:
    beside = "" if one is ours else _difference(ours, one, events)
    if not one.cpu_seconds:
        return one.name, "", f"{_perplexity(one, events):.2f}", beside, "", "", ""
    return (
        one.name, str(one.passes or ""), f"{_perplexity(one, events):.2f}", beside, number(one.cpu_seconds),
        "" if one is ours else number(one.cpu_seconds / ours.cpu_seconds), number(one.peak_mb),
    )  # fmt: skip


def _of_profiles(profiles: Floats) -> Patterns:
    raised = profiles + 1e-7
    return Patterns((raised / raised.sum(axis=1, keepdims=True) * 1e7).astype(np.float32), smoothing=1e-6)


def _judged(
    name: str, patterns: Patterns, given: worlds.Set, told: sparse.csr_array, asked: sparse.csr_array
) -> Learnt:
    some = given.learn[: min(4_000, given.learn.shape[0] // 5)]
    best = min(CONCENTRATIONS, key=lambda each: perplexity(replace(patterns, concentration=each), some))
    profiles = patterns.profiles()
    expected = at_cells(fold_in(profiles, told, concentration=best), profiles, asked)
    losses = _per_person(asked, -asked.data * np.log(np.maximum(expected, 1e-12)))
    return Learnt(name, losses)


def _per_person(cells: sparse.csr_array, values: npt.NDArray[np.float32]) -> Floats:
    who = np.repeat(np.arange(cells.shape[0]), np.diff(cells.indptr))
    return np.bincount(who, values, cells.shape[0])


def _perplexity(one: Learnt, events: Floats) -> float:
    return float(np.exp(one.losses.sum() / events.sum()))


def _difference(ours: Learnt, other: Learnt, events: Floats) -> str:
    rng, n = np.random.default_rng(0), len(events)
    drawn = rng.multinomial(n, np.full(n, 1 / n), _RESAMPLES)
    nats = (drawn @ (ours.losses - other.losses)) / (drawn @ events)
    low, high = np.expm1(np.quantile(nats, [0.025, 0.975]))
    middle = np.expm1((ours.losses - other.losses).sum() / events.sum())
    return f"{middle:+.2%} ({low:+.2%} to {high:+.2%})"


def _python() -> Path | None:
    folder = os.environ.get("KUNDSKAB_PEERS")
    python = Path(folder) / "bin/python" if folder else None
    if python is None or not python.exists():
        return None
    found = subprocess.run([python, "-c", "import sklearn"], capture_output=True)
    return python if found.returncode == 0 else None


def _fits(given: worlds.Set, notes: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each model's process wrote, ours first. A peer that is missing, fails or takes too long is left out, and
    said in the notes."""
    python = _python()
    if python is None:
        notes.append("NOT measured beside peers: $KUNDSKAB_PEERS names no environment with scikit-learn.")
    script = Path(__file__).with_name("segment_peers.py")
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory() as folder:
        counts, into = Path(folder) / "counts.npz", Path(folder) / "profiles.npz"
        learn = given.learn
        np.savez(counts, data=learn.data, indices=learn.indices, indptr=learn.indptr, shape=learn.shape,
                 size=given.size)  # fmt: skip
        for name in MODELS if python else (OURS,):
            wrong = _run([sys.executable if name == OURS else str(python), script, name, counts, into], threads)
            if wrong:
                notes.append(f"{name} NOT measured: {wrong}")
                continue
            with np.load(into) as found:
                yield name, dict(found)


def _run(command: list[str | Path], environment: dict[str, str]) -> str | None:
    """Why it gave nothing; None when it went well. Its workers are stopped with it."""
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        told = process.communicate(timeout=LIMIT_S)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"stopped after {LIMIT_S:,} seconds, which is the limit of a fit"
    return (told.strip().splitlines() or ["no word"])[-1] if process.returncode else None


def _at_scale(given: worlds.Set) -> Section:
    steps = [process_time()]
    choice = chosen_size(given.learn, rng=np.random.default_rng(0))
    steps.append(process_time())
    patterns = fit(given.learn, given.size, rng=np.random.default_rng(0))
    steps.append(process_time())
    swiftly(patterns, given.learn)
    steps.append(process_time())
    assert given.truth is not None
    truth = _of_profiles(given.truth)
    row = (
        f"{given.learn.shape[0]:,}", f"{given.learn.nnz:,}", f"{choice.size} of {given.size}",
        *(number(after - before) for before, after in pairwise(steps)),
        f"{perplexity(patterns, given.judge):.2f}", f"{perplexity(truth, given.judge):.2f}",
        number(machine.peak_mb()),
    )  # fmt: skip
    columns = (
        "people", "cells", "size found", "finding it, CPU s", "fit, CPU s", "memberships of all, CPU s", "perplexity",
        "of the planted patterns", "peak MB",
    )  # fmt: skip
    return Section(f"From counts to memberships, {given.learn.shape[0]:,} people", columns, [row], [machine.load()])


def _living(people: int) -> Section:
    rows = [_story("drifting, a birth in month 4", people, stationary=False)]
    rows.append(_story("nothing changes", people, stationary=True))
    columns = (
        "world", "identity kept", "worst month", "excess flips", "membership error", "newborn found", "segments found",
        "other happenings", "CPU s a refresh",
    )  # fmt: skip
    notes = [
        f"{people:,} people, ten monthly refreshes, half-life {HALF_LIFE_DAYS:.0f} days, about 18 events a person and "
        "month. Identity: people whose segment still means what its id meant first. Excess flips: changes of the top "
        f"segment beyond those of the truth, mean of nine months. {machine.load()}"
    ]
    return Section("Segments that live", columns, rows, notes)


def _story(name: str, people: int, *, stationary: bool) -> tuple[str, ...]:
    state: State | None = None
    faded: sparse.csr_array | None = None
    meant: dict[str, int] = {}
    last: tuple[npt.NDArray[np.str_], npt.NDArray[np.intp]] | None = None
    kept, flips, errors, born, other, seconds = [], [], [], [], 0, []
    first = 0
    for month in worlds.drifting(10, people=people, stationary=stationary):
        fade = np.float32(0.5 ** (30 / HALF_LIFE_DAYS))
        faded = month.events if faded is None else sparse.csr_array(faded * fade + month.events)
        words = tuple(f"b{n}" for n in range(faded.shape[1]))
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=30 * month.number)
        before = process_time()
        now = refresh(
            state, Counts(faded, pa.array([str(n) for n in range(people)]), words), as_of=at,
            rng=np.random.default_rng(month.number), recent=month.events,
        )  # fmt: skip
        seconds.append(process_time() - before)
        state = State.from_bytes(now.state.to_bytes())
        weight, ids = now.memberships.weight, np.array(state.ids)
        means = dict(zip(state.ids, (weight.T @ month.shares).argmax(axis=1).tolist(), strict=True))
        for segment, pattern in means.items():
            meant.setdefault(segment, pattern)
        label, true = ids[weight.argmax(axis=1)], month.shares.argmax(axis=1)
        if month.number == 0:
            first = len(ids)
        else:
            kept.append(float(np.mean([meant[one] == means[one] for one in label])))
            assert last is not None
            flips.append(float((label != last[0]).mean() - (true != last[1]).mean()))
            errors.append(_error(weight, state.ids, means, month.shares))
            for line in now.happenings:
                if line.what in ("born", "split") and means[line.segment] == month.shares.shape[1] - 1:
                    born.append(month.number)
                else:
                    other += 1
        last = (label, true)
    found = f"month {', '.join(map(str, born))}" if born else ("no" if not stationary else "none, rightly")
    return (
        name, f"{np.mean(kept):.2%}", f"{min(kept):.2%}", f"{np.mean(flips):.3f}", f"{np.mean(errors):.3f}", found,
        f"{first} of 10", str(other), number(float(np.mean(seconds[1:]))),
    )  # fmt: skip


def _error(weight: npt.NDArray[np.float32], ids: tuple[str, ...], means: dict[str, int], shares: Floats) -> float:
    told = np.zeros_like(shares)
    np.add.at(told.T, [means[one] for one in ids], weight.T)
    return float(np.abs(told - shares).sum(axis=1).mean() / 2)


def _coverage(people: int) -> Section:
    """People with so many events each, in patterns learnt from others, the concentration found by the program."""
    rng = np.random.default_rng(5)
    profiles = rng.dirichlet(np.full(200, 0.1), 10)
    others = rng.dirichlet(np.full(10, 0.12), 20_000)
    events = np.maximum(2, rng.gamma(1.3, 25, 20_000).astype(int))
    learn = sparse.csr_array(rng.multinomial(events, others @ profiles).astype(np.float32))
    state = refresh(
        None, Counts(learn, pa.array([str(n) for n in range(20_000)]), tuple(map(str, range(200)))),
        as_of=datetime(2026, 1, 1, tzinfo=UTC), rng=rng,
    ).state  # fmt: skip
    to = (state.patterns.profiles() @ profiles.T).argmax(axis=1)
    rows = []
    for seen in (3, 10, 30, 100):
        shares = rng.dirichlet(np.full(10, 0.12), people)
        counts = sparse.csr_array(rng.multinomial(seen, shares @ profiles).astype(np.float32))
        few = max(100, people // 5)
        swift, exact = swiftly(state.patterns, counts), exactly(state.patterns, counts[:few], rng=rng)
        rows.append((f"{seen}", *_covers(swift, shares[:, to]), *_covers(exact, shares[:few, to])))
    columns = (
        "events", "swift: top segment", "width", "other segments", "exact: top segment", "width", "other segments",
    )  # fmt: skip
    notes = [
        f"Share of people whose true share lies in the 90 % interval; {people:,} people a row, {max(100, people // 5)} "
        f"for the exact way (a standard error of {np.sqrt(0.09 / people):.3f} and "
        f"{np.sqrt(0.09 / max(100, people // 5)):.3f}). Patterns, their number ({len(state.ids)} of 10) and the "
        f"concentration ({state.patterns.concentration}; planted 0.12) as learnt from 20,000 others. Other segments: "
        "those of weight above 0.05."
    ]
    return Section("Doubt of memberships", columns, rows, notes)


def _covers(found: Memberships, shares: Floats) -> tuple[str, str, str]:
    inside = (found.low <= shares) & (shares <= found.high)
    top, at = found.weight.argmax(axis=1), np.arange(len(shares))
    others = (found.weight > 0.05) & (np.arange(shares.shape[1]) != top[:, None])
    width = float((found.high - found.low)[at, top].mean())
    return f"{inside[at, top].mean():.1%}", f"{width:.2f}", f"{inside[others].mean():.1%}"
