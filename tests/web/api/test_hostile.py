"""Whatever is sent, the API answers with what happened: never a 5xx, never an echo of what stood in it."""

from __future__ import annotations

from typing import Any

import pytest

FIND = "/api/profiles/find"
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"who=ann",
    "NaN": b'{"who": {"user_id": NaN}}',
    "Infinity": b'{"who": {"user_id": "ann"}, "activity": Infinity}',
    "a list": b"[]",
    "null": b"null",
    "a number": b"1e999",
    "a lone surrogate": b'{"who": {"user_id": "\\ud800"}}',
    "broken UTF-8": b'{"who": {"user_id": "\xff\xfe"}}',
    "NUL": b'{"who": {"user_id": "a\\u0000b"}}',
    "a control sign": b'{"who": {"user_id": "a\\u001b[2Jb"}}',
    "doubled keys": b'{"who": {"user_id": "ann"}, "who": 3}',
    "a deep list": b"[" * 100_000 + b"]" * 100_000,
    "a deep object": b'{"who": ' + b'{"a":' * 900 + b"1" + b"}" * 901,
    "a huge identifier": b'{"who": {"email": "' + b"a" * 100_000 + b'"}}',
    "a body of 2 MB": b'{"who": {"email": "' + b"a" * 2_000_000 + b'"}}',
    "a wrong type": b'{"who": {"user_id": ["ann"]}}',
    "a number for a text": b'{"who": {"user_id": 17}}',
    "two at once": b'{"who": {"user_id": "ann", "email": "ann@example.com"}}',
    "a reserved id": b'{"who": {"user_id": "undefined"}}',
    "only spaces": b'{"who": {"user_id": "   "}}',
    "a misspelt field": b'{"who": {"user_id": "ann"}, "porpose": "analytics"}',
    "a token that is none": b'{"who": {"person": "../../etc"}}',
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_in_one_sentence(server: Any, name: str) -> None:
    status, problem = server.send(FIND, BODIES[name])

    assert 400 <= status < 500, problem
    assert problem["status"] == status
    assert len(problem["detail"]) < 300
    assert "aaaa" not in str(problem)


@pytest.mark.parametrize(
    "question",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "city", "max_age_days": -1},
        {"name": "city", "max_age_days": 1e308},
        {"name": "city", "max_age_days": "nan"},
        {"name": "city", "synonyms": ["x"] * 11},
        {"name": None},
        "city",
    ],
)
def test_a_hostile_question_is_refused(server: Any, question: Any) -> None:
    status, problem = server.post("/api/forms/plan", {"form": "f", "questions": [question]})

    assert (status, problem["detail"].partition(".")[0]) == (422, "questions")


@pytest.mark.slow
@pytest.mark.parametrize("many", [0, 101])
def test_a_form_asks_between_one_and_a_hundred_questions(server: Any, many: int) -> None:
    assert server.post("/api/forms/plan", {"form": "f", "questions": [{"name": "city"}] * many})[0] == 422


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/api/people/ann@example.com",
        "/api/people/%00",
        "/api/people/000000000000",
        "/api/people/000000000000/events?limit=0",
        "/api/people/000000000000/events?limit=1e9",
        "/api/people/000000000000/events?before=yesterday",
        "/api/people/000000000000/events?before=0001-01-01T00:00:00%2B14:00",
        "/api/people/000000000000/known",
        "/api/people/000000000000/known?question=%00",
        "/api/people/000000000000/known?question=a&max_age_days=nan",
        "/api/people/000000000000?purpose=%FF%FE",
        "/api/forms/counts?week=0001-01-01",
        "/api/forms/counts?week=9999-12-31",
        "/api/",
        "/api/nothing",
    ],
)
def test_a_hostile_address_is_refused(server: Any, path: str) -> None:
    status, problem = server.get(path)

    assert (status in (403, 404, 422), problem["status"]) == (True, status)


@pytest.mark.slow
def test_a_place_far_away_is_no_error(server: Any) -> None:
    ann = server.token(user_id="ann")

    for before in ("1900-01-01", "9998-12-31T23:59:59Z", "2026-03-01T12:00:00Z~99999999999999999999999"):
        assert server.get(f"/api/people/{ann}/events", before=before)[0] == 200


@pytest.mark.slow
def test_a_proof_may_hold_any_json_but_not_much_of_it(recorder: Any) -> None:
    said = {"who": {"user_id": "ann"}, "purpose": "analytics", "status": "withdraw"}

    assert recorder.post("/api/consents", said | {"proof": {"big": 2**63, "deep": [[[{}]]], "none": None}})[0] == 200
    assert recorder.post("/api/consents", said | {"proof": {"long": "x" * 20_000}})[0] == 422
    assert recorder.post("/api/consents", said | {"proof": {str(n): n for n in range(21)}})[0] == 422


def test_what_no_one_foresaw_tells_nothing(
    server: Any, desk: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "@".join(("ann", "example.com"))

    def broken(*_: Any, **__: Any) -> None:
        raise ValueError(secret)

    monkeypatch.setattr(desk.profiles, "profile", broken)

    status, problem = server.post(FIND, {"who": {"user_id": "ann"}})

    assert status == 500
    assert secret not in str(problem) + caplog.text


@pytest.mark.slow
def test_a_full_disk_lets_nobody_read_what_cannot_be_noted(
    server: Any, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kundskab.journal import Journal, JournalFull

    def full(*_: Any) -> None:
        raise JournalFull("no room")

    server.token(user_id="ann")
    monkeypatch.setattr(Journal, "append", full)

    status, problem = server.post(FIND, {"who": {"user_id": "ann"}})

    assert (status, server.last["Retry-After"]) == (429, "5")
    assert "facts" not in problem
