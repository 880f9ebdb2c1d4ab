"""kundskab synth | demo: fictitious companies."""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from kundskab.cli.common import Commands, command, log_deeds, me, quiet
from kundskab.types import KundskabError

DEMO_SEED = 7
SOURCE = "fjallhandel"

# The invented company asks for consent like a real one: what its customers refuse cannot be seen in the demo either.
GROUNDS = {"necessary": "contract", "analytics": "consent", "personalisation": "consent", "marketing": "consent"}


def register(commands: Commands) -> None:
    synth = commands.add_parser("synth", help="Invent a company: people, consents, events and the truth behind them.")
    synth.add_argument("--out", type=Path, required=True, metavar="DIR")
    synth.add_argument(
        "--declaration", type=Path, metavar="YAML", help="what is assumed (Fjällhandel, an outdoor outfitter)"
    )
    synth.add_argument("--people", type=int, help="how many (as declared)")
    synth.add_argument("--seed", type=int, default=DEMO_SEED)
    synth.add_argument("--until", type=datetime.fromisoformat, help="the day its story ends (today)")
    synth.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    synth.set_defaults(run=_synth)

    demo = command(
        commands, "demo", _demo, "Invent Fjällhandel, start everything, print the address and a one-time login."
    )
    demo.set_defaults(home=Path("demo-home"))
    demo.add_argument("--port", type=int, default=8400)
    demo.add_argument("--host", default="127.0.0.1")
    demo.add_argument("--people", type=int, help="how many customers (as declared)")
    demo.add_argument("--no-serve", action="store_true", help="only make the workspace")


def _synth(given: argparse.Namespace) -> int:
    from kundskab import synthetic

    declaration = synthetic.read(given.declaration) if given.declaration else synthetic.fjallhandel()
    started = monotonic()
    company = synthetic.generate(declaration, seed=given.seed, until=_day(given.until), people=given.people)
    rows = synthetic.write(company, given.out, kind=given.format)
    for name, count in rows.items():
        print(f"{count:>12,}  {given.out / name}")
    print(
        f"invented in {monotonic() - started:.1f} s; the truth files are for tests, no importer reads them",
        file=sys.stderr,
    )
    return 0


def _demo(given: argparse.Namespace) -> int:
    from kundskab.cli.supervisor import serve
    from kundskab.web import manage

    quiet()
    home = given.home.expanduser().resolve()
    if not (home / "workspace.json").exists():
        build_demo(home, people=given.people)
    _refuse_real(home)
    if given.no_serve:
        return 0
    manage.prepare(home)
    address = f"http://{given.host}:{given.port}"
    print(
        f"\n  Fjällhandel is open:  {address}\n  sign in (once, 24 h): {address}{manage.one_time_login(home)}\n",
        flush=True,
    )
    log_deeds()
    return serve(home, given.host, given.port)


def build_demo(home: Path, *, people: int | None = None, until: datetime | None = None) -> None:
    """Invent Fjällhandel and take it in through the same doors as a real company's files."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from kundskab import synthetic
    from kundskab.pipeline.worker import tidy
    from kundskab.workspace import open_workspace

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<34}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar, tempfile.TemporaryDirectory() as folder:
        task = bar.add_task("inventing Fjällhandel", total=1.0)
        company = synthetic.generate(synthetic.fjallhandel(), seed=DEMO_SEED, until=_day(until), people=people)
        synthetic.write(company, Path(folder))
        bar.update(task, description="opening a workspace", completed=0.3)
        with open_workspace(
            home, name="Fjällhandel", timezone="Europe/Stockholm", currency="SEK", fictitious=True
        ) as ws:
            bar.update(task, description="reading the catalogue", completed=0.35)
            ws.import_objects(Path(folder) / "objects.parquet", source=SOURCE, fictitious=True, by=me())
            bar.update(task, description="reading people and consents", completed=0.4)
            for name in ("people", "consents"):
                ws.import_people(
                    Path(folder) / f"{name}.parquet", source=SOURCE, purposes=list(GROUNDS), basis=GROUNDS,
                    fictitious=True, by=me(),
                )  # fmt: skip
            ws.import_events(
                Path(folder) / "events.parquet",
                EVENTS_MAPPING,
                purposes=list(GROUNDS),
                basis=GROUNDS,
                source=SOURCE,
                fictitious=True,
                by=me(),
                progress=lambda what, share: bar.update(task, description=what, completed=0.45 + 0.45 * share),
            )
            bar.update(task, description="sorting by person", completed=0.92)
            tidy(ws.home)
            ws.desk.create_source("web", label="The web shop, live", who=me())
            bar.update(task, description="Fjällhandel is built", completed=1.0)


EVENTS_MAPPING = {
    "event_id": "event_id",
    "actor": "user_id",
    "device": "anonymous_id",
    "occurred_at": "occurred_at",
    "action": "action",
    "object": "object",
    "category": "category",
    "quantity": "quantity",
    "value": "value",
    "currency": "currency",
    "channel": "channel",
    "occasion": "occasion",
    "account": "account",
    "items": "items",
    "properties": "properties",
}


def _day(until: datetime | None) -> datetime:
    chosen = until or datetime.now(UTC)
    return chosen if chosen.tzinfo else chosen.replace(tzinfo=UTC)


def _refuse_real(home: Path) -> None:
    from kundskab.pipeline.home import Home

    if not Home.open(home).settings.fictitious:
        raise KundskabError(f"{home} is a real company's workspace; the demo wants its own, give another --home.")
