"""Promise P7 at every address there is: the list of addresses is asked for, so that no new page is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.house import House
from tests.whole.test_canary import (
    CANARY,
    HER_NAMES,
    HER_WORDS,
    a_crowd_agrees,
    bo_agrees,
    cy_met_us_struggled_and_withdrew,
    cys_tokens,
)
from tests.whole.test_canary_on_pages import owner

__all__ = ["owner"]
pytestmark = pytest.mark.slow

# Addresses that serve no purpose: names of events and properties that a source sends, for whoever keeps its plan.
OF_NO_PURPOSE = {"events/plan", "events/plan/of/<path:source>"}


@pytest.fixture
def withdrawn(house: House, tmp_path: Path) -> House:
    """Bo and a crowd agree; Cy did, met us, and withdrew."""
    bo_agrees(house)
    a_crowd_agrees(house)
    cy_met_us_struggled_and_withdrew(house, tmp_path)
    house.digest()
    return house


def test_no_address_shows_a_person_who_withdrew(withdrawn: House, owner: Any) -> None:
    visited = set()
    for route in routes():
        for path in filled(route, cys_tokens(withdrawn)):
            page = owner.get(path, {"purpose": "analytics", "by": "object", "measure": "persons"})
            assert page.status_code < 500, path
            assert CANARY not in b"".join(page).decode("utf-8", "replace"), path
            visited |= {route} if page.status_code == 200 else set()

    assert {"", "people", "people/<str:token>/timeline", "explore", "explore/trend.csv", "distance", "ease"} <= visited
    assert {"encounters", "events/tail", "status", "settings/read-keys", "requests", "people/suggestions"} <= visited


def test_no_answer_of_the_api_tells_of_a_person_who_withdrew(withdrawn: House, owner: Any) -> None:
    key = withdrawn.desk.read_keys.create("Shop", purposes=["analytics"], who="Bo")

    told = list(answers(owner, withdrawn, key))

    assert len(told) > 30
    for path, status, content in told:
        assert status < 500, path
        assert CANARY not in content, (path, content)


def routes() -> Iterator[str]:
    """Every address of the pages and of the API, as the program itself lists them."""
    from django.urls import get_resolver

    found = list(_below(get_resolver().url_patterns, ""))
    assert len(found) > 60
    yield from (route for route in found if route not in OF_NO_PURPOSE)


def _below(patterns: Any, before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _below(pattern.url_patterns, route)
        else:
            yield route


def filled(route: str, tokens: set[str]) -> Iterator[str]:
    """The address with her tokens, and with something that is there for every other part."""
    parts = {"int": "1", "path": "web", "slug": "x"}
    for token in sorted(tokens):
        told = re.sub(r"<(?:str:)?(?:token|person)>", token, route)
        told = told.replace("<str:purpose>", "analytics").replace("<str:name>", "analytics")
        yield "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda part: parts.get(part[1] or "", "x"), told)
        if told == route:
            return


def answers(client: Any, house: House, key: str) -> Iterator[tuple[str, int, str]]:
    """(address, status, content) of everything that can be asked of the API about her, well and badly."""
    headers = {"Authorization": f"Bearer {key}"}
    questions = [{"name": name} for name in HER_WORDS]
    for token in sorted(cys_tokens(house)):
        for rest in ("", "/facts", "/events", "/consents", "/known?question=nick&question=email"):
            page = client.get(f"/api/people/{token}{rest}", headers=headers)
            yield rest, page.status_code, page.content.decode()
        page = client.get(f"/api/people/{token}", {"purpose": "marketing"}, headers=headers)
        yield "another purpose", page.status_code, page.content.decode()
    for kind, value in HER_NAMES:
        for path, body in [
            ("/api/profiles/find", {"who": {kind: value}}),
            ("/api/profiles/find", {"who": {kind: value, "person": "x"}}),
            ("/api/profiles/find", {"who": {kind: value + "\x00"}}),
            ("/api/consents", {"who": {kind: value}, "status": "grant"}),
            ("/api/forms/plan", {"form": "f", "who": {kind: value}, "signed_in": True, "questions": questions}),
            ("/api/forms/asked", {"form": "f", "who": {kind: value}, "questions": [{"name": "nick"}]}),
        ]:
            page = client.post(path, orjson.dumps(body), content_type="application/json", headers=headers)
            content = page.content.decode()
            for asked in HER_WORDS:  # a plan repeats the questions that were asked
                content = content.replace(f'"question":"{asked}"', "")
            yield path, page.status_code, content
    for path in ("/api/status", "/api/forms/counts", "/api/openapi.json", "/api/docs"):
        page = client.get(path, headers=headers)
        yield path, page.status_code, page.content.decode()
