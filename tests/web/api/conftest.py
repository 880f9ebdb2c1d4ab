"""A company's server and its keys, before a real workspace: Ann is known and allows analytics, Bo allows nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.house import House, identify, track


@dataclass
class Asking:
    """A server with one read key. Answers are (status, content)."""

    key: str
    last: Any = None

    def post(self, path: str, content: Any) -> tuple[int, Any]:
        return self.send(path, json.dumps(content).encode())

    def send(self, path: str, body: bytes) -> tuple[int, Any]:
        """The same with a body that may be no JSON at all."""
        return self._answer(self._client().post(path, body, content_type="application/json", headers=self._headers()))

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        return self._answer(self._client().get(path, query, headers=self._headers()))

    def token(self, **who: str) -> str:
        """The person token behind an identifier."""
        status, found = self.post("/api/profiles/find", {"who": who, "activity": False})
        assert status == 200, found
        return str(found["person"])

    def _answer(self, response: Any) -> tuple[int, Any]:
        self.last = response
        return response.status_code, json.loads(response.content)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def _client(self) -> Any:
        from django.test import Client

        return Client(raise_request_exception=False)


@pytest.fixture
def desk(stage: None, house: House) -> Iterator[Any]:
    from kundskab.web import desk as desks
    from kundskab.web.api.keys import rates

    rates._buckets.clear()  # each test's key is number 1
    yes, no = {"analytics": True}, {"analytics": False}
    house.take(
        identify("ann", "phone", traits={"shoe_size": 42, "city": "Lund"}, consent=yes),
        track("ann", "Order Completed", consent=yes),
        track("bo", "Order Completed", consent=no),
        key="server",
    )
    desks.use(house.desk)
    yield house.desk
    desks.use(None)


@pytest.fixture
def server(desk: Any) -> Asking:
    """A server whose key reads for analytics."""
    return Asking(desk.read_keys.create("Shop backend", purposes=["analytics"], who="cy@example.com"))


@pytest.fixture
def recorder(desk: Any) -> Asking:
    """A server whose key reads for analytics and marketing, and writes consents down."""
    key = desk.read_keys.create("CRM", purposes=["analytics", "marketing"], may_record=True, who="cy@example.com")
    return Asking(key)
