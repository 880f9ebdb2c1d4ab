"""What comes next, on a person's page."""

from __future__ import annotations

from dataclasses import replace

from tests.web.fake_foretelling import JUNE, MOVE, WORTHY

from kundskab.pipeline.foretelling.answers import Next
from kundskab.predictions.actions.foretell import Change


def test_the_next_move_is_told_in_natural_frequencies(bo, desk):
    desk.predictions.move = MOVE

    page = bo.get("/people/4k2m8xq1zz0p").content.decode()

    assert "Of 100 such people about 62 do something within 30 days." in page
    assert "What comes first then, for 41 of 100: buys things." in page
    assert "in about 12 days; 8 of 10 times between 10 hours and 41 days" in page
    assert "That is worth about 812 SEK, of one person between 0 and 2,300." in page
    assert "Tent for two" in page


def test_what_would_change_it_is_said_for_an_act_and_for_silence(bo, desk):
    act = Change("Product Added", "Order Completed", 0.71, 0.41, 0)
    desk.predictions.move = replace(MOVE, changes=(act, Change(None, None, 0.48, 0.62, 30)))

    page = bo.get("/people/4k2m8xq1zz0p").content.decode()

    assert "Right after “puts things in the basket”, “buys things” would come next for 71 of 100, not 41." in page
    assert "After a week more of silence 48 of 100 would do something within 30 days, not 62." in page


def test_of_which_kind_it_is_is_told_where_there_are_several(bo, desk):
    desk.predictions.move = replace(
        MOVE, needs=(Next("tents", 0.31, ""), Next("boots", 0.22, ""), Next("x", 0.001, ""))
    )
    page = bo.get("/people/4k2m8xq1zz0p").content.decode()
    assert "What they turn to next is for about 31 of 100 such people “tents”, for 22 “boots”." in page

    desk.predictions.move = replace(MOVE, needs=(Next("tents", 1.0, ""),))
    assert "What they turn to next is" not in bo.get("/people/4k2m8xq1zz0p").content.decode()


def test_where_nothing_is_foretold_nothing_is_said(bo):
    assert "What comes next?" not in bo.get("/people/4k2m8xq1zz0p").content.decode()


def test_it_says_that_it_holds_as_of_what_they_did_last(bo, desk):
    desk.predictions.move = replace(MOVE, latest=JUNE, anew=("action", "objects", "worth"))

    page = bo.get("/people/4k2m8xq1zz0p").content.decode()

    assert "As of what they did last (" in page
    assert "no refresh was needed." in page
    assert "From the last refresh" not in page


def test_what_no_kept_model_could_be_asked_for_is_said_to_be_older(bo, desk):
    desk.predictions.move = replace(MOVE, latest=JUNE, anew=("action", "worth"))

    page = bo.get("/people/4k2m8xq1zz0p").content.decode()

    assert "From the last refresh: what they may turn to." in page


def test_where_nothing_could_be_asked_anew_it_says_so(bo, desk):
    desk.predictions.move = replace(MOVE, latest=JUNE)

    page = bo.get("/people/4k2m8xq1zz0p").content.decode()

    assert "They did something since, on" in page
    assert "So this is still as foretold on" in page


def test_where_objects_have_no_names_it_says_what_brings_them(bo, desk):
    with_names = replace(MOVE, objects=tuple(replace(one, name="Tent for two") for one in MOVE.objects))
    desk.predictions.move = with_names
    named = bo.get("/people/4k2m8xq1zz0p").content.decode()
    desk.predictions.move = replace(MOVE, objects=tuple(replace(one, name="") for one in MOVE.objects))

    assert "--what objects" not in named
    assert "kundskab import catalogue.csv --what objects" in bo.get("/people/4k2m8xq1zz0p").content.decode()


def test_an_object_that_is_a_name_is_no_code(bo, desk):
    desk.predictions.move = replace(MOVE, objects=(Next("Ebba Grön", 0.1, ""),))

    assert "--what objects" not in bo.get("/people/4k2m8xq1zz0p").content.decode()


def test_where_nobody_buys_nobody_is_said_to_buy_again(bo, desk):
    nobody_buys = replace(WORTHY, value=None, low=None, high=None, currency=None)
    desk.predictions.move = replace(MOVE, worth=nobody_buys)
    both = bo.get("/people/4k2m8xq1zz0p").content.decode()
    desk.predictions.move = replace(MOVE, worth=nobody_buys, actions=(), within_horizon=None)
    alone = bo.get("/people/4k2m8xq1zz0p").content.decode()

    assert "buy again" not in both + alone
    assert "come back within" not in both  # “do something within” says it already
    assert "Of 100 such people about 62 come back within 30 days" in alone
