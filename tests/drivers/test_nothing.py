"""Where nothing matters nothing is found: a fictitious company whose outcomes are dealt out anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.drivers.worlds import shuffled

from kundskab import synthetic
from kundskab.cli.inventing import build_fictitious
from kundskab.drivers import findings, read, trials
from kundskab.workspace import open_workspace


@pytest.mark.slow
def test_in_a_shuffled_company_nothing_is_found(tmp_path: Path, keys_folder: Path) -> None:
    """Two outcomes of 500 people, shuffled twice (bench/understand/drivers.py: 1,500 people, ten times)."""
    build_fictitious(tmp_path / "home", synthetic.fjallhandel(), people=500)
    with open_workspace(tmp_path / "home") as ws:
        deeds = read(ws.view("analytics"), zone=ws.home.zone, currency="SEK")
    assert deeds is not None
    asked = [of[0] for of in trials(deeds, 30, rng=np.random.default_rng(1))]

    found = [
        one.behaviour
        for seed in range(2)
        for trial in asked
        for one in findings([shuffled(trial, np.random.default_rng(seed))], rng=np.random.default_rng(seed))
        if one.found
    ]

    assert [trial.outcome for trial in asked] == ["came back", "purchased"]  # 500 are too few for others
    assert len(found) <= 1
