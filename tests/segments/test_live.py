"""A person's memberships follow her own events at once, without a refit."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from tests.own import own_events
from tests.spec.drawn import DrawnView

from kundskab.segments.behaviours import Vocabulary, counted
from kundskab.segments.live import counted_of, of_person
from kundskab.segments.living import State
from kundskab.segments.memberships import Memberships
from kundskab.segments.patterns import Patterns

AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
WORDS = Vocabulary({}, {("Hiked", None): "Hiked", ("Skied", None): "Skied"})
STATE = State(
    AS_OF, Patterns(np.array([[900, 20], [20, 900]], np.float32)), ("Hiked", "Skied"), ("s1", "s2"), (AS_OF,) * 2,
    (0, 0), 3,
)  # fmt: skip


def ann(days: int) -> Memberships:
    rows = [{"person": "ann", "at": f"2026-06-{day + 1:02}", "action": "Skied"} for day in range(days)]
    events = own_events(rows).get("ann", ())
    return of_person(events, STATE, WORDS, as_of=AS_OF, zone="UTC", rng=np.random.default_rng(1))


def test_new_events_move_her_and_narrow_the_doubt() -> None:
    little, much = ann(1), ann(20)

    assert much.weight[0, 1] > little.weight[0, 1] > 0.5
    assert much.high[0, 1] - much.low[0, 1] < little.high[0, 1] - little.low[0, 1]
    assert much.sure[0]


def test_who_did_nothing_rests_on_nothing() -> None:
    nobody = ann(0)

    assert nobody.events.tolist() == [0]
    assert not nobody.sure[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_what_she_did_counts_as_it_does_among_everybody(seed: int) -> None:
    chance = random.Random(seed)
    rows: list[dict[str, Any]] = [
        {
            "person": f"p{chance.randrange(60)}",
            "at": (AS_OF - timedelta(hours=chance.randrange(-30, 24 * 900))).isoformat(),
            "action": chance.choice(["Ordered", "Viewed", "Read", "Mailing Sent", "Sang"]),
            "category": chance.choice(["tents", "boots", "hats", ""]),
            "object": chance.choice(["a", "b", "c"]),
        }
        for _ in range(900)
    ]
    details = [("Ordered", "tents"), ("Ordered", "boots"), ("Viewed", "a"), ("Viewed", "b")]
    named = {(action, detail): f"{action} · {detail}" for action, detail in details}
    words = Vocabulary(
        {"Ordered": "category", "Viewed": "object"}, named | {(each, None): each for each in ("Ordered", "Read")}
    )
    asked: Any = {"as_of": AS_OF, "zone": "Europe/Stockholm", "half_life_days": 90}
    everybody = counted(DrawnView(rows), vocabulary=words, **asked).rows().to_pylist()  # type: ignore[arg-type]

    alone = {
        (person, name): count
        for person, events in own_events(rows).items()
        for name, count in counted_of(events, words, **asked).items()
    }

    assert alone == pytest.approx({(row["person"], row["behaviour"]): row["count"] for row in everybody}, rel=1e-5)
