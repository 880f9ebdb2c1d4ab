"""Killed anywhere between the form and the lake: what was acknowledged is whole in the end, and never half there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.encounters.test_logging import WORDS, log, met
from tests.house import House

from kundskab import lake as lakes
from kundskab.journal import Journal, JournalFull
from kundskab.pipeline.digest import deed
from kundskab.vault.encounters import Encounters as Kept


class Killed(BaseException):
    """Where the power goes: nothing catches it, nothing is tidied up."""


def dies(*_: Any, **__: Any) -> None:
    raise Killed


@contextmanager
def broken(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, how: Any = dies) -> Iterator[None]:
    """Within it, `owner.name` does what `how` does."""
    with monkeypatch.context() as within:
        within.setattr(owner, name, how)
        yield


def words(house: House) -> list[str | None]:
    return [one.words for one in house.desk.encounters.latest(who="Cy")]


def halves(house: House) -> tuple[int, int]:
    """(rows in the lake, words in the vault)."""
    with house.home.vault.reading() as tx:
        return len(house.rows()), house.home.vault.encounters.count(tx)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("owner", "name"),
    [(deed, "tokens_for"), (deed, "listen"), (Kept, "add"), (deed, "to_rows"), (lakes.Lake, "commit")],
    ids=["before the names", "before the statements", "before the words", "after the vault", "before the commit"],
)
def test_a_kill_in_the_digest_loses_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    with broken(monkeypatch, owner, name), pytest.raises(Killed):
        log(house, research="yes")

    house.restart()
    assert words(house) == []  # what is not whole yet is not shown at all
    house.digest()

    assert words(house) == [WORDS]
    assert halves(house) == (1, 1)
    with house.home.vault.reading() as tx:
        assert len(house.home.vault.statements_of(tx, [house.person("ann")])) == 1


@pytest.mark.slow
def test_a_kill_before_the_journal_acknowledges_nothing_and_keeps_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with broken(monkeypatch, Journal, "append"), pytest.raises(Killed):
        log(house)

    house.restart()
    house.digest()

    assert halves(house) == (0, 0)


@pytest.mark.slow
def test_sent_again_after_a_kill_it_is_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with broken(monkeypatch, deed, "tokens_for"), pytest.raises(Killed):
        log(house, id="a" * 32)
    house.restart()

    log(house, id="a" * 32)

    assert words(house) == [WORDS]
    assert house.desk.books().balanced


@pytest.mark.slow
def test_an_error_of_the_digest_does_not_take_the_acknowledgement_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("the lake is away")

    with broken(monkeypatch, deed, "tokens_for", breaks):
        logged = house.desk.encounters.log(met(house), who="Cy")

    assert logged.kept is None
    house.digest()
    assert words(house) == [WORDS]


def test_a_full_disk_says_so_and_keeps_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise JournalFull("the disk is nearly full; free some space")

    with broken(monkeypatch, Journal, "append", full), pytest.raises(JournalFull, match="free some space"):
        log(house)

    house.digest()
    assert halves(house) == (0, 0)


@pytest.mark.slow
def test_it_waits_for_no_import_that_holds_the_writer(house: House) -> None:
    from kundskab.pipeline.locks import writer_lock

    log(house)  # the sources are there from now on
    with writer_lock(house.home.run, "import", wait_seconds=0):
        logged = house.desk.encounters.log(met(house), who="Cy")

    assert logged.kept is None
    house.digest()
    assert len(words(house)) == 2
