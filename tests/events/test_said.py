"""What people did, in plain words."""

from __future__ import annotations

import pytest

from kundskab.events.said import did


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        ("Guide Read", "read guides"),
        ("Guide Read · tents", "read guides to tents"),
        ("page_view", "read pages"),
        ("Product Added · skis", "put skis in the basket"),
        ("Encounter · shop floor", "met us (shop floor)"),
        ("Moon Phased · full", "did “Moon Phased · full”"),
        ("Order Completed · children", "bought things for children"),
        ("Product Viewed · running", "looked at things for running"),
        ("Page Viewed · running", "read running"),
        ("listened · Ebba Grön", "listened to Ebba Grön"),
        ("borrowed · Emil", "borrowed Emil"),
        ("8", "did “8”"),
    ],
)
def test_a_behaviour_is_said_as_people_say_it(behaviour: str, said: str) -> None:
    assert did(behaviour) == said
