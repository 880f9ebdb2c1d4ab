"""The key file: outside the data, for its owner alone, for one workspace, and never lost half-written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kundskab.types import KundskabError
from kundskab.vault import KeyFile, path_for


def test_it_is_readable_by_its_owner_alone(key_file: KeyFile) -> None:
    assert key_file.path.stat().st_mode & 0o777 == 0o600


def test_it_reads_back_what_it_wrote(key_file: KeyFile) -> None:
    loaded = KeyFile.load(key_file.path, key_file.workspace_id)

    assert loaded == key_file


def test_it_leaves_no_draft_behind(key_file: KeyFile) -> None:
    assert [path.name for path in key_file.path.parent.iterdir()] == ["keys.json"]


def test_it_never_overwrites_keys(key_file: KeyFile) -> None:
    before = key_file.path.read_bytes()

    with pytest.raises(KundskabError, match="already a key file"):
        KeyFile.create(key_file.path, key_file.workspace_id)

    assert key_file.path.read_bytes() == before


def test_it_refuses_keys_that_others_can_read(key_file: KeyFile) -> None:
    key_file.path.chmod(0o640)

    with pytest.raises(KundskabError, match="chmod 600"):
        KeyFile.load(key_file.path, key_file.workspace_id)


def test_it_refuses_the_keys_of_another_workspace(key_file: KeyFile) -> None:
    with pytest.raises(KundskabError, match="belongs to workspace 0123456789abcdef"):
        KeyFile.load(key_file.path, "feedfacefeedface")


def test_it_says_where_a_missing_file_should_be(tmp_path: Path) -> None:
    with pytest.raises(KundskabError, match="is missing"):
        KeyFile.load(tmp_path / "gone.json", "0123456789abcdef")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"workspace_id": "0123456789abcdef"}', b"\xff\xfe"])
def test_it_refuses_a_damaged_file(key_file: KeyFile, content: bytes) -> None:
    key_file.path.write_bytes(content)

    with pytest.raises(KundskabError, match="damaged"):
        KeyFile.load(key_file.path, key_file.workspace_id)


def test_it_refuses_a_key_of_the_wrong_length(key_file: KeyFile) -> None:
    content = json.loads(key_file.path.read_bytes())
    content["keys"][0]["encrypt"] = "abcd"
    key_file.path.write_text(json.dumps(content))

    with pytest.raises(KundskabError, match="damaged"):
        KeyFile.load(key_file.path, key_file.workspace_id)


def test_a_new_pair_becomes_active_and_the_old_one_stays(key_file: KeyFile) -> None:
    renewed = key_file.with_new_pair()

    assert renewed.active_id != key_file.active_id
    assert renewed.pair(key_file.active_id) == key_file.active
    assert KeyFile.load(key_file.path, key_file.workspace_id) == renewed


def test_a_key_never_shows_in_its_repr(key_file: KeyFile) -> None:
    assert key_file.active.encrypt.hex() not in repr(key_file)
    assert repr(key_file.active.encrypt) not in repr(key_file)


def test_it_names_what_helps_when_the_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(KundskabError, match="KUNDSKAB_KEYS"):
        KeyFile.create(tmp_path / "file" / "keys.json", "0123456789abcdef")


def test_the_environment_may_name_a_file_or_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder"

    assert path_for("ab", {"KUNDSKAB_KEYS": str(folder)}) == folder / "ab.json"
    assert path_for("ab", {"KUNDSKAB_KEYS": str(tmp_path / "my.json")}) == tmp_path / "my.json"
    assert path_for("ab", {"HOME": "/home/ann"}) == Path("/home/ann/.config/kundskab/ab.json")
    assert path_for("ab", {"HOME": "/home/ann", "XDG_CONFIG_HOME": "/c"}) == Path("/c/kundskab/ab.json")


def test_a_file_named_by_the_environment_need_not_end_in_json(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    os.close(os.open(keys, os.O_CREAT, 0o600))

    assert path_for("ab", {"KUNDSKAB_KEYS": str(keys)}) == keys
