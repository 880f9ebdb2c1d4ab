"""Promise P7 on the pages of understanding: whoever withdrew is in no answer, list or file, however it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.house import House
from tests.whole.test_canary_on_pages import owner
from tests.whole.test_canary_understood import CANARY, a_shop

from kundskab.consent.derived import NotComputed
from kundskab.pipeline.refresh import refresh

__all__ = ["owner"]
pytestmark = pytest.mark.slow

BOUGHT = "Order Completed"
SEEN = "Product Viewed"
DECLARED = f"a_visit: {{is: ratio, of: {BOUGHT}, per: {SEEN}}}\nsold: {{is: sum, of: {BOUGHT}}}\n"


def test_no_page_of_understanding_shows_who_withdrew(house: House, owner: Any) -> None:
    cy = a_shop(house)
    (house.home.folder / "metrics.yaml").write_text(DECLARED)
    buyers = house.desk.segments.written.write("Buyers", {"did": BOUGHT}, who="Bo")
    refresh(house.home, now=lambda: house.now)
    outcomes = outcomes_of(house)
    for outcome in outcomes:
        owner.post("/matters/guesses", {"outcome": outcome, "anyway": "1"})
    owner.post("/explore/saved/new", {"kind": "funnel", "address": urlencode(_FUNNEL, doseq=True), "name": "Buying"})
    for path in ("/predictions/people?by=events", f"/segments/written/{buyers}/people?"):
        pages = [owner.get(f"{path}&page={n}").content.decode() for n in (1, 2)]
        assert any(cy in page for page in pages), "while she agrees she is there"
    house.later(minutes=1)

    house.says(f"cy-{CANARY}", "withdraw")

    after = dict(visited(owner, house, buyers, outcomes))
    assert len(after) > 35
    for path, content in after.items():
        assert cy not in content, path
        assert CANARY not in content, path
    fan = house.person("fan1")
    assert any(fan in content for content in after.values()), "the others stay"
    nobody_did_what_only_she_did(owner)


def nobody_did_what_only_she_did(owner: Any) -> None:
    """Asked for by the word that only she has: a page may repeat the word, and tells of nobody."""
    for kind, question in (("funnel", _FUNNEL), ("retention", _RETENTION), ("paths", _PATHS)):
        asked = urlencode({**question, "where": "category", "is": CANARY}, doseq=True)
        told = owner.get(f"/explore/{kind}.csv?{asked}").content.decode()
        counted = [cell for line in told.splitlines()[1:] for cell in line.split(",") if cell.isdecimal()]
        people = owner.get(f"/explore/{kind}/people?{asked}&at=1")
        assert all(int(cell) <= 9 for cell in counted), told  # steps and spans have numbers; people would be fifty
        assert people.status_code == 400, kind


def outcomes_of(house: House) -> list[str]:
    try:
        found = house.desk.drivers.read()
    except NotComputed:
        return []
    return list(found.outcomes) if found else []


def segments_of(house: House) -> list[str]:
    """Those that were learnt; sixty people do not always tell themselves apart."""
    try:
        return list(house.desk.segments.names())
    except NotComputed:
        return []


def visited(client: Any, house: House, buyers: str, outcomes: list[str]) -> Iterator[tuple[str, str]]:
    """(address, content) of every page of understanding, with every sort of question."""
    for path in addresses(house, buyers, outcomes):
        page = client.get(path)
        assert page.status_code in (200, 302, 400), (path, page.status_code)  # 400: fewer than five
        yield path, b"".join(page).decode("utf-8", "replace")


def addresses(house: House, buyers: str, outcomes: list[str]) -> Iterator[str]:
    for kind, question in (("funnel", _FUNNEL), ("retention", _RETENTION), ("paths", _PATHS)):
        for by in (None, "object"):
            asked = urlencode({**question, **({"by": by} if by else {})}, doseq=True)
            yield f"/explore/{kind}?{asked}"
            yield f"/explore/{kind}.csv?{asked}"
        yield f"/explore/{kind}/people?{urlencode(question, doseq=True)}&at=1&did={SEEN}"
    yield from ("/explore/saved", "/explore/metrics")
    for name in ("active", "revenue", "repeat_rate", "a_visit", "sold"):
        for by in ("cohort", "segment", "object"):
            yield f"/explore/metrics/of/{name}?by={by}"
    yield from ("/segments", "/segments/flow", f"/segments/written/{buyers}")
    yield from (f"/segments/written/{buyers}/people?page={n}" for n in (1, 2))
    for segment in segments_of(house):
        for rest in ("", "/people"):
            yield f"/segments/{segment}{rest}"
    yield "/predictions"
    for order in ("returns", "value", "events"):
        yield f"/predictions/people?by={order}"
    for outcome in outcomes:
        yield f"/matters?outcome={outcome}"
        found = house.desk.drivers.read(outcome)
        for driver in found.rows if found else ():
            yield f"/matters/people?{urlencode({'outcome': outcome, 'behaviour': driver.behaviour})}"
    yield from ("/matters", "/undervalued", "/undervalued?page=2")
    yield f"/people/{house.person('fan1')}"
    yield f"/people/{house.person('fan1')}/segments"


_FUNNEL = {"step": [SEEN, BOUGHT], "window": "168"}
_RETENTION = {"first": SEEN, "back": BOUGHT}
_PATHS = {"around": SEEN}
