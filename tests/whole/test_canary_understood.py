"""Promise P7 in what is understood: who withdraws is in no derived row, no page's answer and no later model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.house import YES, House, track

from kundskab.consent.derived import NotComputed
from kundskab.lake import derived
from kundskab.pipeline.refresh import refresh
from kundskab.types import KundskabError

CANARY = "xqcanaryzw"
PEOPLE = 60
DAYS = 100

pytestmark = pytest.mark.slow


def a_shop(house: House) -> str:
    """Sixty people look, put into the basket and buy, for a hundred days; Cy does as they do, and things of her own."""
    for day in range(DAYS):
        for number in range(day % 3, PEOPLE, 3):
            who, shelf = f"fan{number}", number % 4
            house.hear(
                *_a_visit(who, f"shelf {shelf}", f"thing {shelf}-{day % 5}", buys=(number + day) % 4 == 0), key="server"
            )
        if day % 2:
            house.hear(*_a_visit(f"cy-{CANARY}", CANARY, f"{CANARY} thing", buys=True), key="server")
        house.later(days=1)
    house.digest()
    return house.person(f"cy-{CANARY}")


def _a_visit(who: str, category: str, thing: str, *, buys: bool) -> Iterator[dict[str, object]]:
    about = {"product_id": thing, "category": category}
    yield track(who, "Product Viewed", consent=YES, properties=about)
    if buys:
        yield track(who, "Order Completed", consent=YES, properties={**about, "revenue": 20, "currency": "SEK"})


def understood(house: House) -> str:
    """Every derived table and every answer made of them, as text."""
    view, desk, said = house.view(), house.desk, []
    for name in derived.TABLES:
        if name == "models":  # numbers of many people; no rows of a person
            continue
        for history in (False, True):
            try:
                said.append(str(view.derived(name, history=history).to_pyarrow().to_pylist()))
            except NotComputed:
                continue
    for ask in (desk.segments.overview, desk.predictions.report, desk.predictions.coming, desk.predictions.list,
                desk.undervalued.finds):  # fmt: skip
        try:
            said.append(str(ask()))
        except KundskabError as refusal:
            said.append(str(refusal))
    return "".join(said)


def test_who_withdraws_is_in_nothing_that_was_understood(house: House) -> None:
    cy = a_shop(house)
    refresh(house.home, now=lambda: house.now)
    assert cy in understood(house), "she is there as long as she agrees"
    house.later(minutes=1)

    house.says(f"cy-{CANARY}", "withdraw")

    after = understood(house)
    assert house.person("fan1") in after, "the others stay"
    assert cy not in after
    assert CANARY not in after


def test_the_next_refresh_keeps_nothing_of_her_on_disk(house: House) -> None:
    cy = a_shop(house)
    refresh(house.home, now=lambda: house.now)
    house.later(days=1)
    house.says(f"cy-{CANARY}", "withdraw")
    refresh(house.home, now=lambda: house.now)
    house.later(days=1)
    house.hear(track("fan1", "Product Viewed", consent=YES), key="server")
    house.digest()
    refresh(house.home, now=lambda: house.now + timedelta(minutes=1))

    for name in derived.TABLES:
        for part in derived.parts(house.home.lake, name, "analytics"):
            told = str(derived.read(part).to_pylist())
            assert cy not in told, name
            assert CANARY not in told, name
