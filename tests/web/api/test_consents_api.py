"""What somebody allows, asked and told by the company's server."""

from __future__ import annotations

from typing import Any

import pytest

GRANT = {"purpose": "marketing", "status": "grant", "proof": {"form": "checkout", "text": "v3"}}


def test_a_grant_is_recorded_verified_with_its_proof(recorder: Any, house: Any) -> None:
    house.later(minutes=1)

    status, now = recorder.post("/api/consents", {"who": {"user_id": "ann"}, **GRANT})

    with house.home.vault.reading() as tx:
        newest = house.home.vault.statements_of(tx, [house.person("ann")])[-1]
    assert (status, now["allowed"], now["status"]) == (200, True, "grant")
    assert (newest.strength, newest.status, newest.proof) == (
        "verified",
        "grant",
        {"form": "checkout", "text": "v3", "recorded_by": "CRM (read key 1)"},
    )


@pytest.mark.slow
def test_a_withdrawal_by_token_holds_at_once(recorder: Any, house: Any) -> None:
    _, ann = recorder.post("/api/profiles/find", {"who": {"user_id": "ann"}, "purpose": "analytics"})
    house.later(minutes=1)

    path = f"/api/people/{ann['person']}/consents"
    _, said = recorder.post(path, {"purpose": "analytics", "status": "withdraw"})
    _, held = recorder.get(path)

    assert (said["allowed"], said["status"]) == (False, "withdraw")
    assert [(row["purpose"], row["allowed"], row["status"]) for row in held["consents"]] == [
        ("analytics", False, "withdraw"),
        ("marketing", False, None),
    ]


@pytest.mark.slow
def test_somebody_new_becomes_known_by_what_she_says(recorder: Any) -> None:
    assert recorder.post("/api/consents", {"who": {"email": "cy@example.com"}, **GRANT})[0] == 200
    status, cy = recorder.post("/api/profiles/find", {"who": {"email": "cy@example.com"}, "purpose": "marketing"})

    assert (status, [row["allowed"] for row in cy["consents"]]) == (200, [False, True])


@pytest.mark.slow
def test_a_token_that_is_nobodys_says_nothing(recorder: Any) -> None:
    assert recorder.post("/api/people/000000000000/consents", GRANT)[0] == 404
    assert recorder.post("/api/consents", {"who": {"person": "000000000000"}, **GRANT})[0] == 404


def test_a_grant_without_proof_is_refused(recorder: Any) -> None:
    status, problem = recorder.post("/api/consents", {"who": {"user_id": "ann"}, **GRANT, "proof": {}})

    assert (status, problem["detail"].partition(";")[0]) == (422, "proof: a grant needs to be shown")


def test_a_key_that_only_reads_writes_no_consent_down(server: Any) -> None:
    status, problem = server.post("/api/consents", {"who": {"user_id": "ann"}, "status": "object"})

    assert (status, problem["detail"]) == (
        403,
        "This key only reads; make one with --may-record to write consents down.",
    )
