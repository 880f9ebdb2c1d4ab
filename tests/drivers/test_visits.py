"""Within visits: what was broken for a while in one channel is found and told once; where nothing broke, nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.drivers import Finding, findings, visits
from kundskab.drivers.deeds import DAY, Bought, Deeds

pytestmark = pytest.mark.slow
NAMES = ("", "Looked", "To Basket", "Shipping", "Order Completed", "Lost")
MARCH = 19_800  # 18 March 2024, in days since 1970


def shop(seed: int, *, broken: bool, people: int = 1_500) -> Deeds:
    """Everybody comes twice within 180 days; who is at Shipping goes on three times in four, but on phones from day
    70 to 100, when it is broken, once in five."""
    rng = np.random.default_rng(seed)
    rows = []
    for visit in range(2 * people):
        day, phone = rng.uniform(0, 180), int(rng.random() < 0.4)
        steps = [1] * int(rng.integers(1, 4))
        if rng.random() < 0.6:
            steps += [2, 3] if rng.random() < 0.8 else [2]
        goes_on = 0.2 if broken and phone and 70 < day < 100 else 0.75
        if steps[-1] == 3 and rng.random() < goes_on:
            steps.append(4)
        elif goes_on < 0.5 and steps[-1] == 3 and rng.random() < 0.5:
            steps.append(5)
        rows += [(visit % people, MARCH + day + at / 1440, step, phone, visit + 1) for at, step in enumerate(steps)]
    person, time, action, channel, occasion = np.array(sorted(rows)).T
    us, nothing = (time * DAY).astype(np.int64), np.zeros(len(time), dtype=np.int64)
    whole = [each.astype(np.int64) for each in (person, action, channel, occasion)]
    bought = whole[1] == 4
    return Deeds(
        persons=tuple(f"p{n}" for n in range(people)), person=whole[0], us=us, action=whole[1], category=nothing,
        channel=whole[2], object=nothing, occasion=whole[3], hour=us // (DAY // 24) % 24, weekday=us // DAY % 7,
        actions=NAMES, categories=("",), channels=("computer", "phone"), buying=("Order Completed",),
        goals=("Order Completed",), bought=Bought(whole[0][bought], us[bought], np.ones(int(bought.sum())), {}),
        last_us=int(us.max()),
    )  # fmt: skip


def found(seed: int, *, broken: bool) -> list[Finding]:
    rng = np.random.default_rng(seed)
    trial = visits.completed(shop(seed, broken=broken), ("Order Completed",), rng=rng)
    assert trial is not None
    return [one for one in findings([trial], rng=rng) if one.found]


def test_what_was_broken_on_phones_for_a_month_is_one_story_with_what_came_up_there() -> None:
    told = found(1, broken=True)
    first = next(one for one in told if "(phone) between 26 May and 15 Jun" in one.did)  # broke on 27 May, for 30 days

    assert first.beside.with_share < first.beside.without_share - 0.2
    assert ", where “Lost” came up " in first.did
    assert len({one.story for one in told}) == 1


def test_where_nothing_broke_no_while_is_told() -> None:
    assert [one.did for one in found(2, broken=False) if " between " in one.did] == []
