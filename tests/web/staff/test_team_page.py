"""The team: Ann owns the workspace, invites Bo, and may not be the last to leave."""

import re

import pytest


@pytest.fixture
def members():
    from kundskab.web.staff.models import User

    def find(email):
        return User.objects.get(email=email)

    return find


def deed(client, name, user, **posted):
    return client.post(f"/settings/team/{user.pk}/{name}", posted)


def test_ann_invites_bo_and_gets_a_link_that_lets_him_in_once(ann, stranger, members, desk):
    page = ann.post("/settings/team", {"email": "bo@example.com", "name": "Bo", "role": "analyst"}).content.decode()
    path = re.search(r"http://[^/]+(/sign-in/once/[\w-]+)", page)[1]

    assert members("bo@example.com").role == "analyst"
    assert stranger.get(path).status_code == 302
    assert stranger.get("/people").status_code == 200
    assert ("ann@example.com", "invite", "bo@example.com", "analyst") in desk.settings.notes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("posted", "help_"),
    [
        ({"email": "bo", "role": "analyst"}, "Enter a valid email address."),
        ({"email": "bo@example.com", "role": "king"}, "king is not one of the available choices"),
        ({"email": "ANN@example.com", "role": "reader"}, "already an account"),
    ],
)
def test_an_invitation_that_cannot_be_says_why_and_makes_nobody(ann, posted, help_):
    from kundskab.web.staff.models import User

    response = ann.post("/settings/team", posted)

    assert response.status_code == 422
    assert help_ in response.content.decode()
    assert User.objects.count() == 1


def test_a_role_can_be_changed_and_holds_at_once(ann, bo, members, desk):
    assert bo.get("/people").status_code == 200

    deed(ann, "role", members("bo@example.com"), role="reader")

    assert bo.get("/people").status_code == 403
    assert ("ann@example.com", "change role", "bo@example.com", "reader") in desk.settings.notes


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(ann, bo, members):
    deed(ann, "closing", members("bo@example.com"))
    assert bo.get("/")["Location"].startswith("/sign-in")

    deed(ann, "opening", members("bo@example.com"))
    assert members("bo@example.com").is_active


def test_a_closed_account_gets_no_link(ann, bo, members):
    deed(ann, "closing", members("bo@example.com"))

    response = deed(ann, "link", members("bo@example.com"))

    assert response.status_code == 409
    assert "open it again before making a link" in response.content.decode()


@pytest.mark.parametrize(("name", "posted"), [("closing", {}), ("role", {"role": "reader"})])
def test_the_last_owner_stays(ann, members, name, posted):
    response = deed(ann, name, members("ann@example.com"), **posted)

    assert response.status_code == 409
    assert "make somebody else owner first" in response.content.decode()
    assert (members("ann@example.com").role, members("ann@example.com").is_active) == ("owner", True)


def test_a_second_owner_lets_the_first_one_go_but_a_closed_one_does_not_count(ann, bo, members):
    deed(ann, "role", members("bo@example.com"), role="owner")
    deed(ann, "closing", members("bo@example.com"))
    assert deed(ann, "role", members("ann@example.com"), role="reader").status_code == 409

    deed(ann, "opening", members("bo@example.com"))
    assert deed(ann, "role", members("ann@example.com"), role="reader").status_code == 302


def test_an_owner_resets_the_second_step_of_somebody(ann, bo, members, desk):
    from allauth.mfa.models import Authenticator
    from tests.web.staff.codes import with_app

    with_app(members("bo@example.com"))

    deed(ann, "second-step-reset", members("bo@example.com"))

    assert not Authenticator.objects.exists()
    assert ("ann@example.com", "reset second step", "bo@example.com", None) in desk.settings.notes


def test_nobody_else_sees_the_team(bo, cy):
    assert bo.get("/settings/team").status_code == cy.get("/settings/team").status_code == 403


def test_a_deed_on_nobody_is_not_found(ann):
    assert ann.post("/settings/team/999999/closing").status_code == 404


def test_a_name_that_is_a_script_is_only_a_name(ann):
    ann.post("/settings/team", {"email": "cy@example.com", "name": "<script>alert(1)</script>", "role": "reader"})

    assert "<script>alert" not in ann.get("/settings/team").content.decode()
