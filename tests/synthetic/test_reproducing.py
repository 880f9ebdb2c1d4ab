from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from kundskab import synthetic

pytestmark = pytest.mark.slow


@pytest.fixture
def brief(declaration: synthetic.Declaration) -> synthetic.Declaration:
    """Fjällhandel over four months."""
    return replace(declaration, months=4)


def told(brief: synthetic.Declaration, *, seed: int, people: int = 60, until: datetime) -> pa.Table:
    return pa.concat_tables(synthetic.generate(brief, seed=seed, people=people, until=until).events())


def test_it_writes_the_same_bytes_for_the_same_seed(
    brief: synthetic.Declaration, until: datetime, tmp_path: Path
) -> None:
    for folder in ("first", "second"):
        company = synthetic.generate(brief, seed=3, people=60, until=until)
        synthetic.write(company, tmp_path / folder)

    files = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert len(files) == len(synthetic.FILES) + len(synthetic.TRUTHS) + 1
    for name in files:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes(), name


def test_it_tells_another_story_for_another_seed(brief: synthetic.Declaration, until: datetime) -> None:
    one, other = told(brief, seed=3, until=until), told(brief, seed=4, until=until)

    assert not set(one["event_id"].to_pylist()) & set(other["event_id"].to_pylist())
    assert one["occurred_at"].to_pylist() != other["occurred_at"].to_pylist()


def test_it_tells_the_same_events_each_time_it_is_asked(company: synthetic.Company, events: pa.Table) -> None:
    again = list(company.events(chunk_rows=1_000))

    assert len(again) > 10
    assert pa.concat_tables(again).equals(events)


def test_it_does_not_depend_on_the_order_in_which_tables_are_asked_for(
    brief: synthetic.Declaration, until: datetime
) -> None:
    first, second = (synthetic.generate(brief, seed=5, people=50, until=until) for _ in range(2))

    assert first.people.equals(second.people)
    list(first.events())
    assert first.consents.equals(second.consents)
    assert first.truth.equals(second.truth)
    assert pa.concat_tables(first.events()).equals(pa.concat_tables(second.events()))


def test_the_hour_of_the_day_it_is_asked_does_not_matter(brief: synthetic.Declaration) -> None:
    morning = told(brief, seed=3, until=datetime(2026, 11, 22, 6, tzinfo=UTC))
    evening = told(brief, seed=3, until=datetime(2026, 11, 22, 22, tzinfo=UTC))

    assert morning.equals(evening)


def test_events_grow_with_people(brief: synthetic.Declaration, until: datetime) -> None:
    few, many = (told(brief, seed=3, people=people, until=until).num_rows for people in (100, 1000))

    # activity is skewed: with a hundred people the mean is known to about a fifth
    assert few * 6 < many < few * 16


def test_the_demo_has_the_size_it_says(events: pa.Table) -> None:
    a_head = events.num_rows / 600

    assert 60 < a_head < 95


def test_it_wants_a_time_zone_and_people(brief: synthetic.Declaration, until: datetime) -> None:
    with pytest.raises(ValueError, match="time zone"):
        synthetic.generate(brief, seed=1, until=datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="at least 1"):
        synthetic.generate(brief, seed=1, people=0, until=until)
