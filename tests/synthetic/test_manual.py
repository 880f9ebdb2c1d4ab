"""The manual's own small company can be generated as it stands there, and has everything that is promised."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from kundskab import synthetic

MANUAL = Path(__file__).parents[2] / "docs" / "synthetic.md"


@pytest.mark.slow
def test_the_manuals_company_is_generated(tmp_path: Path) -> None:
    (page,) = re.findall(r"^```yaml\n(.*?)^```", MANUAL.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

    company = synthetic.generate(synthetic.parse(page), seed=1, until=datetime(2026, 9, 1, tzinfo=UTC))
    rows = synthetic.write(company, tmp_path)

    actions = set(pa.concat_tables(company.events())["action"].unique().to_pylist())
    assert actions >= {"Order Completed", "Encounter", "Form Error", "Guide Read", "Repair Booked", "Friend Invited"}
    assert all(rows.values()), "a file without a row"
    assert company.forms.filter(company.forms["hardest"])["form"].to_pylist() == ["support"]


def test_every_file_and_every_truth_is_told() -> None:
    text = MANUAL.read_text(encoding="utf-8")

    assert [name for name in (*synthetic.FILES, *synthetic.TRUTHS) if f"`{name}`" not in text] == []
