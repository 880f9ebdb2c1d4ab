"""Where did we make it hard for them? Told after the page, since counting it takes longest."""

from datetime import timedelta
from math import nan

import pytest
from tests.web.fake_desk import ANN_TOKEN, NOW

from kundskab.metrics.effort import Moment, PersonEffort
from kundskab.metrics.readings import Reading

PATH = f"/people/{ANN_TOKEN}/hardship"


class FakeEase:
    def __init__(self, found):
        self.found, self.asked = found, []

    def of_person(self, person, *, purpose, who):
        self.asked.append((person, purpose, who))
        return self.found

    def name_of(self, flow):
        return {"F1": "Size guide"}.get(flow, flow)


def effort(passes=3, moments=(), usual=0.4, harder=False):
    reading = Reading(1.2, 0.5, 2.1, passes, "points")
    return PersonEffort(ANN_TOKEN, passes, 3.6, reading, usual, harder, tuple(moments), ())


def met(sign, hours=1, detail=None):
    return Moment(NOW - timedelta(hours=hours), "forms", "F1", sign, 2.0, "form error", detail)


@pytest.fixture
def ease(desk):
    desk.ease = FakeEase(effort(moments=[met("error", detail="phone"), met("help", 30)], harder=True))
    return desk.ease


def test_it_tells_what_they_met_and_where(bo, ease):
    page = bo.get(PATH).content.decode()

    assert "In 3 attempts to get through something, they met an error and had to ask for help: 2 times in all." in page
    assert "15 June 2026: met an error, Size guide (phone)" in page
    assert "1.2 points of effort each time, where 0.40 is usual; between 0.50 and 2.1. Surely more than usual." in page
    assert ease.asked == [(ANN_TOKEN, "analytics", "bo@example.com")]


def test_it_says_when_all_went_well(bo, ease):
    ease.found = effort(passes=1)

    page = bo.get(PATH).content.decode()

    assert "Nowhere that we can see: in one attempt to get through something, all went smoothly." in page
    assert "A few smooth attempts prove little: reckoned as" in page


def test_it_says_what_it_would_need(bo, ease):
    ease.found = effort(passes=0, usual=nan)

    assert "no form, no checkout, no matter at support" in bo.get(PATH).content.decode()


def test_the_person_page_does_not_wait_for_it(bo, ease):
    page = bo.get(f"/people/{ANN_TOKEN}").content.decode()
    piece = bo.get(PATH, headers={"HX-Request": "true"}).content.decode()

    assert f'hx-get="{PATH}?purpose=analytics"' in page
    assert f'<a href="{PATH}?purpose=analytics">' in page
    assert "<html" not in piece
    assert piece.startswith("<section")


def test_a_reader_may_not(cy, ease):
    assert cy.get(PATH).status_code == 403
    assert ease.asked == []
