"""The view, row by row: whatever the standing, it shows the rows that the rule allows, under their person, once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from kundskab.consent.permitted import Standing
from kundskab.consent.view import View, open_view
from kundskab.lake import Lake, LakeState
from kundskab.lake.schema import arrow_schema

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
ANALYTICS, MARKETING = 1, 2  # masks

ASKED, DECLARED, BY_SIGNAL, ELSEWHERE = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Permission:
    id: int
    purposes: dict[str, str]


PERMISSIONS = {
    ASKED: Permission(ASKED, {"analytics": "consent"}),
    DECLARED: Permission(DECLARED, {"analytics": "legitimate_interests", "marketing": "consent"}),
    BY_SIGNAL: Permission(BY_SIGNAL, {"analytics": "signal"}),
    ELSEWHERE: Permission(ELSEWHERE, {"marketing": "consent"}),
}

People = dict[str, tuple[str, int, int]]  # actor -> person, granted, denied

# event id, actor, device, permission
ROWS: list[tuple[str, str, str | None, int]] = [
    ("a1", "ann", None, ASKED),
    ("a2", "ann", "phone", DECLARED),
    ("b1", "bo", "till", BY_SIGNAL),
    ("b2", "bo", None, DECLARED),
    ("c1", "cy", None, ASKED),
    ("c2", "cy", "phone", ELSEWHERE),
    ("p1", "phone", None, DECLARED),
    ("x1", "ann", None, 99),  # a permission that nobody knows
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    lake = Lake.open(tmp_path_factory.mktemp("view") / "lake")
    rows = [
        {"event_id": name, "actor": actor, "device": device, "permission": permission, "action": "visit"}
        | {"occurred_at": NOON, "received_at": NOON, "ingested_seq": n, "source": "web", "journal": "00", "position": n}
        for n, (name, actor, device, permission) in enumerate(ROWS)
    ]
    lake.commit([lake.write(pa.Table.from_pylist(rows, schema=arrow_schema()), "fresh")], LakeState())
    yield lake
    lake.close()


def look(lake: Lake, people: People, permissions: list[int] | None = None, purpose: str = "analytics") -> View:
    rows = [{"actor": a, "person": p, "granted": g, "denied": d} for a, (p, g, d) in people.items()]
    kinds = {"actor": pa.string(), "person": pa.string(), "granted": pa.int64(), "denied": pa.int64()}
    table = pa.Table.from_pylist(rows, pa.schema(kinds))
    chosen = tuple(PERMISSIONS[number] for number in permissions or PERMISSIONS)
    standing = Standing(table, chosen, {"analytics": 0, "marketing": 1}, 0, 0)
    return open_view(lake, standing, purpose, temp=Path(lake.folder) / "temp")


def seen(view: View) -> list[tuple[str, str]]:
    rows = view.events.select("event_id", "person").to_pyarrow().to_pylist()
    return sorted((row["event_id"], row["person"]) for row in rows)


def seen_alone(view: View, person: str) -> list[tuple[str, str]]:
    rows = view.timeline_of(person, ("event_id", "person"), before=None, limit=100)
    return [(row["event_id"], row["person"]) for row in rows]


def allowed(people: People, permissions: list[int], purpose: str) -> list[tuple[str, str]]:
    """The rule, told row by row."""
    mask = {"analytics": ANALYTICS, "marketing": MARKETING}[purpose]
    found = []
    for name, actor, device, permission in ROWS:
        ground = PERMISSIONS[permission].purposes.get(purpose) if permission in permissions else None
        person, granted, denied = people.get(actor, (actor, 0, 0))
        if device is not None and people.get(device, (device, 0, 0))[2] & mask:
            continue
        if (ground == "consent" and granted & mask) or (ground not in (None, "consent") and not denied & mask):
            found.append((name, person))
    return sorted(found)


@pytest.mark.slow
def test_asked_rows_need_a_grant_and_declared_ones_stand(lake: Lake) -> None:
    view = look(lake, {"ann": ("ann", ANALYTICS, 0)})

    assert seen(view) == [("a1", "ann"), ("a2", "ann"), ("b1", "bo"), ("b2", "bo"), ("p1", "phone")]


@pytest.mark.slow
def test_a_refusal_takes_what_was_declared_and_a_grant_for_something_else_gives_nothing(lake: Lake) -> None:
    view = look(lake, {"bo": ("bo", 0, ANALYTICS), "cy": ("cy", MARKETING, 0)})

    assert seen(view) == [("a2", "ann"), ("p1", "phone")]


def test_a_refusing_device_takes_the_rows_of_whoever_used_it(lake: Lake) -> None:
    view = look(lake, {"phone": ("phone", 0, ANALYTICS)})

    assert seen(view) == [("b1", "bo"), ("b2", "bo")]


def test_joined_actors_are_one_person(lake: Lake) -> None:
    assert ("p1", "ann") in seen(look(lake, {"phone": ("ann", 0, 0)}))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_whoever_is_joined_grants_or_refuses_the_rule_is_the_same(lake: Lake, seed: int) -> None:
    chance = random.Random(seed)
    actors = ["ann", "bo", "cy", "phone", "till"]
    bits = chance.choice([(0,), (0, ANALYTICS), (0, ANALYTICS, MARKETING, ANALYTICS | MARKETING)])
    joining = chance.choice([0.0, 0.5])
    people: People = {}
    for actor in chance.sample(actors, chance.randint(0, len(actors))):
        granted = chance.choice(bits)
        person = chance.choice(actors) if chance.random() < joining else actor
        people[actor] = (person, granted, chance.choice(bits) & ~granted)
    permissions = chance.choice([[ASKED], [DECLARED, BY_SIGNAL], [ASKED, DECLARED, ELSEWHERE], list(PERMISSIONS)])
    purpose = chance.choice(["analytics", "analytics", "marketing"])

    view = look(lake, people, permissions, purpose)

    assert seen(view) == allowed(people, permissions, purpose)
    assert sorted(found for actor in actors for found in seen_alone(view, actor)) == seen(view)
