"""The stage for visits: Ann owns the workspace, Bo is an analyst, Cy reads counts; a stranger has no account."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.web.fake_desk import NOW, FakeDesk

from kundskab.web import manage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundskab.web.settings")


@pytest.fixture(scope="session")
def web_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a web database, shared by all visits; each of them is rolled back."""
    home = tmp_path_factory.mktemp("home")
    manage.prepare(home)
    from django.test.utils import setup_test_environment

    setup_test_environment()
    return home


@pytest.fixture(autouse=True)
def stage(web_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    manage.use(web_home)  # another test of this process may have pointed Django elsewhere
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.core.cache import cache
    from django.db import transaction

    from kundskab.web.base import clock

    monkeypatch.setattr(clock, "now", lambda: NOW)
    _seal_lightly(monkeypatch)
    # The same way of hashing, made cheap: a real password takes a quarter of a second on purpose.
    for cost, cheap in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
        monkeypatch.setattr(Argon2PasswordHasher, cost, cheap)
    cache.clear()  # allauth counts attempts per address there
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _seal_lightly(monkeypatch: pytest.MonkeyPatch) -> None:
    """These visits have no key file: a stand-in that hides as little as it must, and can be undone."""
    from kundskab.web.staff import sealed

    monkeypatch.setattr(sealed, "seal", lambda text: f"sealed:{text[::-1]}")
    monkeypatch.setattr(sealed, "unseal", lambda text: text.removeprefix("sealed:")[::-1])


@pytest.fixture(autouse=True)
def desk(stage: None) -> Iterator[FakeDesk]:
    from kundskab.web import desk as desks

    fake = FakeDesk()
    desks.use(fake)  # type: ignore[arg-type]
    yield fake
    desks.use(None)


@pytest.fixture
def visitor() -> Callable[[str], Any]:
    """visitor("owner") -> a signed-in browser of somebody with that role."""
    from django.test import Client

    from kundskab.web.staff.models import User

    names = {"owner": "ann", "analyst": "bo", "reader": "cy"}

    def arrive(role: str) -> Client:
        client = Client()
        user = User.objects.create_user(f"{names.get(role, role)}@example.com", role=role)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return arrive


@pytest.fixture
def stranger() -> Any:
    from django.test import Client

    return Client()


@pytest.fixture
def ann(visitor: Callable[[str], Any]) -> Any:
    return visitor("owner")


@pytest.fixture
def bo(visitor: Callable[[str], Any]) -> Any:
    return visitor("analyst")


@pytest.fixture
def cy(visitor: Callable[[str], Any]) -> Any:
    return visitor("reader")
