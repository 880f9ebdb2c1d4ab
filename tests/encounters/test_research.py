"""May we use it for research? A yes is a line in the ledger with its proof; only then are the words read for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.encounters.test_logging import WORDS, log
from tests.house import House

from kundskab.pipeline.encounters import NOBODY, Encounter


def for_research(house: House) -> list[Encounter]:
    return house.desk.encounters.latest(purpose="research", who="Cy")


@pytest.mark.slow
def test_a_yes_is_a_statement_with_who_asked_and_how(house: House) -> None:
    log(house, research="yes")

    with house.home.vault.reading() as tx:
        [statement] = house.home.vault.statements_of(tx, [house.person("ann")])

    assert (statement.purpose, statement.status, statement.strength) == ("research", "grant", "verified")
    assert statement.notice_version == "1"
    assert statement.proof is not None
    assert statement.proof["asked_by"] == "Bo"
    assert statement.proof["recorded_by"] == "Cy"


@pytest.mark.slow
def test_words_are_read_for_research_after_a_yes_only(house: House) -> None:
    log(house, research="not asked")
    assert for_research(house) == []

    log(house, research="yes")

    assert [one.words for one in for_research(house)] == [WORDS, None]  # the first one was never asked about


@pytest.mark.slow
def test_a_yes_given_elsewhere_does_not_open_these_words(house: House) -> None:
    log(house, research="not asked")
    house.says("ann", "grant", "research")

    [encounter] = for_research(house)

    assert (encounter.words, encounter.reading) == (None, None)


@pytest.mark.slow
def test_a_no_beats_an_earlier_yes_and_takes_the_earlier_words_along(house: House) -> None:
    log(house, research="yes")
    house.later(days=1)

    log(house, research="no")

    assert for_research(house) == []


@pytest.mark.slow
def test_a_yes_in_person_beats_an_earlier_withdrawal(house: House) -> None:
    log(house, research="yes")
    house.later(days=1)
    house.says("ann", "withdraw", "research")
    assert for_research(house) == []
    house.later(days=1)

    log(house, research="yes")

    assert len(for_research(house)) == 2


@pytest.mark.slow
def test_a_meeting_logged_late_does_not_overrule_what_was_said_since(house: House) -> None:
    house.says("ann", "withdraw", "research")

    log(house, research="yes", at=house.now - timedelta(days=3))

    assert for_research(house) == []


@pytest.mark.slow
def test_the_yes_of_somebody_we_do_not_know_opens_their_own_words_only(house: House) -> None:
    log(house, NOBODY, research="yes")
    log(house, NOBODY, research="not asked")

    assert [(one.person, one.words) for one in for_research(house)] == [(None, WORDS)]


@pytest.mark.slow
def test_a_withdrawal_of_everything_hides_words_from_everybody(house: House) -> None:
    log(house, research="yes")
    for purpose in ("necessary", "analytics", "research"):
        house.says("ann", "withdraw", purpose)

    for purpose in ("necessary", "analytics", "research"):
        assert house.desk.encounters.of_person(house.person("ann"), purpose=purpose, who="Cy") == []


@pytest.mark.slow
def test_everything_kept_of_somebody_is_found_by_her_actors(house: House) -> None:
    log(house)
    log(house, NOBODY)

    with house.home.vault.reading() as tx:
        found = house.home.vault.encounters.of_actors(tx, house.home.vault.members(house.person("ann")))

    assert [one.words for one in found] == [WORDS]


def test_the_notice_is_there_to_be_read_out(house: House) -> None:
    assert "studies in which nobody can be recognised" in house.desk.encounters.notice()
