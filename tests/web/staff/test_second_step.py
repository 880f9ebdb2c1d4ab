"""Signing in with a second step: Ann has an app on her phone, Bo has none yet, and somebody knows Ann's password."""

import re
from datetime import timedelta

import pytest
from tests.web.fake_desk import NOW
from tests.web.staff.codes import code_of, with_app, wrong_code_for

from kundskab.pipeline.choices import Choices

PASSWORD = "nine warm woollen socks"


@pytest.fixture
def ann_with_an_app(stage):
    """(Ann, her app's secret); she has a password too."""
    from kundskab.web.staff.models import User

    user = User.objects.create_user("ann@example.com", PASSWORD, role="owner", name="Ann")
    return user, with_app(user)


def enter(client, password=PASSWORD):
    return client.post("/sign-in", {"login": "ann@example.com", "password": password})


@pytest.mark.slow
def test_a_password_alone_opens_nothing_any_more(stranger, ann_with_an_app):
    response = enter(stranger)

    assert response["Location"] == "/sign-in/second-step"
    assert stranger.get("/")["Location"].startswith("/sign-in")


@pytest.mark.slow
def test_password_and_code_let_ann_in(stranger, ann_with_an_app):
    enter(stranger)

    response = stranger.post("/sign-in/second-step", {"code": code_of(ann_with_an_app[1])})

    assert response["Location"] == "/"
    assert stranger.get("/").status_code == 200


def test_a_clock_half_a_minute_off_is_forgiven(stranger, ann_with_an_app):
    enter(stranger)

    assert stranger.post("/sign-in/second-step", {"code": code_of(ann_with_an_app[1], steps=-1)})["Location"] == "/"


def test_a_one_time_link_asks_for_the_code_too(stranger, ann_with_an_app, web_home):
    from kundskab.web import manage

    response = stranger.get(manage.one_time_login(web_home, "ann@example.com"))

    assert response["Location"] == "/sign-in/second-step"
    assert stranger.get("/")["Location"].startswith("/sign-in")


def test_a_code_works_once(stranger, ann_with_an_app):
    from django.test import Client

    code = code_of(ann_with_an_app[1])
    enter(stranger)
    stranger.post("/sign-in/second-step", {"code": code})
    other = Client()
    enter(other)

    again = other.post("/sign-in/second-step", {"code": code})

    assert again.status_code == 200
    assert "That did not fit." in again.content.decode()


def test_a_recovery_code_works_in_its_place_and_once(stranger, ann_with_an_app):
    from allauth.mfa.models import Authenticator
    from django.test import Client

    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    enter(stranger)
    other = Client()
    enter(other)

    assert stranger.post("/sign-in/second-step", {"code": code})["Location"] == "/"
    assert other.post("/sign-in/second-step", {"code": code}).status_code == 200


@pytest.mark.slow
def test_five_wrong_codes_and_the_account_rests_for_codes_and_passwords_alike(stranger, ann_with_an_app):
    from django.test import Client

    wrong = wrong_code_for(ann_with_an_app[1])
    enter(stranger)

    answers = [stranger.post("/sign-in/second-step", {"code": wrong}).status_code for _ in range(5)]
    right = stranger.post("/sign-in/second-step", {"code": code_of(ann_with_an_app[1])})

    assert answers == [200, 200, 200, 200, 429]
    assert right.status_code == 429
    assert enter(Client()).status_code == 429


def test_what_was_typed_is_not_kept_beside_a_failure(stranger, ann_with_an_app):
    from axes.models import AccessAttempt

    wrong = wrong_code_for(ann_with_an_app[1])
    enter(stranger)

    stranger.post("/sign-in/second-step", {"code": wrong})

    assert wrong not in str(list(AccessAttempt.objects.values()))


def test_nobody_reaches_the_second_step_without_the_first(stranger, ann_with_an_app):
    assert stranger.get("/sign-in/second-step")["Location"] == "/sign-in"
    assert stranger.post("/sign-in/second-step", {"code": code_of(ann_with_an_app[1])})["Location"] == "/sign-in"


@pytest.fixture
def committing(monkeypatch):
    """Visits of tests are rolled back; what waits for a commit must not wait for ever."""
    from django.db import transaction

    monkeypatch.setattr(transaction, "on_commit", lambda deed, **_: deed())


