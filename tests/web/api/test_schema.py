"""The whole description, attacked: schemathesis draws requests from it, good ones and bad ones."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings


@pytest.mark.slow
def test_the_description_is_whole(server: Any) -> None:
    status, described = server.get("/api/openapi.json")

    operations = [one for path in described["paths"].values() for one in path.values()]
    assert (status, len(operations)) == (200, 12)
    assert all(one["summary"] and one["description"] and one["security"] for one in operations)
    assert all({"401", "422", "429"} <= {str(code) for code in one["responses"]} for one in operations)


@pytest.mark.slow
def test_no_request_whatever_ends_in_a_5xx(recorder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.wsgi import get_wsgi_application

    from kundskab.web.api import keys

    monkeypatch.setattr(keys, "REQUESTS_PER_SECOND", 1e9)
    ann = recorder.post("/api/profiles/find", {"who": {"user_id": "ann"}, "purpose": "analytics"})[1]["person"]
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    answered: list[int] = []

    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(), is_hers=...)
        @settings(
            max_examples=20,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def attack(case: Any, is_hers: bool) -> None:
            if is_hers and "person" in case.path_parameters:
                case.path_parameters["person"] = ann
            response = case.call(headers={"Authorization": f"Bearer {recorder.key}"})
            answered.append(response.status_code)
            assert response.status_code < 500, (case.method, case.path, case.body)

        attack()

    assert len(answered) > 150
    assert {200, 422} <= set(answered)


@pytest.mark.slow
def test_what_is_told_straight_keeps_the_promised_shapes(server: Any) -> None:
    from kundskab.web.api.shapes import PlanOut, ProfileOut

    _, ann = server.post("/api/profiles/find", {"who": {"user_id": "ann"}})
    _, plan = server.post(
        "/api/forms/plan", {"form": "f", "who": {"user_id": "ann"}, "questions": [{"name": "shoe_size"}, {"name": "x"}]}
    )

    for shape, told in ((ProfileOut, ann), (PlanOut, plan)):
        assert shape.model_validate(told).model_dump(mode="json").keys() == told.keys()
    assert plan["questions"][0].keys() == {"question", "do", "why", "value", "how", "source", "at", "age_days"}
