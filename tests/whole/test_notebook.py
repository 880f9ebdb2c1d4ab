"""The worked notebook runs, cell by cell, as whoever opens it would run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "understanding.ipynb"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_notebook_runs_from_top_to_bottom(keys_folder: Path) -> None:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    written = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    names: dict[str, object] = {}

    for number, code in enumerate(written, start=1):
        exec(compile(code, f"{NOTEBOOK.name}, code cell {number}", "exec"), names)  # the notebook is ours

    assert names["report"].kinds  # type: ignore[attr-defined]
