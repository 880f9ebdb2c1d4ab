"""The books: received = stored + duplicate + refused + quarantined + waiting, at every step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.house import NO, NOON, House, track

from kundskab.journal import journals, trim
from kundskab.pipeline.importing import import_events
from kundskab.pipeline.worker import tidy


@pytest.mark.slow
def test_they_balance_at_every_step(house: House, tmp_path) -> None:
    steps = [house.desk.books()]
    house.desk.create_source("shop", purposes=["analytics"], who="Cy")
    for _ in range(2):
        house.hear(track(id="a"), track(None, id="b"), worker="00")
        steps.append(house.desk.books())
        house.hear(track("bo", id="c", consent=NO), source="shop", worker="01")
        steps.append(house.desk.books())
        house.digest(limit=1)
        steps.append(house.desk.books())
        house.digest()
        steps.append(house.desk.books())
    (tmp_path / "orders.csv").write_text("who,when\nann,2026-02-01\n,2026-02-02\nann,2026-02-01\n")
    mapping = {"actor": "who", "occurred_at": "when", "action": "='bought'"}
    for _ in range(2):
        import_events(house.home, tmp_path / "orders.csv", mapping=mapping, now=lambda: house.now)
        steps.append(house.desk.books())
    house.desk.replay(None, who="Cy")
    tidy(house.home, everything=True)
    steps.append(house.desk.books())

    assert all(books.balanced for books in steps)
    last = steps[-1]
    assert (last.received, last.stored, last.duplicate) == (12, 1 + 2, 2 + 3)
    assert (last.refused, last.quarantined, last.waiting) == (2, 1 + 1, 0)


def test_what_waits_is_received_and_nothing_else_yet(house: House) -> None:
    house.hear(track(), track())

    books = house.desk.books()

    assert (books.received, books.waiting, books.stored) == (2, 2, 0)


def test_a_trimmed_journal_still_counts_what_it_received(house: House) -> None:
    house.take(track(), track())
    house.close()

    for name in journals(house.home.journal):
        trim(house.home.journal, name, 2, NOON + timedelta(days=1))
    house.restart()

    assert (house.desk.books().received, house.desk.books().balanced) == (2, True)


def test_the_status_holds_what_monitors_ask_for(house: House) -> None:
    house.take(track("ann", device="phone"), track("bo"))
    house.hear(track("cy"))
    house.later(seconds=7)

    status = house.desk.status()

    assert status["lag_seconds"] == 7.0
    assert (status["persons"], status["actors"]) == (2, 3)
    assert (status["received"], status["stored"], status["waiting"], status["balanced"]) == (3, 2, 1, True)


def test_each_source_has_its_own_line(house: House) -> None:
    house.desk.create_source("shop", who="Cy")
    house.take(track(id="a"), track(id="a"), track(None))

    rows = {row.source: row for row in house.desk.books_by_source()}

    web = rows["web"]
    assert (web.received, web.stored, web.duplicate, web.quarantined, web.last_seen) == (3, 1, 1, 1, NOON)
    assert (rows["shop"].received, rows["shop"].last_seen) == (0, None)


@pytest.mark.slow
def test_volumes_follow_the_workspaces_days(house: House) -> None:
    house.take(track(timestamp="2026-02-27T23:30:00Z"), track(timestamp="2026-02-28T00:30:00Z"), track())

    assert [(str(row.day), row.events) for row in house.desk.volumes(days=30)] == [
        ("2026-02-27", 1),
        ("2026-02-28", 1),
        ("2026-03-01", 1),
    ]
