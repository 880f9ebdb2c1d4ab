"""The doctor: names what is wrong and what helps, and never faints."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.house import YES, House, track

from kundskab.lake.reader import pin
from kundskab.pipeline.doctor import examine


def complaints(house: House) -> dict[str, str]:
    house.close()
    return {finding.what: finding.help for finding in examine(house.home.folder) if not finding.is_well}


@pytest.mark.slow
def test_a_sound_workspace_has_no_complaints(house: House) -> None:
    house.take(track("ann", consent=YES))

    assert complaints(house) == {}


def test_no_workspace_is_the_only_finding(tmp_path: Path) -> None:
    [finding] = examine(tmp_path)

    assert not finding.is_well
    assert "kundskab init" in finding.help


@pytest.mark.slow
def test_a_missing_data_file_is_named(house: House) -> None:
    house.take(track("ann"))
    [path] = pin(house.home.lake).files
    path.unlink()

    assert str(path) in complaints(house)["every file the lake names is there"]


def test_missing_keys_are_found_and_the_rest_still_looked_at(house: House, keys_folder: Path) -> None:
    for path in keys_folder.iterdir():
        path.unlink()

    found = complaints(house)

    assert {"the key file is there and private", "the vault opens with these keys"} <= found.keys()
    assert "every file the lake names is there" not in found


def test_a_damaged_vault_is_a_finding_and_no_crash(house: House) -> None:
    house.close()
    for path in house.home.folder.glob("vault.sqlite*"):
        path.unlink()
    (house.home.folder / "vault.sqlite").write_bytes(b"not a database " * 999)

    assert "the vault opens with these keys" in complaints(house)


@pytest.mark.slow
def test_a_lost_id_index_will_be_built_anew(house: House) -> None:
    house.take(track("ann"))
    house.close()
    for path in (house.home.folder / "lake").glob("ids.sqlite*"):
        path.unlink()

    assert "builds it anew" in complaints(house)["the id index covers the lake"]


@pytest.mark.slow
def test_a_replaced_journal_is_found_before_it_swallows_events(house: House) -> None:
    house.take(track("ann"), track("ann"))
    house.close()
    for path in house.home.journal.iterdir():
        path.unlink()
    house.restart()
    house.hear(track("bo"))

    assert "was replaced" in complaints(house)["the journals reach as far as the lake"]


def test_a_folder_open_to_others_is_told(house: House) -> None:
    house.home.folder.chmod(0o755)

    assert "chmod 700" in complaints(house)["the folder is private"]
