"""What matters? Guess first, then see; nobody sees who guessed what."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from tests.web.fake_drivers import GUIDE, JUNE, WISHES

from kundskab.pipeline.drivers import Found

GUESS = {"outcome": "stayed", "place-1": "Wished soon"}
RIGHT = "Guide Read about first bought"


def body(client, address="/matters", status=200):
    response = client.get(address)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def after_a_guess(client, **given):
    client.post("/matters/guesses", GUESS | given)
    return body(client, "/matters?outcome=stayed")


def test_before_a_guess_the_list_is_hidden(cy):
    page = body(cy)

    assert "Which beginners are still there 90 to 210 days later?" in page
    assert "First you guess; then you see." in page
    assert "about 43" not in page
    assert "overlooked" not in page.split("<footer")[0]


def test_what_may_be_guessed_holds_more_than_what_was_found(cy):
    page = body(cy)

    assert page.count('name="place-1"') == page.count('name="place-5"') == 2
    assert "Yodelled" not in page  # three people did it


def test_after_a_guess_the_finding_is_told_with_its_doubt(cy):
    page = after_a_guess(cy)

    assert "One of 84 behaviours goes with it beyond the obvious." in page
    assert "about 43 were still there" in page
    assert "between 37 and 49" in page
    assert "(37–49)" in page
    assert "The same in 3 of 3 stretches of time; seen again in people not used to find it." in page


@pytest.mark.slow
def test_what_much_the_same_people_did_stands_under_one_finding(cy, desk):
    desk.drivers.twice = True
    offered = body(cy)
    page = after_a_guess(cy)

    assert "Guide Read soon" not in offered
    assert "2 of 84 behaviours" in page
    assert page.count("Make it a hypothesis:") == 1
    assert "also seen in one other way" in page
    assert "Read guides within 14 days of beginning: 41 against 29" in page


@pytest.mark.slow
def test_what_nobody_guessed_was_overlooked_and_what_was_not_found_is_said(cy):
    page = after_a_guess(cy)

    assert 'tag warn">overlooked' in page
    assert "Believed, and not found" in page
    assert "Wished within 14 days of beginning" in page


@pytest.mark.slow
def test_a_guess_that_was_right_is_ones_own_and_not_overlooked(cy):
    page = after_a_guess(cy, **{"place-2": RIGHT})

    assert "your number 2" in page
    assert 'tag warn">overlooked' not in page


@pytest.mark.slow
def test_ones_ranking_stands_beside_what_was_found(cy):
    page = after_a_guess(cy, **{"place-1": "Wished soon", "place-3": RIGHT})
    beside = page.split("What you believed, beside what was found")[1].split("</table>")[0]

    first, second = beside.split("<tr>")[2:]
    assert "wished within 14 days of beginning" in first
    assert "not found" in first
    assert "read guides about what they first bought" in first
    assert "found, number 1" in second


def test_nothing_has_two_places_and_what_was_chosen_stays(cy):
    twice = cy.post("/matters/guesses", {"outcome": "stayed", "place-1": RIGHT, "place-2": RIGHT})

    assert twice.status_code == 400
    assert "Something has two places." in twice.content.decode()
    assert twice.content.decode().count(" checked") == 2
    assert "First you guess" in body(cy, "/matters?outcome=stayed")


def test_what_all_believe_together_is_told_of_five_or_more(cy):
    from kundskab.web.drivers.guessing import Beliefs

    four = [("b", "a")] * 2 + [("a", "c")] * 2

    assert Beliefs(tuple(four)).together == ()
    assert Beliefs((*four, ("c", "a", "b"))).together == ("a", "b", "c")


def test_each_is_asked_in_an_order_of_their_own_that_stays(cy):
    from types import SimpleNamespace

    from tests.web.fake_drivers import GUIDE, FakeDrivers

    from kundskab.web.drivers.guessing import offered

    found = FakeDrivers().read("stayed")
    orders = {user: [row.behaviour for row in offered(SimpleNamespace(pk=user), found)] for user in range(20)}

    assert {order[0] for order in orders.values()} == {GUIDE.behaviour, "Wished soon"}
    assert orders[3] == [row.behaviour for row in offered(SimpleNamespace(pk=3), found)]


@pytest.mark.slow
def test_guesses_of_all_are_counted_alike_and_nobody_is_named(cy, ann):
    after_a_guess(ann)
    page = after_a_guess(cy)

    assert "2 people have guessed." in page
    assert "ann@example.com" not in page


@pytest.mark.slow
def test_one_may_be_shown_anyway_and_that_is_kept(cy):
    from kundskab.web.drivers.models import Guess, Showing

    page = after_a_guess(cy, anyway="1")

    assert "about 43" in page
    assert not Guess.objects.exists()
    assert [showing.guessed for showing in Showing.objects.all()] == [False]


@pytest.mark.slow
def test_nobody_guesses_after_having_seen(cy):
    from kundskab.web.drivers.models import Guess

    after_a_guess(cy, anyway="1")
    after_a_guess(cy)

    assert not Guess.objects.exists()


def test_no_mark_and_no_wish_shows_nothing(cy):
    nothing = cy.post("/matters/guesses", {"outcome": "stayed"})

    assert "Rank what you believe first" in nothing.content.decode()
    assert "First you guess" in nothing.content.decode()


@pytest.mark.slow
def test_a_list_of_one_outcome_does_not_show_another(cy):
    after_a_guess(cy)

    assert "First you guess" in body(cy, "/matters?outcome=purchased")


def test_where_nothing_is_found_it_says_so(cy):
    cy.post("/matters/guesses", {"outcome": "purchased", "anyway": "1"})

    page = body(cy, "/matters?outcome=purchased")
    assert "Nothing for sure: none of the 84 behaviours that we looked at says more than the obvious." in page
    assert "Take one finding" not in page
    assert "That nothing was found is an answer too" in page


@pytest.mark.slow
def test_a_finding_becomes_a_draft_once(cy):
    after_a_guess(cy)
    for _ in range(2):
        cy.post("/matters/drafts", {"outcome": "stayed", "behaviour": "Guide Read about first bought"})
    page = body(cy, "/matters?outcome=stayed")

    from kundskab.web.drivers.models import Draft

    assert Draft.objects.count() == 1
    assert "Drafts waiting" in page
    assert "draft waits" in page


def test_no_draft_is_made_of_what_was_not_found_or_not_yet_seen(cy):
    from kundskab.web.drivers.models import Draft

    cy.post("/matters/drafts", {"outcome": "stayed", "behaviour": "Guide Read about first bought"})
    after_a_guess(cy)
    cy.post("/matters/drafts", {"outcome": "stayed", "behaviour": "Wished soon"})

    assert not Draft.objects.exists()


@pytest.mark.slow
def test_an_analyst_walks_to_the_people(bo):
    page = after_a_guess(bo)
    people = body(bo, "/matters/people?outcome=stayed&behaviour=Guide+Read+about+first+bought")

    assert "/matters/people?outcome=stayed" in page
    assert "/people/4k2m8xq1zz0p" in people


@pytest.mark.slow
def test_few_people_are_not_shown(bo):
    after_a_guess(bo)

    assert "Fewer than five" in body(bo, "/matters/people?outcome=stayed&behaviour=Yodelled+soon", 400)


def test_whoever_reads_counts_sees_no_people(cy):
    page = after_a_guess(cy)

    assert "/matters/people" not in page
    assert cy.get("/matters/people?outcome=stayed&behaviour=x").status_code == 403


def test_before_the_first_refresh_it_says_what_to_do(cy, desk):
    desk.drivers.refreshed = False

    assert "kundskab refresh" in body(cy)


def test_a_stranger_is_asked_to_sign_in(stranger):
    assert stranger.get("/matters").status_code == 302


def test_few_stretches_of_time_are_offered_to_guess_at(bo):
    from kundskab.web.drivers import guessing

    whiles = [replace(WISHES, behaviour=f"at {n}", did=f"were at it between {n} and {n + 1}", unit="visits")
              for n in range(9)]  # fmt: skip
    found = Found("stayed", ("stayed",), "Which?", (GUIDE, *whiles), JUNE, 7)

    offer = guessing.offered(SimpleNamespace(pk=1), found)

    assert sum(row.is_passing for row in offer) == guessing.MOST_PASSING
