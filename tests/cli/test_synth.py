"""An invented company as a workspace of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from kundskab.cli import main
from kundskab.pipeline.desk import Desk


@pytest.mark.slow
def test_it_becomes_a_new_fictitious_workspace_and_mixes_with_nobody(
    tmp_path: Path, keys_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["synth", "--home", str(tmp_path / "home"), "--people", "60"]

    first, second = main(words), main(words)

    assert (first, second) == (0, 1)
    assert "already a workspace" in capsys.readouterr().err
    with Desk.open(tmp_path / "home") as desk:
        assert desk.about.fictitious
        assert desk.books().balanced
        assert desk.books().stored > 1_000
