"""Profile: one person by identifier over HTTP in a workspace of a million, beside the floor of the same web stack."""

from __future__ import annotations

from bench import asking, machine
from bench.crowd import PURPOSE, crowd_of
from bench.report import Section, number, percentile
from bench.world import World

PERSONS = 1_000_000
PATH = "/api/profiles/find"
FLOOR = "floor: one primary-key lookup"
ROUNDS = {1: 400, 16: 60}


def measure(world: World) -> list[Section]:
    """p50 and p99 at 1 and 16 connections."""
    crowd = crowd_of(world, 20_000 if world.quick else PERSONS)
    kinds = {
        FLOOR: asking.floor,
        "profile: facts and consents": asking.posting(PATH, crowd.key, lambda user: _asked(user, activity=False)),
        "profile: and activity, from the lake": asking.posting(
            PATH, crowd.key, lambda user: _asked(user, activity=True)
        ),
    }
    rows = []
    with asking.serving_crowd(crowd.home) as port:
        asking.seconds_of(port, kinds, crowd.tellers, connections=4, rounds=5)  # warms up
        for connections, rounds in ROUNDS.items():
            most = max(5, rounds // 8) if world.quick else rounds
            taken = asking.seconds_of(port, kinds, crowd.tellers, connections=connections, rounds=most)
            floor = taken[FLOOR]
            rows += [(name, str(connections), *_row(seconds, floor)) for name, seconds in taken.items()]
    notes = [
        f"{crowd.persons:,} persons with 3 events each, one in a hundred objecting; the asked ones told 12 facts and "
        f"own a linked phone; each reading noted before its answer; front door, pages and client on one "
        f"machine, kinds taking turns on each connection; {machine.load()}"
    ]
    columns = ("answer", "connections", "p50 ms", "p99 ms", "p50 / floor", "p99 / floor")
    return [Section("A profile by identifier over HTTP", columns, rows, notes)]


def _asked(user: str, *, activity: bool) -> dict[str, object]:
    return {"who": {"user_id": user}, "purpose": PURPOSE, "activity": activity}


def _row(seconds: list[float], floor: list[float]) -> tuple[str, str, str, str]:
    half, most = percentile(seconds, 0.5), percentile(seconds, 0.99)
    ratios = half / percentile(floor, 0.5), most / percentile(floor, 0.99)
    return number(half * 1000), number(most * 1000), number(ratios[0]), number(ratios[1])
