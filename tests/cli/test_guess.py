"""A guessed mapping is shown and confirmed, whatever the file is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from kundskab.cli import main

pytestmark = pytest.mark.slow

FILES = {
    "events": "user_id,timestamp,event\nann,2026-01-01,visit\n",
    "people": "user_id,purpose,status,occurred_at\nann,marketing,grant,2026-01-01\n",
    "objects": "product_id,name,category\np1,Tarn 2,tents\n",
    "encounters": "ticket_id,requester_email,created_at,agent\n7,ann@example.com,2026-01-01T10:00:00Z,Bo\n",
}


@pytest.mark.parametrize("what", FILES)
def test_nobody_to_confirm_means_nothing_is_read(
    what: str, tmp_path: Path, keys_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file.csv").write_text(FILES[what])
    words = ["import", str(tmp_path / "file.csv"), "--home", str(tmp_path / "home"), "--what", what]

    asked = main(words)
    shown = capsys.readouterr().err
    taken = main([*words, "--yes"])

    assert (asked, taken) == (1, 0)
    assert "add --yes to take it" in shown
    assert "its name says" in shown
