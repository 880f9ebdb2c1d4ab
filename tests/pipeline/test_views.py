"""Views that pages keep: as long as nothing has changed, and never past a withdrawal."""

from __future__ import annotations

from tests.house import YES, House, track


def test_a_page_keeps_its_view_while_nothing_changes(house: House) -> None:
    house.take(track("ann", "Bought", consent=YES), key="server")
    views = house.desk._views

    assert views.current("analytics") is views.current("analytics")


def test_a_kept_view_is_left_at_the_next_event(house: House) -> None:
    house.take(track("ann", "Bought", consent=YES), key="server")
    before = [row.action for row in house.desk.tail()]

    house.take(track("ann", "Returned"), key="server")

    assert before == ["Bought"]
    assert [row.action for row in house.desk.tail()] == ["Returned", "Bought"]


def test_a_kept_view_never_outlives_a_withdrawal(house: House) -> None:
    house.take(track("ann", "Bought", consent=YES), key="server")
    assert house.desk.people().total == 1
    house.later(seconds=1)

    house.desk.record_consent("user_id", "ann", purpose="analytics", status="withdraw", proof={}, who="Cy")

    assert house.desk.people().total == 0
    assert house.desk.tail() == []


def test_a_kept_view_is_short_lived(house: House) -> None:
    house.take(track("ann", "Bought", consent=YES), key="server")
    first = house.desk._views.current("analytics")

    house.later(minutes=2)

    assert house.desk._views.current("analytics") is not first
