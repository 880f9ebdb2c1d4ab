"""A home folder: made once and whole, opened only when it is sound, private to its owner."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from tests.house import NOON

from kundskab.pipeline import home as home_module
from kundskab.pipeline.home import Home
from kundskab.types import KundskabError


@pytest.fixture
def folder(tmp_path: Path, keys_folder: Path) -> Path:
    return tmp_path / "home"


def test_a_new_workspace_opens_with_what_it_was_made_of(folder: Path) -> None:
    Home.create(folder, name="Acme", timezone="Europe/Stockholm", currency="sek", fictitious=True, now=NOON).close()

    with Home.open(folder) as home:
        made = home.settings
        assert (made.name, made.timezone, made.currency) == ("Acme", "Europe/Stockholm", "SEK")
        assert (made.fictitious, made.created_at, len(made.workspace_id)) == (True, NOON, 16)
        assert next(purpose.name for purpose in home.vault.purposes()) == "necessary"


def test_only_its_owner_can_look_into_it(folder: Path, keys_folder: Path) -> None:
    with Home.create(folder) as home:
        assert folder.stat().st_mode & 0o077 == 0
        assert home.keys.path.stat().st_mode & 0o077 == 0
        assert home.keys.path.is_relative_to(keys_folder)
        assert not home.keys.path.is_relative_to(folder)


@pytest.mark.slow
def test_making_it_can_be_interrupted_and_begun_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(home_module, "write_settings", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            Home.create(folder)
    with pytest.raises(KundskabError, match="no workspace"):
        Home.open(folder)

    Home.create(folder).close()

    with Home.open(folder) as home:
        assert len(home.vault.purposes()) == 5


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"timezone": "Europe/Atlantis"}, "no time zone"), ({"currency": "kronor"}, "no currency")],
)
def test_nonsense_is_refused_before_anything_is_made(folder: Path, settings: dict[str, str], said: str) -> None:
    with pytest.raises(KundskabError, match=said):
        Home.create(folder, **settings)

    assert not folder.exists()


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"schema_version": 1}', b'"text"'])
def test_damaged_settings_are_told_in_one_sentence(folder: Path, content: bytes) -> None:
    Home.create(folder).close()
    (folder / "workspace.json").write_bytes(content)

    with pytest.raises(KundskabError, match=r"workspace\.json is damaged"):
        Home.open(folder)


def test_a_workspace_of_a_newer_program_is_left_alone(folder: Path) -> None:
    Home.create(folder).close()
    path = folder / "workspace.json"
    path.write_bytes(orjson.dumps({**orjson.loads(path.read_bytes()), "schema_version": 99}))

    with pytest.raises(KundskabError, match="newer Kundskab"):
        Home.open(folder)


def test_without_its_keys_nobody_can_be_named(folder: Path, keys_folder: Path) -> None:
    Home.create(folder).close()
    for path in keys_folder.iterdir():
        path.unlink()

    with Home.open(folder) as home, pytest.raises(KundskabError, match="key file"):
        home.vault  # noqa: B018
