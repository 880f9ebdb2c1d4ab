"""What comes next, on a person's page."""

from __future__ import annotations

from tests.web.fake_foretelling import MOVE


def test_the_next_move_is_told_in_natural_frequencies(bo, desk):
    desk.predictions.move = MOVE

    page = bo.get("/people/4k2m8xq1zz0p").content.decode()

    assert "Of 100 such people about 62 do something within 30 days." in page
    assert "What comes first then is “Order Completed” for 41 of 100." in page
    assert "in about 12 days; 8 of 10 times between 10 hours and 41 days" in page
    assert "That is worth about 812 SEK, of one person between 0 and 2,300." in page
    assert "Tent for two" in page


def test_where_nothing_is_foretold_nothing_is_said(bo):
    assert "What comes next?" not in bo.get("/people/4k2m8xq1zz0p").content.decode()
