"""Nothing opens for a stranger, and nothing opens for the wrong role. Every address is found by itself."""

import pytest
from django.urls import URLPattern, get_resolver, resolve, reverse

from kundskab.web.staff.rights import (
    MEET_PEOPLE,
    OWN_ACCOUNT,
    REPLAY,
    REVEAL,
    RIGHTS,
    SEE_COUNTS,
    SEE_PEOPLE,
    SET_SEGMENTS,
    SET_SOURCES,
    SET_TEAM,
    SET_WORKSPACE,
)

# Whoever has no account comes here, or comes with something that lets them in: a link, a key, a signature.
OPEN = {
    "asset",
    "account_login",
    "account_inactive",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "sign_in_once",
    "theme",
    "metrics",
    "plotly",  # a file, like the others
    "account_logout",  # leaving asks nothing of whoever has left
    "new_encounter",  # gives a sender whose session ran out the words back, and stores nothing
}
# What some pages must ask for, whatever their views say.
RIGHT_OF = {
    "home": SEE_COUNTS,
    "events": SEE_COUNTS,
    "status": SEE_COUNTS,
    "tail": SEE_PEOPLE,
    "quarantine": SEE_PEOPLE,
    "replays": REPLAY,
    "people": SEE_PEOPLE,
    "person": SEE_PEOPLE,
    "timeline": SEE_PEOPLE,
    "encounters": MEET_PEOPLE,
    "reveal": REVEAL,
    "sources": SET_SOURCES,
    "source": SET_SOURCES,
    "keys": SET_SOURCES,
    "rotation": SET_SOURCES,
    "revocation": SET_SOURCES,
    "read_keys": SET_SOURCES,
    "segments": SEE_COUNTS,
    "matters": SEE_COUNTS,
    "matters_guess": SEE_COUNTS,
    "matters_draft": SEE_COUNTS,
    "matters_people": SEE_PEOPLE,
    "segment_people": SEE_PEOPLE,
    "segment_name": SET_SEGMENTS,
    "team": SET_TEAM,
    "team_role": SET_TEAM,
    "team_closing": SET_TEAM,
    "team_opening": SET_TEAM,
    "team_link": SET_TEAM,
    "team_second_step_reset": SET_TEAM,
    "workspace": SET_WORKSPACE,
    "purposes": SET_WORKSPACE,
    "account": OWN_ACCOUNT,
}
SAMPLES = {"int": 1, "str": "4k2m8xq1zz0p", "path": "web", "slug": "web", "uuid": "0" * 32}


def every_url() -> dict[str, str]:
    """Name (or the pattern, for an address without one) -> an address of that kind.

    Without the HTTP API: whoever comes there brings a key, and its own tests see to that.
    """
    found = {}

    def walk(patterns, prefix):
        for entry in patterns:
            here = prefix + str(entry.pattern)
            if here.startswith("api"):
                continue
            if isinstance(entry, URLPattern):
                found[entry.name or here] = _filled(entry, here)
            else:
                walk(entry.url_patterns, here)

    walk(get_resolver("kundskab.web.urls").url_patterns, "")
    return found


def _filled(entry, pattern) -> str:
    import re

    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda kind: str(SAMPLES[kind[1] or "str"]), pattern)


def view_at(address):
    return resolve(address).func


def closed_urls() -> dict[str, str]:
    """Those that ask for an account. What is open to all says so in its view, and stands in OPEN."""
    return {name: url for name, url in every_url().items() if getattr(view_at(url), "login_required", True)}


def test_only_what_is_meant_to_be_open_is_open():
    opened = every_url().keys() - closed_urls().keys()

    # The customer's own page checks a signature itself (its own tests hold it to that).
    assert {name for name in opened - OPEN if not name.startswith("own")} == set()


def test_every_closed_page_is_marked_with_a_right_that_exists():
    every_right = set().union(*RIGHTS.values())

    for name, url in closed_urls().items():
        assert getattr(view_at(url), "right", None) in every_right, name


def test_pages_ask_for_the_right_that_their_matter_needs():
    urls = every_url()

    for name, right in RIGHT_OF.items():
        if name in urls:
            assert view_at(urls[name]).right == right, name


@pytest.mark.slow
@pytest.mark.parametrize("method", ["get", "post"])
def test_it_sends_a_stranger_to_the_sign_in_from_every_page(stranger, desk, method):
    for name, url in closed_urls().items():
        response = getattr(stranger, method)(url)

        assert response.status_code == 302, (name, response.status_code)
        assert response["Location"].startswith("/sign-in"), name
    assert desk.asked == []


def test_it_knows_nothing_at_unknown_addresses(stranger):
    assert stranger.get("/admin").status_code == 404
    assert stranger.get("/static/000000000000/../settings.py").status_code == 404
    assert stranger.get("/static/000000000000/settings.py").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("role", list(RIGHTS))
@pytest.mark.parametrize("method", ["get", "post"])
def test_it_refuses_each_role_what_the_role_may_not_before_it_does_anything(visitor, desk, role, method):
    client = visitor(role)

    for name, url in closed_urls().items():
        if view_at(url).right not in RIGHTS[role]:
            assert getattr(client, method)(url).status_code == 403, (role, name)
    assert desk.asked == []
    assert desk.settings.notes == []


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
