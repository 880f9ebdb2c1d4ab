"""Who somebody is in the world: with the right, with a reason, once."""

import pytest
from tests.web.fake_desk import ANN_TOKEN

from kundskab.pipeline.stories import Answer, Told

REASON = "She asked us to call her back"


@pytest.fixture
def privacy(visitor):
    return visitor("privacy")


def reveal(visitor, reason=REASON):
    return visitor.post(f"/people/{ANN_TOKEN}/reveals", {"reason": reason, "purpose": "necessary"})


def test_it_shows_what_identifies_them_and_keeps_the_reason(privacy, desk):
    told = Answer("Ann Åberg", "given", "web", desk.events[0].occurred_at)
    desk.stories.told = (*desk.stories.told, Told("full_name", told))

    page = reveal(privacy).content.decode()

    assert "phone-17" in page
    assert "Ann Åberg" in page
    assert REASON in page
    assert desk.asked[0] == ("reveal", (ANN_TOKEN, "necessary", REASON, "privacy@example.com"))


def test_nobody_keeps_the_page(privacy):
    assert "no-store" in reveal(privacy)["Cache-Control"]


def test_without_a_reason_nothing_is_revealed(privacy, desk):
    answer = reveal(privacy, reason=" x ")

    assert answer.status_code == 409
    assert "phone-17" not in answer.content.decode()
    assert desk.asked == []


def test_it_has_no_address_that_could_be_read_again(privacy):
    assert privacy.get(f"/people/{ANN_TOKEN}/reveals").status_code == 405


def test_who_may_not_is_not_even_asked(bo, cy, desk):
    assert "need to know" not in bo.get(f"/people/{ANN_TOKEN}").content.decode()
    desk.asked.clear()

    assert reveal(bo).status_code == reveal(cy).status_code == 403
    assert desk.asked == []


def test_who_may_is_asked_for_a_reason_on_the_page(privacy):
    page = privacy.get(f"/people/{ANN_TOKEN}").content.decode()

    assert "I need to know, and can say why" in page
    assert f'action="/people/{ANN_TOKEN}/reveals"' in page
