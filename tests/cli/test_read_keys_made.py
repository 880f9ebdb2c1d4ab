"""kundskab keys, for those who read: made, listed beside the write keys, rotated and revoked by r-numbers."""

from __future__ import annotations

import pytest
from tests.house import House

from kundskab.cli import main


@pytest.fixture
def home(house: House) -> str:
    return str(house.home.folder)


def made(home: str, capsys: pytest.CaptureFixture[str]) -> str:
    words = ["--kind", "read", "--name", "Shop backend", "--purpose", "analytics", "--may-record"]
    assert main(["keys", "create", "--home", home, *words]) == 0
    return capsys.readouterr().out.strip()


def test_it_prints_the_key_alone_and_lists_it_without_its_secret(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    key = made(home, capsys)

    main(["keys", "list", "--home", home])
    listed = capsys.readouterr().out

    assert key.startswith("kr_")
    assert "r1  Shop backend" in listed
    assert f"kr_...{key[-4:]}" in listed
    assert key not in listed


@pytest.mark.slow
def test_it_is_rotated_and_revoked_by_its_number(home: str, house: House, capsys: pytest.CaptureFixture[str]) -> None:
    made(home, capsys)

    assert main(["keys", "rotate", "--home", home, "r1"]) == 0
    assert main(["keys", "revoke", "--home", home, "r2"]) == 0

    first, second = house.desk.read_keys.every()
    assert (first.expires_at is not None, second.revoked_at is not None, second.may_record) == (True, True, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["create", "--kind", "read"], "needs --name"),
        (["create", "--kind", "server"], "say which with --source"),
        (["create", "--kind", "read", "--name", "x", "--purpose", "fun"], "no purpose 'fun'"),
        (["revoke", "x1"], "no key's number"),
        (["revoke", "r9"], "no read key 9"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    home: str, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert main(["keys", words[0], "--home", home, *words[1:]]) == 1
    assert sentence in capsys.readouterr().err
