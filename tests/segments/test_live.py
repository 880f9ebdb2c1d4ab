"""A person's memberships follow her own events at once, without a refit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from tests.spec.drawn import DrawnView

from kundskab.segments.behaviours import Vocabulary
from kundskab.segments.live import of_person
from kundskab.segments.living import State
from kundskab.segments.memberships import Memberships
from kundskab.segments.patterns import Patterns

AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
WORDS = Vocabulary({}, {("Hiked", None): "Hiked", ("Skied", None): "Skied"})
STATE = State(
    AS_OF, Patterns(np.array([[900, 20], [20, 900]], np.float32)), ("Hiked", "Skied"), ("s1", "s2"), (AS_OF,) * 2,
    (0, 0), 3,
)  # fmt: skip


class People(DrawnView):
    def of_person(self, person: str) -> Any:
        return self.events.filter(self.events.person == person)


def ann(days: int) -> Memberships:
    rows = [{"person": "ann", "at": f"2026-06-{day + 1:02}", "action": "Skied"} for day in range(days)]
    view: Any = People([*rows, {"person": "bo", "at": "2026-06-01", "action": "Hiked"}])
    return of_person(view, "ann", STATE, WORDS, as_of=AS_OF, zone="UTC", rng=np.random.default_rng(1))


@pytest.mark.slow
def test_new_events_move_her_and_narrow_the_doubt() -> None:
    little, much = ann(1), ann(20)

    assert much.weight[0, 1] > little.weight[0, 1] > 0.5
    assert much.high[0, 1] - much.low[0, 1] < little.high[0, 1] - little.low[0, 1]
    assert much.sure[0]


@pytest.mark.slow
def test_who_did_nothing_rests_on_nothing() -> None:
    nobody = ann(0)

    assert nobody.events.tolist() == [0]
    assert not nobody.sure[0]
