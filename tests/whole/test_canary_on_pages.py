"""Promise P7 on the pages: no page served for a purpose shows a person who does not consent to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.house import House
from tests.whole.test_canary import (
    CANARY,
    bo_agrees,
    cy_agreed_and_withdrew,
    cy_is_in_a_file_that_asks_for_consent,
    cy_refuses_on_the_site,
    cys_tokens,
)

from kundskab.web import manage

pytestmark = pytest.mark.slow


@pytest.fixture
def owner(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A signed-in browser of the workspace's owner."""
    manage.prepare(house.home.folder)
    from django.db import transaction
    from django.test import Client

    from kundskab.web import desk as desks
    from kundskab.web.staff.models import User

    desks.use(house.desk)
    client = Client(HTTP_HOST="localhost")
    with transaction.atomic():
        user = User.objects.create_user("bo@example.com", role="owner")
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        yield client
        transaction.set_rollback(True)
    desks.use(None)


@pytest.mark.parametrize(
    "story", [cy_refuses_on_the_site, cy_is_in_a_file_that_asks_for_consent, cy_agreed_and_withdrew]
)
def test_no_page_shows_a_person_without_consent(house: House, owner: Any, story: Any, tmp_path: Path) -> None:
    bo_agrees(house)
    story(house, tmp_path)
    house.digest()
    bo = house.person("bo")
    rests = ("", "/timeline", "/hardship", "/consents/analytics")
    hers = {f"/people/{token}{rest}" for token in cys_tokens(house) for rest in rests}

    for path in [
        "/",
        "/events",
        "/events/tail",
        "/events/quarantine",
        "/people",
        "/people/suggestions",
        "/status",
        "/settings/sources",
        *sorted(hers),
    ]:
        page = owner.get(path, {"purpose": "analytics"})
        # That she exists and what she decided may be known; her page itself is one that is not there.
        assert page.status_code == (404 if path in hers and path.count("/") == 2 else 200), path
        assert CANARY not in page.content.decode(), path

    assert bo in owner.get("/people").content.decode(), "Bo is there"
    assert "plain browsed" in owner.get("/events").content.decode()


def test_her_identifiers_are_revealed_to_nobody(house: House, owner: Any, tmp_path: Path) -> None:
    bo_agrees(house)
    cy_refuses_on_the_site(house, tmp_path)
    house.digest()

    for token in cys_tokens(house):
        page = owner.post(f"/people/{token}/reveals", {"reason": "she called us today", "purpose": "analytics"})

        assert page.status_code == 409
        assert CANARY not in page.content.decode()


def test_a_search_for_her_leads_to_nothing_she_did(house: House, owner: Any, tmp_path: Path) -> None:
    bo_agrees(house)
    cy_refuses_on_the_site(house, tmp_path)
    house.digest()

    found = owner.post("/people/searches", {"search": f"cy-{CANARY}", "q": f"cy-{CANARY}"}, follow=True)

    text = found.content.decode()
    assert found.status_code == 200
    for deed in (f"{CANARY} Completed", f"{CANARY} browsed", f"{CANARY}-tent", f"{CANARY}_trait", f"@{CANARY}"):
        assert deed not in text