@pytest.mark.slow
def test_bo_sets_up_an_app_and_gets_recovery_codes_that_are_shown_once(bo, desk, committing):
    page = bo.get("/account/second-step/app").content.decode()
    secret = re.search(r'id="secret" value="([A-Z2-7]+)"', page)[1]

    response = bo.post("/account/second-step/app", {"code": code_of(secret)})
    shown = bo.get(response["Location"]).content.decode()
    again = bo.get(response["Location"]).content.decode()

    assert response["Location"] == "/account/second-step/codes"
    assert len(re.findall(r"^(?:.*>)?\d{8}$", shown, re.MULTILINE)) == 10
    assert not re.search(r"\b\d{8}\b", again)
    assert ("bo@example.com", "add second step", "bo@example.com", "totp") in desk.settings.notes


def test_a_wrong_first_code_sets_up_nothing(bo):
    from allauth.mfa.models import Authenticator

    page = bo.get("/account/second-step/app").content.decode()
    secret = re.search(r'id="secret" value="([A-Z2-7]+)"', page)[1]

    response = bo.post("/account/second-step/app", {"code": wrong_code_for(secret)})

    assert "That did not fit." in response.content.decode()
    assert not Authenticator.objects.exists()


def test_no_secret_lies_in_the_open_in_session_or_database(bo):
    from allauth.mfa.models import Authenticator
    from django.contrib.sessions.models import Session

    page = bo.get("/account/second-step/app").content.decode()
    secret = re.search(r'id="secret" value="([A-Z2-7]+)"', page)[1]
    waiting = [str(row.get_decoded()) for row in Session.objects.all()]
    bo.post("/account/second-step/app", {"code": code_of(secret)})

    assert secret not in "".join(waiting)
    assert secret not in str(list(Authenticator.objects.values()))


# ---- of whom it is asked


@pytest.fixture
def strict(desk):
    """A workspace that asks owners and privacy officers for a second step."""
    from dataclasses import replace

    desk.settings.now = replace(desk.settings.now, choices=Choices())


def test_ann_is_told_from_her_first_visit_on_until_when(strict, ann):
    page = ann.get("/").content.decode()

    assert "Your role asks for a second step at sign-in, by 22 June 2026." in page


@pytest.mark.slow
def test_after_the_grace_nothing_opens_but_her_own_account(strict, ann, monkeypatch):
    from kundskab.web.base import clock

    ann.get("/")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=8))

    assert ann.get("/people")["Location"] == "/account/second-step"
    assert ann.post("/settings/sources", {})["Location"] == "/account/second-step"
    assert ann.post("/encounters/new", {"research": "yes"})["Location"] == "/account/second-step"
    assert ann.get("/account/second-step").status_code == 200
    assert ann.get("/account/second-step/app").status_code == 200


def test_a_second_step_set_up_late_opens_everything_again(strict, ann, monkeypatch):
    from kundskab.web.base import clock
    from kundskab.web.staff.models import User

    ann.get("/")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=8))
    with_app(User.objects.get(email="ann@example.com"))

    assert ann.get("/people").status_code == 200


def test_it_is_not_asked_of_an_analyst(strict, bo):
    assert "second step at sign-in" not in bo.get("/").content.decode()


def test_the_last_step_cannot_be_removed_by_whom_it_is_asked_of(strict, ann):
    from allauth.mfa.models import Authenticator

    from kundskab.web.staff.models import User

    secret = with_app(User.objects.get(email="ann@example.com"))
    ann.post("/account/proof/code", {"code": code_of(secret)})
    response = ann.post("/account/second-step/app/removal")

    assert "add another one before removing this" in response.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_an_analyst_may_remove_it_after_proving_that_it_is_still_bo(strict, bo):
    from allauth.mfa.models import Authenticator

    from kundskab.web.staff.models import User

    secret = with_app(User.objects.get(email="bo@example.com"))

    asked = bo.post("/account/second-step/app/removal")
    bo.post("/account/proof/code", {"code": code_of(secret)})
    done = bo.post("/account/second-step/app/removal")

    assert asked["Location"].startswith("/account/proof/code")
    assert done["Location"] == "/account/second-step"
    assert not Authenticator.objects.exists()


def test_the_server_can_reset_it_for_whoever_lost_everything(ann_with_an_app, web_home):
    from allauth.mfa.models import Authenticator

    from kundskab.web import manage

    manage.reset_second_step(web_home, "ANN@example.com")

    assert not Authenticator.objects.exists()


def test_secrets_are_sealed_again_by_a_newer_key(ann_with_an_app, web_home, monkeypatch):
    from allauth.mfa.models import Authenticator

    from kundskab.web import manage
    from kundskab.web.staff import sealed

    monkeypatch.setattr(sealed, "renewed", lambda text: "newer:" + text)

    assert manage.seal_again(web_home) == 2
    assert all("newer:" in str(each.data) for each in Authenticator.objects.all())
