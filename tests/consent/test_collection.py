"""What an event may be kept for, from its source's declaration and its own signal."""

import pytest

from kundskab.consent.collection import Declaration, grounds, preferences_by_purpose

SHOP = Declaration({"necessary": "contract", "analytics": "consent", "marketing": "consent"})


@pytest.mark.parametrize(
    ("preferences", "gpc", "denied", "kept"),
    [
        ({}, False, (), {"necessary": "contract", "analytics": "consent", "marketing": "consent"}),
        ({"analytics": True}, False, (), {"necessary": "contract", "analytics": "signal", "marketing": "consent"}),
        ({"analytics": False}, False, (), {"necessary": "contract", "marketing": "consent"}),
        ({"*": False}, False, (), {"necessary": "contract"}),
        ({"necessary": False}, False, (), {"necessary": "contract", "analytics": "consent", "marketing": "consent"}),
        ({"marketing": True}, True, (), {"necessary": "contract", "analytics": "consent"}),
        ({}, False, ("analytics",), {"necessary": "contract", "marketing": "consent"}),
        (
            {"analytics": True}, False, ("analytics",),
            {"necessary": "contract", "analytics": "signal", "marketing": "consent"},
        ),
    ],
)  # fmt: skip
def test_it_keeps_what_the_source_declares_less_what_is_refused(preferences, gpc, denied, kept):
    assert grounds(SHOP, preferences, gpc=gpc, denied=denied) == kept


def test_a_source_that_sends_only_consented_events_needs_no_signal():
    declared = Declaration({"analytics": "consent"}, no_signal="declared")

    assert grounds(declared, {}, gpc=False) == {"analytics": "signal"}
    assert grounds(declared, {"analytics": False}, gpc=False) == {}


def test_an_interest_can_be_objected_to_and_a_contract_cannot():
    both = Declaration({"analytics": "legitimate_interests", "necessary": "contract"})

    assert grounds(both, {"analytics": False, "necessary": False}, gpc=False) == {"necessary": "contract"}


def test_a_dropping_source_keeps_nothing_once_only_the_contract_is_left():
    dropping = Declaration(SHOP.purposes, on_refusal="drop")

    assert grounds(dropping, {"analytics": False, "marketing": False}, gpc=False) == {}
    assert grounds(dropping, {"marketing": False}, gpc=False) == {"necessary": "contract", "analytics": "consent"}


def test_a_dropping_source_of_contract_data_alone_keeps_it():
    assert grounds(Declaration({"necessary": "contract"}, on_refusal="drop"), {}, gpc=True) == {"necessary": "contract"}


def test_the_sites_own_categories_are_read_in_our_words_and_the_no_wins():
    site = Declaration({"marketing": "consent"}, categories={"ads": "marketing", "social": "marketing"})

    assert preferences_by_purpose({"ads": True, "social": False}, site) == {"marketing": False}
    assert preferences_by_purpose({"ads": True, "marketing": True}, site) == {"marketing": True}
