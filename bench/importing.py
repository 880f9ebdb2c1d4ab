"""Import: a CSV of many rows into the lake, beside the engine's own COPY of it to Parquet."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from bench import apart, machine
from bench.invented import MAPPING, write_csv
from bench.report import Section, number, of_ratios
from bench.world import World
from kundskab.lake.engine import MEMORY_LIMIT
from kundskab.workspace import open_workspace

Round = dict[str, Any]


def measure(world: World) -> list[Section]:
    """Rows per second, the share of it that is the vault's, and peak memory."""
    done = [lake_of(world, world.events)[1]]
    done += [one_round(world, world.events) for _ in range(2 if world.events <= 2_000_000 and not world.quick else 0)]
    return [_section(world.events, done)]


def lake_of(world: World, events: int) -> tuple[Path, Round]:
    """The home of an imported lake of this size and the figures of its import; made once in a run."""
    key = f"lake of {events}"
    if key not in world.found:
        home = world.folder / key.replace(" ", "-")
        world.found[key] = (home, one_round(world, events, home))
    found: tuple[Path, Round] = world.found[key]
    return found


def one_round(world: World, events: int, home: Path | None = None) -> Round:
    """COPY, import, COPY of one file, each in its own process; `home`: where the workspace is to stay."""
    folder = world.new_folder("importing")
    csv = folder / "orders.csv"
    write_csv(csv, events=events)
    copies = [_copy(csv, folder)]
    imported = apart.call("bench.importing:import_csv", csv=str(csv), home=str(home or folder / "home"))
    copies.append(_copy(csv, folder))
    result = {
        "rows": events,
        "csv_mb": csv.stat().st_size / 1e6,
        "copy_seconds": sum(copy.seconds for copy in copies) / 2,
        "copy_peak_mb": max(copy.peak_mb for copy in copies),
        "seconds": imported.value["seconds"],
        "vault_seconds": imported.value["vault_seconds"],
        "peak_mb": imported.peak_mb,
    }
    world.new_folder("importing")
    return result


def import_csv(csv: str, home: str) -> dict[str, float]:
    """In a process of its own: the file through the front door."""
    with open_workspace(home, name="Bench") as ws:
        report = ws.import_events(csv, MAPPING, purposes=["analytics"], basis="legitimate_interests", source="orders")
    assert report.rows == report.stored, report
    return {"seconds": report.seconds, "vault_seconds": report.vault_seconds}


def row_of(done: list[Round]) -> tuple[str, ...]:
    """One line of the table, of all rounds with the same file."""
    copy = [one["copy_seconds"] for one in done]
    columnar = [one["seconds"] - one["vault_seconds"] for one in done]
    return (
        f"{done[0]['rows']:,}",
        number(median(one["seconds"] for one in done)),
        number(median(one["rows"] / one["seconds"] for one in done)),
        number(median(columnar)),
        number(median(one["vault_seconds"] for one in done)),
        number(max(one["peak_mb"] for one in done)),
        number(median(copy)),
        of_ratios(copy, [one["seconds"] for one in done]),
        of_ratios(copy, columnar),
    )


COLUMNS = (
    "rows", "seconds", "rows/s", "columnar s", "vault s", "peak MB", "COPY s", "import / COPY speed",
    "columnar / COPY speed",
)  # fmt: skip


def _section(events: int, done: list[Round]) -> Section:
    notes = [
        f"{done[0]['csv_mb']:,.0f} MB of CSV, {events // 10:,} persons, ids mapped; COPY: the engine's own "
        f"`COPY (FROM read_csv) TO parquet` with the same codec, before and after the import; {machine.load()}"
    ]
    return Section("Import of CSV", COLUMNS, [row_of(done)], notes)


def _copy(csv: Path, folder: Path) -> apart.Outcome:
    target = folder / "copy.parquet"
    outcome = apart.call("bench.invented:copy_to_parquet", csv=str(csv), parquet=str(target), memory_limit=MEMORY_LIMIT)
    target.unlink()
    return outcome
