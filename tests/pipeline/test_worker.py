"""The clock: digests what comes in, gives way to other writers, tidies without losing anything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.house import YES, House, track

from kundskab import journal
from kundskab.lake.reader import pin
from kundskab.pipeline import worker
from kundskab.pipeline.digest import BATCH_EVENTS, Digested
from kundskab.types import Busy


def stopping_after(rounds: int, answers: Callable[[int], Any]) -> tuple[threading.Event, Callable[..., Any]]:
    """A stop event and a digest that sets it in its last round; `answers` gives (or raises) what each round does."""
    stop, count = threading.Event(), iter(range(1, rounds + 1))

    def digest(*_: object, **__: object) -> Any:
        number = next(count)
        if number == rounds:
            stop.set()
        return answers(number)

    return stop, digest


def test_it_digests_on_without_a_pause_while_batches_are_full(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "DIGEST_SECONDS", 3600.0)  # a pause would hang this test
    stop, digest = stopping_after(3, lambda _: Digested(events=BATCH_EVENTS))
    monkeypatch.setattr(worker, "digest", digest)

    worker.work(house.home, stop)

    assert stop.is_set()


def test_it_waits_for_another_writer_and_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def answers(number: int) -> Digested:
        if number == 1:
            raise Busy("An import writes.")
        return Digested()

    monkeypatch.setattr(worker, "DIGEST_SECONDS", 0.0)
    stop, digest = stopping_after(2, answers)
    monkeypatch.setattr(worker, "digest", digest)
    caplog.set_level("INFO")

    worker.work(house.home, stop)

    assert "waiting: An import writes." in caplog.text


def test_what_is_unexpected_flies_up_so_that_the_supervisor_starts_it_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> Digested:
        raise ZeroDivisionError

    stop, digest = stopping_after(1, broken)
    monkeypatch.setattr(worker, "digest", digest)

    with pytest.raises(ZeroDivisionError):
        worker.work(house.home, stop)


@pytest.mark.slow
def test_tidying_keeps_every_row_the_books_and_the_order_of_arrival(house: House) -> None:
    for number in range(4):
        house.take(track("ann", f"Visited {number}", id=str(number), consent=YES), key="server")
    before = (house.rows(), house.home.lake.state(), [row.ingested_seq for row in house.desk.tail()])

    worker.tidy(house.home, everything=True)

    assert (house.rows(), house.home.lake.state(), [row.ingested_seq for row in house.desk.tail()]) == before
    assert len(pin(house.home.lake).files) == 1


@pytest.mark.slow
def test_an_open_view_outlives_a_tidying(house: House) -> None:
    house.take(track("ann", consent=YES), key="server")
    house.take(track("ann", consent=YES), key="server")
    view = house.view()

    worker.tidy(house.home, everything=True)

    assert view.events.count().execute() == 2


@pytest.mark.slow
def test_once_nobody_can_read_them_any_more_replaced_files_go(house: House) -> None:
    for _ in range(3):
        house.take(track("ann", consent=YES), key="server")

    worker.tidy(house.home, everything=True, lease=timedelta(0))

    files = set((house.home.folder / "lake").rglob("*.parquet"))
    assert files == set(pin(house.home.lake).files)
    assert house.seen() == ["Visited"] * 3


@pytest.mark.slow
def test_bodies_leave_the_journal_a_day_after_they_were_digested(house: House) -> None:
    house.take(track("ann"))  # long ago by the machine's clock
    house.hear(track("bo"))
    house.close()

    worker.tidy(house.home)

    left = journal.read(house.home.journal, "00", 0)
    assert [stored.first for stored in left] == [2]  # not digested yet, so it stays however old it is
    assert house.desk.books().received == 2
