from datetime import timedelta

import pytest
from tests.web.fake_desk import NOW

from kundskab.types import KundskabError
from kundskab.web import manage


def test_the_first_link_makes_the_owner_and_lets_them_in(stranger, web_home):
    path = manage.one_time_login(web_home, "ann@example.com")

    response = stranger.get(path, follow=True)

    assert response.status_code == 200
    assert "What came in?" in response.content.decode()
    assert response.context["user"].role == "owner"


def test_a_link_works_once(stranger, web_home):
    from django.test import Client

    path = manage.one_time_login(web_home)
    stranger.get(path)

    again = Client().get(path)

    assert again.status_code == 410
    assert "A sign-in link works once, within 24 hours." in again.content.decode()


def test_a_link_is_not_used_up_by_a_preview(stranger, web_home):
    path = manage.one_time_login(web_home)

    stranger.head(path)

    assert stranger.get(path).status_code == 302


def test_a_link_ends_after_a_day(stranger, web_home, monkeypatch):
    from kundskab.web.base import clock

    path = manage.one_time_login(web_home)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=24, seconds=1))

    assert stranger.get(path).status_code == 410


def test_links_that_ended_are_forgotten_and_others_are_not(web_home, monkeypatch):
    from kundskab.web.base import clock
    from kundskab.web.staff.models import LoginLink

    manage.one_time_login(web_home)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=25))
    manage.one_time_login(web_home)

    manage.prepare(web_home)

    assert LoginLink.objects.count() == 1


def test_a_link_of_somebody_who_left_is_worth_nothing(stranger, web_home):
    from kundskab.web.staff.models import User

    path = manage.one_time_login(web_home, "bo@example.com")
    User.objects.update(is_active=False)

    assert stranger.get(path).status_code == 410


def test_only_a_hash_of_the_link_is_kept(web_home):
    from kundskab.web.staff.models import LoginLink

    token = manage.one_time_login(web_home).rpartition("/")[2]

    assert token not in str(LoginLink.objects.values())


def test_a_later_link_is_for_the_same_account_and_its_role(web_home):
    from kundskab.web.staff.models import User

    manage.create_user(web_home, "bo@example.com", role="analyst")
    manage.one_time_login(web_home, "Bo@example.com")

    assert [user.role for user in User.objects.all()] == ["analyst"]


@pytest.mark.parametrize(
    ("given", "help_"),
    [
        ({"email": "bo", "role": "analyst"}, "valid email"),
        (
            {"email": "bo@example.com", "role": "king"},
            "There is no role 'king'; choose one of owner, privacy, analyst, reader.",
        ),
        ({"email": "bo@example.com", "role": "reader", "password": "short"}, "at least 12"),
        ({"email": "ANN@example.com", "role": "reader"}, "already an account"),
    ],
)
def test_it_refuses_to_make_an_account_that_cannot_be(web_home, given, help_):
    manage.create_user(web_home, "ann@example.com", role="owner")

    with pytest.raises(KundskabError, match=help_):
        manage.create_user(web_home, **given)


def test_the_web_database_is_for_its_owner_alone(web_home):
    assert (web_home / "web.sqlite").stat().st_mode & 0o777 == 0o600
