import pytest

PASSWORD = "nine warm woollen socks"


@pytest.fixture
def ann_has_a_password():
    from kundskab.web.staff.models import User

    return User.objects.create_user("ann@example.com", PASSWORD, role="owner", name="Ann")


def sign_in(client, password=PASSWORD, email="ann@example.com", **more):
    return client.post("/sign-in", {"login": email, "password": password, **more})


def test_it_lets_ann_in_and_takes_her_where_she_was_going(stranger, ann_has_a_password):
    response = sign_in(stranger, next="/people")

    assert response["Location"] == "/people"
    assert stranger.get("/").status_code == 200


def test_it_never_leads_to_another_site(stranger, ann_has_a_password):
    assert sign_in(stranger, next="https://evil.example/")["Location"] == "/"


def test_it_says_the_same_to_a_wrong_password_and_an_unknown_e_mail(stranger, ann_has_a_password):
    wrong = sign_in(stranger, "something else entirely").content.decode()
    unknown = sign_in(stranger, email="nobody@example.com").content.decode()

    sentence = "The email address and/or password you specified are not correct."
    assert sentence in wrong
    assert sentence in unknown


@pytest.mark.slow
def test_it_rests_an_account_after_five_wrong_passwords(stranger, ann_has_a_password):
    answers = [sign_in(stranger, f"wrong number {n} of five") for n in range(5)]
    after = sign_in(stranger)

    assert answers[-1].status_code == after.status_code == 429
    assert "this account rests for fifteen minutes" in after.content.decode()


@pytest.mark.slow
def test_one_account_resting_leaves_others_alone(stranger, ann_has_a_password):
    for n in range(5):
        sign_in(stranger, f"wrong number {n} of five", email="bo@example.com")

    assert sign_in(stranger)["Location"] == "/"


def test_nobody_makes_an_account_from_outside(stranger):
    for path in ("/accounts/signup/", "/signup", "/sign-up", "/password/reset/"):
        assert stranger.get(path).status_code == 404


def test_it_keeps_passwords_as_argon2_only(ann_has_a_password):
    assert ann_has_a_password.password.startswith("argon2")


def test_it_leaves_on_asking_twice_only(ann):
    assert ann.get("/sign-out").status_code == 200
    assert ann.get("/").status_code == 200

    ann.post("/sign-out")

    assert ann.get("/").status_code == 302
