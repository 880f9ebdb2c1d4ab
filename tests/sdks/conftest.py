"""One server for all client tests; each test has a source of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server import Server, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("sdks")
    (folder / "keys").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUNDSKAB_KEYS", str(folder / "keys"))
        with running(folder / "home") as server:
            yield server
