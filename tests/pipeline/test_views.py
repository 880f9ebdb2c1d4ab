"""Views that pages keep: as long as nothing has changed, and never past a withdrawal."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread

import pytest
from tests.house import YES, House, track

from kundskab.consent.view import View
from kundskab.lake.full import DiskTrouble
from kundskab.pipeline.views import Views


def in_a_new_thread(views: Views, purpose: str = "analytics") -> View:
    """As the server asks: each request in a thread of its own."""
    used: list[View] = []

    def ask() -> None:
        with views.kept(purpose) as view:
            used.append(view)

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    return used[0]


@pytest.mark.slow
def test_the_next_request_gets_the_same_view_while_nothing_changes(house: House) -> None:
    house.take(track("ann", "Bought", consent=YES), key="server")
    views = house.desk._views

    assert in_a_new_thread(views) is in_a_new_thread(views)


def test_a_view_never_serves_two_requests_at_once(house: House) -> None:
    views = house.desk._views

    with views.kept() as first, views.kept() as second:
        assert first is not second


def test_a_kept_view_serves_its_own_purpose_alone(house: House) -> None:
    views = house.desk._views

    assert in_a_new_thread(views, "analytics").purpose == "analytics"
    assert in_a_new_thread(views, "marketing").purpose == "marketing"


def test_a_view_in_which_something_failed_is_not_kept(house: House) -> None:
    views = house.desk._views
    failed: list[View] = []

    with suppress(ZeroDivisionError), views.kept() as view:
        failed.append(view)
        _ = 1 / 0

    assert in_a_new_thread(views) is not failed[0]


@pytest.mark.slow
def test_a_kept_view_is_left_at_the_next_event(house: House) -> None:
    house.take(track("ann", "Bought", consent=YES), key="server")
    before = [row.action for row in house.desk.tail()]

    house.take(track("ann", "Returned"), key="server")

    assert before == ["Bought"]
    assert [row.action for row in house.desk.tail()] == ["Returned", "Bought"]


@pytest.mark.slow
def test_a_kept_view_never_outlives_a_withdrawal(house: House) -> None:
    house.take(track("ann", "Bought", consent=YES), key="server")
    assert house.desk.people().total == 1
    house.later(seconds=1)

    house.desk.record_consent("user_id", "ann", purpose="analytics", status="withdraw", proof={}, who="Cy")

    assert house.desk.people().total == 0
    assert house.desk.tail() == []


@pytest.mark.slow
def test_a_kept_view_is_short_lived(house: House) -> None:
    house.take(track("ann", "Bought", consent=YES), key="server")
    first = in_a_new_thread(house.desk._views)

    house.later(minutes=2)

    assert in_a_new_thread(house.desk._views) is not first


def test_a_view_that_a_full_disk_does_not_let_open_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kundskab.pipeline.views.open_view", full)

    with pytest.raises(DiskTrouble, match="The disk is full"):
        house.view()
