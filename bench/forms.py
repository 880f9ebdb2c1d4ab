"""Forms: the plan of a form with twelve questions, beside the floor of the same web stack; aim: p99 under 3 times."""

from __future__ import annotations

from bench import asking, machine
from bench.crowd import PURPOSE, QUESTIONS, crowd_of
from bench.profile import FLOOR, PERSONS, ROUNDS
from bench.report import Section, number, percentile
from bench.world import World


def measure(world: World) -> list[Section]:
    """p50 and p99 at 1 and 16 connections, and what they are of the floor's."""
    crowd = crowd_of(world, 20_000 if world.quick else PERSONS)
    kinds = {FLOOR: asking.floor, "plan of 12 questions": asking.posting("/api/forms/plan", crowd.key, _asked)}
    rows = []
    with asking.serving_crowd(crowd.home) as port:
        asking.seconds_of(port, kinds, crowd.tellers, connections=4, rounds=5)  # warms up
        for connections, rounds in ROUNDS.items():
            most = max(5, rounds // 4) if world.quick else rounds * 2
            taken = asking.seconds_of(port, kinds, crowd.tellers, connections=connections, rounds=most)
            rows += [_row(name, connections, seconds, taken[FLOOR]) for name, seconds in taken.items()]
    notes = [f"{crowd.persons:,} persons; all 12 answers known; each plan noted before its answer; {machine.load()}"]
    return [Section("forms/plan over HTTP", ("answer", "connections", "p50 ms", "p99 ms", "p99 / floor"), rows, notes)]


def _asked(user: str) -> dict[str, object]:
    questions = [{"name": name} for name in QUESTIONS]
    return {"form": "checkout", "who": {"user_id": user}, "purpose": PURPOSE, "questions": questions}


def _row(name: str, connections: int, seconds: list[float], floor: list[float]) -> tuple[str, ...]:
    half, most = percentile(seconds, 0.5), percentile(seconds, 0.99)
    ratio = most / percentile(floor, 0.99)
    return name, str(connections), number(half * 1000), number(most * 1000), number(ratio)
