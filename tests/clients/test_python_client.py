"""clients/python against a live server: what a shop's backend does with it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from tests.clients.conftest import Live

FILE = Path(__file__).parents[2] / "clients/python/kundskab_client.py"


@pytest.fixture(scope="module")
def client() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kundskab_client", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["kundskab_client"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.sdk
def test_it_plans_a_form_and_tells_what_was_asked(client: ModuleType, live: Live) -> None:
    api = client.Kundskab(live.url, live.key, purpose="personalisation")

    plan = api.plan("checkout", ["shoe_size", "email", {"name": "city", "max_age_days": 0}], user_id="ann")
    twice = api.asked("checkout", ["shoe_size", *plan.ask], user_id="ann")

    assert (plan.known, plan.confirm, plan.ask) == ({"shoe_size": 42}, {"city": "Lund"}, ["email"])
    assert twice == ["shoe_size"]


@pytest.mark.sdk
def test_it_reads_a_profile_and_events(client: ModuleType, live: Live) -> None:
    api = client.Kundskab(live.url, live.key)

    ann = api.profile(user_id="ann")
    page = api.events(ann["person"], limit=1)

    assert {fact["name"] for fact in ann["facts"]} == {"shoe_size", "city"}
    assert (len(page["events"]), page["next"] is None) == (1, False)
    assert api.profile(user_id="cy") is None


@pytest.mark.sdk
def test_what_is_wrong_with_a_key_is_said_in_a_sentence(client: ModuleType, live: Live) -> None:
    with pytest.raises(client.Refused, match="unknown, revoked or expired") as refusal:
        client.Kundskab(live.url, "kr_nothing").plan("f", ["city"], user_id="ann")

    assert refusal.value.status == 401


@pytest.mark.sdk
def test_a_key_that_may_not_record_records_nothing(client: ModuleType, live: Live) -> None:
    with pytest.raises(client.Refused, match="only reads"):
        client.Kundskab(live.url, live.key).record_consent("withdraw", user_id="bo")

    assert client.Kundskab(live.url, live.recorder).record_consent("withdraw", user_id="bo")["allowed"] is False


def test_a_form_works_when_nobody_answers(client: ModuleType) -> None:
    from tests.server import free_port

    api = client.Kundskab(f"http://127.0.0.1:{free_port()}", "kr_any", timeout_seconds=0.5)

    assert api.plan("checkout", ["shoe_size", "email"], user_id="ann").ask == ["shoe_size", "email"]
