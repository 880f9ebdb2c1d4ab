"""What somebody did, as a sentence."""

from decimal import Decimal

import pytest
from tests.web.fake_desk import event

from kundskab.web.people.deeds import SAYINGS, tell


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "viewed Tarn 2 tent in tents"),
        ({"category": None}, "viewed Tarn 2 tent"),
        ({"object": None}, "viewed tents"),
        ({"object": None, "category": None}, "viewed a product"),
        ({"action": "order completed", "object": None, "category": None, "quantity": 3.0}, "ordered 3 things"),
        ({"action": "Order Completed", "category": None, "quantity": 2}, "ordered 2 × Tarn 2 tent"),
        (
            {"action": "order refunded", "category": None, "quantity": -2, "value": Decimal(-9)},
            "sent back 2 × Tarn 2 tent",
        ),
        ({"action": "Products Searched", "object": None, "category": "warm socks"}, "searched for warm socks"),
        ({"action": "Video Played", "object": "Intro", "category": None}, "video played: Intro"),
        ({"action": "8", "object": None, "category": None}, "“8”"),
        ({"action": "visit", "object": None, "category": None}, "visited"),
        ({"action": "product_view", "object": None, "category": None}, "viewed a product"),
        ({"action": "support_chat", "object": None, "category": None}, "support chat"),
        ({"action": "purchase", "category": None, "quantity": -2, "value": Decimal(-9)}, "sent back 2 × Tarn 2 tent"),
    ],
)
def test_it_says_what_was_done(given, said):
    assert str(tell(event(**given))) == said


def test_it_repeats_what_strangers_wrote_and_never_runs_it():
    hostile = event(action="{action.__class__}", object="{7*7} {{7*7}}", category="{0}")

    assert str(tell(hostile)) == "{action. class }: {7*7} {{7*7}} in {0}"


def test_every_saying_has_one_place_for_its_object():
    for with_thing, without in SAYINGS.values():
        assert with_thing.count("{object}") == 1
        assert "{" not in without


def test_it_says_money_as_the_end_of_the_sentence():
    from kundskab.web.people.templatetags.deeds import worth

    assert worth(event(value=Decimal(1204), currency="SEK")) == " for 1,204.00 SEK"
    assert worth(event(value=Decimal(-90), currency="SEK")) == ": 90.00 SEK back"
    assert worth(event(value=None)) == worth(event(value=Decimal(0))) == ""


def test_a_category_that_repeats_the_action_is_left_out():
    assert str(tell(event(action="mailing sent", object="Week 79", category="mailing"))) == "was sent Week 79"
    assert str(tell(event(action="page viewed", object="Prices", category="docs"))) == "opened the page Prices in docs"
    assert str(tell(event(action="page viewed", object="/tents", category="page"))) == "opened the page /tents"
