"""The API's page for people, under the same strict policy as all pages."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_it_lists_every_operation_without_a_line_from_elsewhere(server: Any, stranger: Any) -> None:
    _, described = server.get("/api/openapi.json")

    response = stranger.get("/api/docs")
    page = response.content.decode()

    assert response.status_code == 200
    assert all(path in page for path in described["paths"])
    assert "http" not in page.split("<main")[1]
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
