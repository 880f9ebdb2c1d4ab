"""Who may ask: a valid key, for its purposes, at its pace. Each refusal is one sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

FIND = {"who": {"user_id": "ann"}}


@pytest.mark.parametrize("key", ["", "kr_", "kr_" + "0" * 39, "kw_" + "0" * 39, "Ann", "kr_é", "\x00"])
def test_without_a_key_that_is_one_nothing_opens(server: Any, key: str) -> None:
    server.key = key

    status, problem = server.post("/api/profiles/find", FIND)

    assert (status, problem["status"], server.last["WWW-Authenticate"]) == (401, 401, "Bearer")
    assert "kundskab keys create" in problem["detail"]
    assert server.last["Content-Type"] == "application/problem+json"


@pytest.mark.slow
def test_a_write_key_is_no_read_key(server: Any, desk: Any) -> None:
    server.key = desk.create_key("web", kind="server", who="cy")

    assert server.post("/api/profiles/find", FIND)[0] == 401


@pytest.mark.slow
def test_a_key_for_analytics_cannot_read_for_marketing(server: Any) -> None:
    ann = server.token(user_id="ann")

    for status, problem in (
        server.post("/api/profiles/find", FIND | {"purpose": "marketing"}),
        server.get(f"/api/people/{ann}/facts", purpose="marketing"),
        server.post("/api/forms/plan", {"form": "f", "purpose": "marketing", "questions": [{"name": "city"}]}),
    ):
        assert (status, problem["detail"]) == (
            403,
            "This key is for analytics, not for marketing; make another key for that.",
        )


@pytest.mark.slow
def test_a_key_for_several_purposes_says_which(recorder: Any) -> None:
    status, problem = recorder.post("/api/profiles/find", FIND)

    assert (status, problem["detail"]) == (
        422,
        "Say for which purpose you ask; this key is for analytics, marketing.",
    )


@pytest.mark.slow
def test_a_rotated_key_works_for_the_overlap_and_a_revoked_one_not_at_all(server: Any, desk: Any, house: Any) -> None:
    new = desk.read_keys.rotate(1, overlap_days=7, who="cy")

    assert server.post("/api/profiles/find", FIND)[0] == 200
    house.now += timedelta(days=8)
    assert server.post("/api/profiles/find", FIND)[0] == 401
    server.key = new
    assert server.post("/api/profiles/find", FIND)[0] == 200
    desk.read_keys.revoke(2, who="cy")
    assert server.post("/api/profiles/find", FIND)[0] == 401


@pytest.mark.slow
def test_a_key_that_asks_too_fast_is_told_when_to_go_on(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundskab.pipeline.rates import Rates
    from kundskab.web.api import keys

    monkeypatch.setattr(keys, "rates", Rates(burst_seconds=2, clock=lambda: 0.0))
    monkeypatch.setattr(keys, "REQUESTS_PER_SECOND", 1.0)

    answers = [server.get("/api/status")[0] for _ in range(3)]

    assert answers == [200, 200, 429]
    assert server.last["Retry-After"] == "1"


def test_no_session_opens_the_api_and_no_answer_sets_a_cookie(server: Any, ann: Any) -> None:
    assert ann.get("/api/status").status_code == 401

    server.get("/api/status")

    assert not server.last.cookies
    assert server.last["Cache-Control"] == "private, no-store"
