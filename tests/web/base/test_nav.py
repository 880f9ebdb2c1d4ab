"""The way through the pages: who sees which words, and which of them is marked."""

import pytest


def at_top(role, path="/"):
    """The words at the top for somebody of this role at this address; those one is in have a star."""
    return _said("main", role, path)


def _said(which, role, path):
    from django.test import RequestFactory

    from kundskab.web.base import nav
    from kundskab.web.staff.models import User

    links = getattr(nav, which)(RequestFactory().get(path), User(email="ann@example.com", role=role))
    return [f"{link['text']}{'*' * link['here']}" for link in links]


@pytest.mark.parametrize(
    ("role", "missing"),
    [("owner", set()), ("privacy", set()), ("analyst", {"Settings"}), ("reader", {"Settings", "People"}), ("", None)],
)
def test_each_role_sees_what_it_may_open(role, missing):
    understood = ["Segments", "Predictions", "What matters", "Undervalued"]
    every = ["Home", "People", *understood, "Explore", "Ease", "Encounters", "Events", "Settings"]

    shown = [word.rstrip("*") for word in at_top(role)]
    assert shown == ([] if missing is None else [word for word in every if word not in missing])


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/", "Home"),
        ("/people/4k2m8xq1zz0p", "People"),
        ("/distance", "Encounters"),
        ("/events/quarantine", "Events"),
        ("/settings/team", "Settings"),
        ("/requests", "Settings"),
        ("/settings/keys/1/rotation", "Settings"),
    ],
)
def test_exactly_the_word_one_is_in_is_marked(path, word):
    assert [each for each in at_top("owner", path) if each.endswith("*")] == [f"{word}*"]


def test_nothing_is_marked_elsewhere():
    assert "*" not in "".join(at_top("owner", "/account") + at_top("owner", "/peoples"))


def test_the_privacy_officer_finds_requests_in_the_settings_and_nothing_else():
    assert _said("within_settings", "privacy", "/requests") == ["Requests*"]
