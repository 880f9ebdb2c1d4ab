"""Schema versions of the lake: steps in order, each once, and nothing newer is touched."""

import pytest

from kundskab.lake import Lake
from kundskab.lake.migrations import migrate
from kundskab.lake.schema import SCHEMA_VERSION
from kundskab.types import KundskabError


@pytest.fixture
def lake(tmp_path):
    lake = Lake.open(tmp_path / "lake")
    yield lake
    lake.close()


def test_an_older_lake_takes_each_missing_step_once_and_in_order(lake):
    taken = []
    steps = {SCHEMA_VERSION + n: lambda _, n=n: taken.append(n) for n in (1, 2)}

    migrate(lake, steps=steps, to=SCHEMA_VERSION + 2)
    migrate(lake, steps=steps, to=SCHEMA_VERSION + 2)

    assert taken == [1, 2]


def test_a_step_that_fails_is_taken_again_and_those_before_it_are_not(lake):
    taken = []

    def fails(_):
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        migrate(
            lake,
            steps={SCHEMA_VERSION + 1: lambda _: taken.append(1), SCHEMA_VERSION + 2: fails},
            to=SCHEMA_VERSION + 2,
        )
    migrate(lake, steps={SCHEMA_VERSION + 2: lambda _: taken.append(2)}, to=SCHEMA_VERSION + 2)

    assert taken == [1, 2]


def test_a_lake_of_a_newer_program_is_refused_in_one_sentence(lake, tmp_path):
    lake.set_schema_version(SCHEMA_VERSION + 1)

    with pytest.raises(KundskabError, match="newer Kundskab"):
        Lake.open(tmp_path / "lake")
