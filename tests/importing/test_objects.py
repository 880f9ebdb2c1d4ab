"""Object catalogues: which object, its name and category, since when."""

from __future__ import annotations

import pytest
from tests.importing.conftest import Write

from kundskab.pipeline.home import Home
from kundskab.pipeline.importing import import_objects

CATALOGUE = "sku,name,category,price\nt-1,Tent,shelter,99.5\ns-1,Stove,kitchen,\n"


def names(home: Home) -> dict[str, str]:
    return {row["object"]: row["name"] for row in home.lake.objects().to_pylist()}


@pytest.mark.slow
def test_a_catalogue_is_stored(home: Home, write: Write) -> None:
    report = import_objects(home, write(CATALOGUE, "objects.csv"))

    assert (report.rows, report.stored) == (2, 2)
    assert names(home) == {"t-1": "Tent", "s-1": "Stove"}


@pytest.mark.slow
def test_the_same_catalogue_twice_changes_nothing(home: Home, write: Write) -> None:
    import_objects(home, write(CATALOGUE, "objects.csv"))

    again = import_objects(home, write(CATALOGUE, "objects.csv"))

    assert (again.stored, again.duplicates) == (0, 2)
    assert len(home.lake.objects()) == 2


@pytest.mark.slow
def test_a_new_name_takes_the_old_ones_place(home: Home, write: Write) -> None:
    import_objects(home, write(CATALOGUE, "objects.csv"))

    report = import_objects(home, write(CATALOGUE.replace("Stove", "Burner"), "objects.csv"))

    assert (report.stored, report.duplicates) == (1, 1)
    assert names(home) == {"t-1": "Tent", "s-1": "Burner"}


@pytest.mark.slow
def test_an_object_may_change_at_a_date(home: Home, write: Write) -> None:
    path = write("sku,name,valid_from\nt-1,Tent,2025-01-01\nt-1,Tent II,2026-01-01\n", "objects.csv")

    import_objects(home, path)

    assert [row["name"] for row in home.lake.objects().to_pylist()] == ["Tent", "Tent II"]


@pytest.mark.slow
def test_a_row_without_an_object_is_kept_aside(home: Home, write: Write) -> None:
    report = import_objects(home, write(CATALOGUE + ",Nothing,air,\n", "objects.csv"))

    assert report.reasons == {"no_object": 1}
    assert home.vault.quarantine()[0].row_number == 3
