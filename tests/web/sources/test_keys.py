import pytest

SECRET = "kw_onlyshownonce0123456789"


def test_it_shows_a_new_key_once(ann, desk):
    response = ann.post("/settings/sources/web/keys", {"kind": "browser"})

    assert SECRET in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"
    assert desk.asked == [("create_key", ("web", "browser", "ann@example.com"))]
    assert SECRET not in ann.get("/settings/sources").content.decode()


def test_it_makes_no_key_for_a_source_that_is_not_there(ann):
    response = ann.post("/settings/sources/nowhere/keys", {"kind": "browser"})

    assert response.status_code == 409
    assert "There is no source called nowhere." in response.content.decode()


def test_it_makes_no_key_of_an_unknown_kind(ann, desk):
    assert ann.post("/settings/sources/web/keys", {"kind": "master"}).status_code == 400
    assert desk.asked == []


def test_it_rotates_with_an_overlap(ann, desk):
    page = ann.post("/settings/keys/1/rotation", {"overlap_days": "3"}).content.decode()

    assert "kw_thenewone0123456789" in page
    assert "The old key still works for 3 days." in page
    assert desk.asked == [("rotate_key", (1, 3, "ann@example.com"))]


def test_it_takes_no_overlap_beyond_reason(ann, desk):
    for days in ("-1", "91", "soon", ""):
        assert ann.post("/settings/keys/1/rotation", {"overlap_days": days}).status_code == 400
    assert desk.asked == []


def test_it_revokes(ann, desk):
    response = ann.post("/settings/keys/1/revocation", follow=True)

    assert desk.asked == [("revoke_key", (1, "ann@example.com"))]
    assert "The key is revoked." in response.content.decode()


def test_a_visit_changes_nothing(ann, desk):
    for url in ("/settings/sources/web/keys", "/settings/keys/1/rotation", "/settings/keys/1/revocation"):
        assert ann.get(url).status_code == 405
    assert desk.asked == []


@pytest.mark.parametrize("role", ["analyst", "reader"])
def test_those_who_do_not_own_the_workspace_may_not(visitor, desk, role):
    client = visitor(role)

    assert client.post("/settings/sources/web/keys", {"kind": "server"}).status_code == 403
    assert client.post("/settings/keys/1/rotation", {"overlap_days": 7}).status_code == 403
    assert client.post("/settings/keys/1/revocation").status_code == 403
    assert desk.asked == []


def test_a_form_of_another_site_may_not(desk):
    from django.test import Client

    from kundskab.web.staff.models import User

    client = Client(enforce_csrf_checks=True)
    user = User.objects.create_user("ann@example.com", role="owner")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    response = client.post("/settings/keys/1/revocation", headers={"Origin": "https://evil.example"})

    assert response.status_code == 403
    assert "Was this form open for long?" in response.content.decode()
    assert desk.asked == []
