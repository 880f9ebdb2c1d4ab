"""Nothing opens for a stranger, and nothing opens for the wrong role."""

import pytest
from django.urls import URLPattern, get_resolver, reverse

OPEN = {"asset", "account_login", "sign_in_once", "theme", "metrics"}
ARGS = {"token": "4k2m8xq1zz0p", "name": "web", "key_id": 1, "digest": "0" * 12}
# What each role may open by a plain visit; whatever is not listed here is refused.
MAY = {
    "owner": {"home", "events", "tail", "quarantine", "people", "person", "timeline", "sources", "status", "account"},
    "analyst": {"home", "events", "tail", "quarantine", "people", "person", "timeline", "status", "account"},
    "reader": {"home", "events", "status", "account"},
}
MAY_ACCOUNT = {"account_logout", "account_change_password", "account_set_password", "account_reauthenticate"}


def every_url() -> dict[str, str]:
    found = {}

    def walk(patterns):
        for entry in patterns:
            if isinstance(entry, URLPattern):
                names = entry.pattern.converters
                found[entry.name] = reverse(entry.name, kwargs={name: ARGS[name] for name in names})
            else:
                walk(entry.url_patterns)

    walk(get_resolver("kundskab.web.urls").url_patterns)
    return found


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_sends_a_stranger_to_the_sign_in_from_every_page(stranger, desk, method):
    for name, url in every_url().items():
        if name in OPEN:
            continue

        response = getattr(stranger, method)(url)

        assert response.status_code == 302, (name, response.status_code)
        assert response["Location"].startswith("/sign-in"), name
    assert desk.asked == []


def test_it_knows_nothing_at_unknown_addresses(stranger):
    assert stranger.get("/admin").status_code == 404
    assert stranger.get("/static/000000000000/../settings.py").status_code == 404
    assert stranger.get("/static/000000000000/settings.py").status_code == 404


@pytest.mark.parametrize("role", ["owner", "analyst", "reader"])
def test_it_opens_to_each_role_what_the_role_may_see(visitor, role):
    client = visitor(role)

    for name, url in every_url().items():
        if name in OPEN or name in MAY_ACCOUNT:
            continue
        status = client.get(url, headers={"HX-Request": "true"}).status_code

        if name in MAY[role]:
            assert status == 200, (role, name, status)
        else:
            assert status in (403, 405), (role, name, status)


def test_it_refuses_those_who_may_not_before_it_does_anything(visitor, desk):
    for role, names in {
        "analyst": ["sources", "keys", "rotation", "revocation"],
        "reader": ["replays", "searches"],
    }.items():
        client = visitor(role)
        for name in names:
            assert client.post(every_url()[name]).status_code == 403, (role, name)
    assert desk.asked == []


def test_it_refuses_a_view_that_nobody_gave_a_right(rf, visitor):
    from django.core.exceptions import PermissionDenied

    from kundskab.web.staff.door import Allowed
    from kundskab.web.staff.models import User

    visitor("owner")
    request = rf.get("/forgotten")
    request.user = User.objects.get(role="owner")

    with pytest.raises(PermissionDenied):
        Allowed(lambda _: None).process_view(request, lambda _: None, (), {})


@pytest.fixture
def rf():
    from django.test import RequestFactory

    return RequestFactory()


def test_it_takes_a_live_part_of_a_page_to_the_sign_in_as_a_whole(stranger):
    response = stranger.get(reverse("tail"), headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == "/sign-in"
