"""A workspace of many persons, made in bulk: all have done something; some have told a dozen facts and own a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.world import World
from kundskab.pipeline.digest import digest_all
from kundskab.pipeline.permissions import refresh_people
from kundskab.pipeline.worker import tidy
from kundskab.vault import Fact, Link, Statement
from kundskab.workspace import Workspace, open_workspace

EVENTS_EACH = 3
ACTIONS = np.array(["Product Viewed", "Order Completed", "Email Opened"])
TELLERS = 5_000  # told a dozen facts; the ones that are asked about
PURPOSE = "personalisation"
QUESTIONS = (
    "first_name", "last_name", "email", "phone", "birth_year", "city",
    "postcode", "shoe_size", "clothing_size", "favourite_activity", "newsletter_topics", "language",
)  # fmt: skip
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Crowd:
    home: Path
    persons: int
    tellers: list[str]  # user ids
    key: str  # a read key


def crowd_of(world: World, persons: int) -> Crowd:
    """Made once in a run; the next measure that asks gets the same."""
    if "crowd" not in world.found:
        world.found["crowd"] = _make(world.new_folder("crowd"), persons)
    crowd: Crowd = world.found["crowd"]
    return crowd


def _make(folder: Path, persons: int) -> Crowd:
    tellers = [_user(n) for n in range(0, persons, max(1, persons // TELLERS))]
    with open_workspace(folder / "home", name="Crowd") as ws:
        ws.import_events(
            _events(folder / "events.parquet", persons),
            {"actor": "who", "occurred_at": "at", "action": "what"},
            purposes=[PURPOSE], basis="contract", source="shop",
        )  # fmt: skip
        digest_all(ws.home)
        tidy(ws.home)
        _tell(ws, persons, tellers)
        return Crowd(
            folder / "home", persons, tellers, ws.desk.read_keys.create("bench", purposes=[PURPOSE], who="bench")
        )


def _user(number: int) -> str:
    return f"u{number:07d}"


def _events(path: Path, persons: int) -> Path:
    drawn = np.random.default_rng(8)
    who = np.tile(np.arange(persons), EVENTS_EACH)
    seconds = drawn.integers(0, 300 * 86_400, who.size)
    columns = {
        "who": pa.array([_user(n) for n in who]),
        "at": pa.array(np.datetime64("2025-04-01", "s") + seconds, pa.timestamp("s", "UTC")),
        "what": pa.array(
            np.array(["Product Viewed", "Order Completed", "Email Opened"])[drawn.integers(0, 3, who.size)]
        ),
    }
    pq.write_table(pa.table(columns), path)
    return path


def _tell(ws: Workspace, persons: int, tellers: list[str]) -> None:
    """One fact of everybody; of the tellers a dozen and a linked phone. One person in a hundred objects."""
    vault = ws.home.vault
    everybody = [_user(n) for n in range(persons)]
    actors = [actor for actor in vault.find_many("user_id", everybody) if actor is not None]
    actor_of = dict(zip(everybody, actors, strict=True))
    with vault.transaction() as tx:
        permission = vault.permission_id(tx, "shop", {PURPOSE: "contract"}, declared_by="bench", at=NOW)
        facts = (_fact(actor, "city", permission) for actor in actors)
        while part := list(islice(facts, 50_000)):
            vault.add_facts(tx, part)
        vault.add_facts(
            tx, (_fact(actor_of[user], name, permission) for user in tellers for name in QUESTIONS if name != "city")
        )
        phones = vault.tokens(tx, [("anonymous_id", f"phone of {user}") for user in tellers], NOW)
        pairs = zip((actor_of[user] for user in tellers), phones, strict=True)
        linked = vault.add_links(tx, [Link(a, b, "verified", "identify", "shop", NOW) for a, b in pairs])
        objecting = [actor for n, actor in enumerate(actors) if n % 100 == 99]
        spoke = vault.add_statements(tx, [_objection(actor) for actor in objecting])
        refresh_people(ws.home, tx, linked=linked, spoke=spoke)


def _fact(actor: str, name: str, permission: int) -> Fact:
    at = NOW - timedelta(days=30)
    return Fact(actor, name, f"{name} of somebody", "given", "shop", at, at, f"bench:{actor}:{name}", permission)


def _objection(actor: str) -> Statement:
    said = (actor, PURPOSE, "object", "verified", "contract", "1", "shop", None, NOW, NOW, f"bench:{actor}")
    return Statement(*said, proof={"how": "bench"})
