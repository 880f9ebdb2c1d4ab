import pytest

GOOD = "nine warm woollen socks"


def test_it_says_who_one_is_and_what_one_may(cy):
    page = cy.get("/account").content.decode()

    assert "You are signed in as cy@example.com, with the role of reader." in page
    assert "counts, never a person" in page
    assert "See persons" not in page


def test_it_lets_one_choose_a_first_password_and_sign_in_with_it(ann):
    from django.test import Client

    user = ann.get("/account").context["user"]
    user.set_unusable_password()
    user.save()
    ann.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    ann.post("/account/password/first", {"password1": GOOD, "password2": GOOD})
    response = Client().post("/sign-in", {"login": "ann@example.com", "password": GOOD})

    assert response["Location"] == "/"


@pytest.mark.slow
def test_it_refuses_a_password_that_is_easily_guessed(ann):
    page = ann.post("/account/password/first", {"password1": "password1234", "password2": "password1234"})

    assert "too common" in page.content.decode()
