"""A client that a stranger generates from the description, used for real calls."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from tests.clients.conftest import Live


@pytest.mark.sdk
def test_a_generated_client_asks_and_is_answered(live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "made"
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--url", f"{live.url}/api/openapi.json"]
    (tmp_path / "config.yml").write_text(
        "post_hooks: []\nproject_name_override: made\npackage_name_override: made_api\n"
    )

    options = ["--config", str(tmp_path / "config.yml"), "--output-path", str(made), "--fail-on-warning"]
    ran = subprocess.run([*command, *options], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    monkeypatch.syspath_prepend(str(made))
    api = importlib.import_module("made_api")
    models = importlib.import_module("made_api.models")
    find = importlib.import_module("made_api.api.people.kundskab_web_api_people_find_profile")
    status = importlib.import_module("made_api.api.status.kundskab_web_api_state_read_status")
    client = api.AuthenticatedClient(base_url=live.url, token=live.key)

    ann = find.sync(client=client, body=models.ProfileIn(who=models.WhoIn(user_id="ann")))
    books = status.sync(client=client)

    assert {fact.name: fact.value for fact in ann.facts} == {"shoe_size": 42, "city": "Lund"}
    assert books.balanced is True
