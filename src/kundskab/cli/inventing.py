"""kundskab synth | demo: fictitious companies."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from kundskab.cli.common import Commands, command, log_deeds, quiet
from kundskab.cli.morning import a_morning
from kundskab.types import KundskabError

if TYPE_CHECKING:
    from kundskab.synthetic import Declaration
    from kundskab.workspace import Workspace

DEMO_SEED = 7
BY = "the demo"

# The invented company asks for consent like a real one: what its customers refuse cannot be seen in the demo either.
GROUNDS = {"necessary": "contract", "analytics": "consent", "personalisation": "consent", "marketing": "consent"}


def register(commands: Commands) -> None:
    synth = commands.add_parser("synth", help="Invent a company: people, consents, events and the truth behind them.")
    into = synth.add_mutually_exclusive_group(required=True)
    into.add_argument("--out", type=Path, metavar="DIR", help="as files, with the truth behind them")
    into.add_argument("--home", type=Path, metavar="DIR", help="as a fictitious workspace, which must be new")
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
    if given.home is not None:
        quiet()
        build_fictitious(given.home, declaration, seed=given.seed, people=given.people, until=given.until)
        return 0
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
    from kundskab import synthetic
    from kundskab.cli.supervisor import serve
    from kundskab.web import manage

    quiet()
    home = given.home.expanduser().resolve()
    if not (home / "workspace.json").exists():
        build_fictitious(home, synthetic.fjallhandel(), people=given.people)
    _refuse_real(home)
    if given.no_serve:
        return 0
    manage.prepare(home)
    address = f"http://{given.host}:{given.port}"
    said = [f"Fjällhandel is open:   {address}", f"sign in (once, 24 h):  {address}{manage.one_time_login(home)}"]
    if link := _link_of_a_customer(home):
        said.append(f"as a customer sees it: {address}/me/in/{link}")
    log_deeds()
    return serve(home, given.host, given.port, ready=lambda: print("", *said, "", sep="\n  ", flush=True))


def _link_of_a_customer(home: Path) -> str | None:
    """A link to the own page of one of those who came last and told us something; None when nobody did."""
    from kundskab.pipeline.desk import Desk

    with Desk.open(home) as desk:
        lately = (desk.person(row.person, who=BY) for row in desk.people(who=BY).rows)
        told = next((page.person for page in lately if page and page.facts), None)
        return told and desk.own.link_for(told, who=BY)


def build_fictitious(
    home: Path,
    declaration: Declaration,
    *,
    seed: int = DEMO_SEED,
    people: int | None = None,
    until: datetime | None = None,
) -> None:
    """Invent a company and take it in through the same doors as a real company's files and clients.

    Raises KundskabError when there is a workspace in `home` already: the invented never mix with anybody.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from kundskab import synthetic
    from kundskab.pipeline.digest import digest_all
    from kundskab.pipeline.home import Home
    from kundskab.pipeline.worker import tidy
    from kundskab.workspace import Workspace

    columns = (TextColumn("{task.description:<34}"), BarColumn(), TimeElapsedColumn())
    with (
        Progress(*columns, console=Console(stderr=True)) as bar,
        tempfile.TemporaryDirectory() as scratch,
    ):
        folder = Path(scratch)
        task = bar.add_task(f"inventing {declaration.name}", total=1.0)

        def told(what: str, share: float) -> None:
            bar.update(task, description=what, completed=share)

        company = synthetic.generate(declaration, seed=seed, until=_day(until), people=people)
        synthetic.write(company, folder)
        told("opening a workspace", 0.2)
        currency = declaration.markets[0].currency
        made = Home.create(
            home, name=declaration.name, timezone=declaration.timezone, currency=currency, fictitious=True
        )
        with Workspace(made) as ws:
            told("reading people and products", 0.25)
            _take_in_people(ws, folder)
            for number, (channel, file) in enumerate(_by_channel(folder)):
                told(f"reading the events of {channel}", 0.35 + 0.1 * number)
                ws.import_events(
                    file, EVENTS_MAPPING, purposes=list(GROUNDS), basis=GROUNDS, source=channel, fictitious=True, by=BY
                )
            told("reading the encounters", 0.85)
            _take_in_encounters(ws, folder)
            told("a morning in the web shop", 0.9)
            ws.desk.create_source("web shop", label="The web shop, live", on_refusal="drop", who=BY)
            a_morning(ws.home)
            digest_all(ws.home)
            told("sorting by person", 0.95)
            tidy(ws.home, everything=True)
            told(f"{declaration.name} is built", 1.0)


def _take_in_people(ws: Workspace, folder: Path) -> None:
    ws.import_objects(folder / "objects.parquet", source="catalogue", fictitious=True, by=BY)
    for name, mapping in (("people", PEOPLE_MAPPING), ("facts", FACTS_MAPPING), ("consents", None)):
        ws.import_people(
            folder / f"{name}.parquet", mapping, source="customer register", purposes=list(GROUNDS), basis=GROUNDS,
            fictitious=True, by=BY,
        )  # fmt: skip


def _take_in_encounters(ws: Workspace, folder: Path) -> None:
    """Log what was said, as staff would: the words go to the vault, the lake learns only that we met."""
    import pyarrow.parquet as pq

    from kundskab.pipeline.encounters import Meeting, Whom

    meetings = [
        Meeting(
            id=row["event_id"], whom=Whom("user_id", row["user_id"]), kind=row["kind"], staff=row["staff"],
            at=row["occurred_at"], words=row["words"], reading=row["reading"], research=row["research"],
        )
        for row in pq.read_table(folder / "encounters.parquet").to_pylist()
    ]  # fmt: skip
    ws.desk.encounters.log_many(meetings, who=BY, audited=False)


def _by_channel(folder: Path) -> Iterator[tuple[str, Path]]:
    """One file per channel, as a company gets them from its several systems; encounters go by their own door."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    events = pq.read_table(folder / "events.parquet")
    events = events.filter(pc.not_equal(events["action"], "Encounter"))
    for channel in sorted(filter(None, pc.unique(events["channel"]).to_pylist())):
        file = folder / f"{channel}.parquet"
        pq.write_table(events.filter(pc.equal(events["channel"], channel)), file)
        yield channel, file


# What was told at sign-up was told then: else whatever was told anew since would look older than it.
PEOPLE_MAPPING = {"actor": "user_id", "email": "email", "occurred_at": "member_since"}
FACTS_MAPPING = {"actor": "user_id", "occurred_at": "occurred_at"}
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
