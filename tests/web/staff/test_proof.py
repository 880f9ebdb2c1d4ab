"""Before a deed that cannot be taken back: is it still Ann? Somebody may sit at the computer she left open."""

import time

import pytest
from tests.web.staff.codes import code_of, with_app, wrong_code_for

PASSWORD = "nine warm woollen socks"
INVITATION = {"email": "cy@example.com", "name": "Cy", "role": "reader"}


@pytest.fixture
def ann_signed_in(stranger):
    """Ann, who signed in with her password."""
    from kundskab.web.staff.models import User

    User.objects.create_user("ann@example.com", PASSWORD, role="owner")
    stranger.post("/sign-in", {"login": "ann@example.com", "password": PASSWORD})
    return stranger


@pytest.fixture
def an_hour_later(ann_signed_in):
    session = ann_signed_in.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 3600
    session["account_authentication_methods"] = session["account_authentication_methods"]
    session.save()
    return ann_signed_in


def invited():
    from kundskab.web.staff.models import User

    return User.objects.filter(email="cy@example.com").exists()


def test_right_after_signing_in_nothing_is_asked(ann_signed_in):
    ann_signed_in.post("/settings/team", INVITATION)

    assert invited()


def test_an_hour_later_the_deed_waits_and_what_was_typed_travels_along(an_hour_later):
    response = an_hour_later.post("/settings/team", INVITATION)

    page = response.content.decode()
    assert response.status_code == 403
    assert "Is it still you?" in page
    assert '<input type="hidden" name="email" value="cy@example.com">' in page
    assert not invited()


def test_with_the_password_the_deed_is_done_and_for_ten_minutes_none_is_asked(an_hour_later):
    an_hour_later.post("/settings/team", {**INVITATION, "proof_password": PASSWORD})
    assert invited()

    again = an_hour_later.post("/settings/team", {**INVITATION, "email": "bo@example.com"})
    assert again.status_code == 200
    assert "/sign-in/once/" in again.content.decode()


def test_a_wrong_password_does_nothing_and_asks_again(an_hour_later):
    response = an_hour_later.post("/settings/team", {**INVITATION, "proof_password": "something else"})

    assert response.status_code == 403
    assert not invited()


@pytest.mark.slow
def test_wrong_passwords_here_count_like_those_at_the_door(an_hour_later):
    answers = [
        an_hour_later.post("/settings/team", {**INVITATION, "proof_password": f"wrong {n}"}).status_code
        for n in range(6)
    ]

    assert answers[-1] == 429
    assert not invited()


@pytest.mark.slow
def test_a_code_proves_it_too_and_a_wrong_one_does_not(an_hour_later):
    from kundskab.web.staff.models import User

    secret = with_app(User.objects.get(email="ann@example.com"))

    an_hour_later.post("/settings/team", {**INVITATION, "proof_code": wrong_code_for(secret)})
    assert not invited()

    an_hour_later.post("/settings/team", {**INVITATION, "proof_code": code_of(secret)})
    assert invited()


def test_what_is_carried_along_is_only_text(an_hour_later):
    page = an_hour_later.post("/settings/team", {**INVITATION, "name": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert" not in page


def test_looking_is_not_a_deed(an_hour_later):
    assert an_hour_later.get("/settings/team").status_code == 200


def test_whoever_came_by_a_link_and_has_nothing_else_is_not_asked(stranger, web_home):
    from kundskab.web import manage

    stranger.get(manage.one_time_login(web_home, "ann@example.com"))
    stranger.post("/settings/team", INVITATION)

    assert invited()
