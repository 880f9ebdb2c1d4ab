"""kundskab people links, link, unlink, suggest, decide: as typed."""

from __future__ import annotations

import pytest
from tests.house import House, identify

from kundskab.cli import main


@pytest.fixture
def run(house: House, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def _run(*words: str) -> tuple[int, str, str]:
        code = main(["people", *words, "--home", str(house.home.folder)])
        said = capsys.readouterr()
        return code, said.out, said.err

    house.take(identify("ann", "d1"), identify("bo", "d2"), key="server")
    return _run


@pytest.mark.slow
def test_links_tell_their_numbers_and_reasons(run) -> None:  # type: ignore[no-untyped-def]
    code, out, err = run("links", "ann")

    assert (code, err) == (0, "1 links\n")
    assert "joins" in out
    assert "Verified by a server key" in out


@pytest.mark.slow
def test_two_are_joined_and_parted_by_hand(run, house: House) -> None:  # type: ignore[no-untyped-def]
    joined = run("link", "ann", "bo", "--reason", "one household")
    number = next(line.split()[0] for line in run("links", "ann")[1].splitlines() if "by hand" in line)
    parted = run("unlink", number, "--reason", "sisters")

    assert joined[0] == parted[0] == 0
    assert "one person now" in joined[1]
    assert "two persons now" in parted[1]
    assert "undone" in run("links", "ann")[1]


@pytest.mark.slow
def test_what_cannot_be_is_said_in_one_sentence(run) -> None:  # type: ignore[no-untyped-def]
    for words in (("links", "cy"), ("unlink", "77", "--reason", "x"), ("decide", "77", "--accept")):
        code, out, err = run(*words)

        assert (code, out) == (1, "")
        assert err.startswith("kundskab: ")
        assert len(err.splitlines()) == 1


@pytest.mark.slow
def test_looking_for_suggestions_says_when_there_are_too_few(run) -> None:  # type: ignore[no-untyped-def]
    code, out, err = run("suggest")

    assert (code, out) == (0, "0 new suggestions; see: kundskab people suggestions\n")
    assert "Only 0 persons" in err
    assert run("suggestions")[1] == ""


@pytest.mark.slow
def test_everybody_is_resolved_anew(run) -> None:  # type: ignore[no-untyped-def]
    assert run("rebuild") == (0, "Resolved everybody; 0 rows of the map changed.\n", "")
