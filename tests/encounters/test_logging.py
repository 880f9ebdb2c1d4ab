"""From the form to the timeline: an encounter is an event, and its words lie sealed beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.house import NO, YES, House, track

from kundskab.pipeline.encounters import NOBODY, SOURCE, UNKNOWN, Meeting, Whom
from kundskab.types import KundskabError

ANN = Whom("user_id", "ann")
WORDS = "The tent leaks where the seam meets the zip."
OURS = "disappointed rather than angry"


def met(house: House, whom: Whom = ANN, **changes: object) -> Meeting:
    meeting = Meeting(whom=whom, kind="visit", staff="Bo", at=house.now, words=WORDS, reading=OURS)
    return replace(meeting, **changes)  # type: ignore[arg-type]


def log(house: House, whom: Whom = ANN, **changes: object) -> str:
    return house.desk.encounters.log(met(house, whom, **changes), who="Cy").id


@pytest.mark.slow
def test_an_encounter_stands_on_the_timeline_of_the_one_we_met(house: House) -> None:
    log(house)

    [row] = house.desk.timeline(house.person("ann"), purpose="necessary")

    assert (row.action, row.category, row.channel, row.source) == ("Encounter", "visit", "visit", SOURCE)


@pytest.mark.slow
def test_words_and_reading_come_back_each_as_what_it_is(house: House) -> None:
    log(house)

    [encounter] = house.desk.encounters.of_person(house.person("ann"), purpose="necessary", who="Cy")

    assert (encounter.words, encounter.reading, encounter.staff) == (WORDS, OURS, "Bo")


@pytest.mark.slow
def test_words_are_nowhere_on_disk_in_the_clear(house: House) -> None:
    log(house)

    found = [path for path in Path(house.home.folder).rglob("*") if path.is_file() and _holds(path, "seam", "angry")]

    assert found == []


def _holds(path: Path, *words: str) -> bool:
    content = path.read_bytes()
    return any(word.encode() in content for word in words)


@pytest.mark.slow
def test_one_id_is_one_encounter_however_often_it_is_sent(house: House) -> None:
    log(house, id="a" * 32)
    log(house, id="a" * 32)

    assert house.desk.encounters.count() == 1
    assert house.desk.books().duplicate == 1


@pytest.mark.slow
def test_somebody_not_known_yet_becomes_known_by_her_address(house: House) -> None:
    log(house, Whom("email", "Ann@Example.com "))

    [encounter] = house.desk.encounters.latest(who="Cy")

    assert encounter.person == house.person("ann@example.com", "email")


@pytest.mark.slow
def test_a_token_leads_to_the_person_whose_it_is(house: House) -> None:
    house.take(track("ann", consent=YES))

    log(house, Whom("person", house.person("ann")))

    [encounter] = house.desk.encounters.latest(who="Cy")
    assert encounter.person == house.person("ann")


@pytest.mark.slow
def test_somebody_we_do_not_know_is_kept_and_belongs_to_nobody(house: House) -> None:
    log(house, NOBODY)
    log(house, NOBODY)

    encounters = house.desk.encounters.latest(who="Cy")

    assert [(one.person, one.source) for one in encounters] == [(None, UNKNOWN)] * 2
    assert len(set(house.view("analytics").events.person.to_pyarrow().to_pylist())) == 2


@pytest.mark.slow
def test_it_counts_how_many_of_us_met_anybody_this_month(house: House) -> None:
    log(house, staff="Bo")
    log(house, NOBODY, staff="bo ")
    log(house, staff="Dan", at=house.now - timedelta(days=1))  # the month before: now is the first of March

    met_this_month = house.desk.encounters.this_month()

    assert (met_this_month.of_us, met_this_month.encounters) == (1, 2)


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"kind": "seance"}, "no way we meet"),
        ({"research": "maybe"}, "research"),
        ({"staff": "  "}, "who of us"),
        ({"words": "x" * 20_001}, "20,001 signs"),
        ({"id": "<script>"}, "id"),
        ({"words": "half a sign: \ud83d"}, "signs that are none"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_with_a_sentence(
    house: House, changes: dict[str, object], about: str
) -> None:
    with pytest.raises(KundskabError, match=about):
        log(house, **changes)

    assert house.desk.books().received == 0


def test_a_meeting_in_the_future_or_before_our_time_is_refused(house: House) -> None:
    for at in (house.now + timedelta(hours=1), house.now - timedelta(days=40 * 365)):
        with pytest.raises(KundskabError, match="lies"):
            log(house, at=at)


def test_a_guessed_token_is_refused_as_nobodys(house: House) -> None:
    with pytest.raises(KundskabError, match="Nobody here has this token"):
        log(house, Whom("person", "0123456789ab"))


@pytest.mark.slow
def test_ten_thousand_signs_of_words_are_kept_whole(house: House) -> None:
    words = "å" * 10_000

    log(house, words=words)

    [encounter] = house.desk.encounters.latest(who="Cy")
    assert encounter.words == words


@pytest.mark.slow
def test_a_browser_cannot_say_that_we_met_it(house: House) -> None:
    forged = track("ann", "Encounter", consent=YES, properties={"staff": "Mallory", "category": "visit"})

    house.take(forged)

    assert house.seen() == ["Encounter Claimed"]
    assert house.desk.encounters.latest(purpose="analytics", who="Cy") == []
    assert house.desk.encounters.this_month(purpose="analytics").of_us == 0


@pytest.mark.slow
def test_a_senders_own_meeting_field_is_only_a_property(house: House) -> None:
    beside = {"whom": "person", "kind": "visit", "staff": "Mallory", "research": "yes", "by": "x"}

    house.take(track("ann", consent=YES, meeting=beside, context={"meeting": beside}))

    assert house.desk.encounters.count() == 0
    with house.home.vault.reading() as tx:
        assert house.home.vault.encounters.count(tx) == 0


def test_each_encounter_logged_is_in_the_audit_once(house: House) -> None:
    log(house)
    house.digest()

    rows = [row for row in house.home.vault.audit_rows() if row.action == "meet"]

    assert [(row.who, row.subject, row.reason) for row in rows] == [("Cy", house.person("ann"), "visit")]


@pytest.mark.slow
def test_who_refused_everything_leaves_no_trace_of_the_meeting(house: House) -> None:
    house.take(track("ann", consent=YES))
    for purpose in ("necessary", "analytics", "personalisation", "marketing", "research"):
        house.says("ann", "object", purpose)

    log(house)

    assert house.desk.encounters.latest(who="Cy") == []
    assert house.desk.books().refused == 1
    with house.home.vault.reading() as tx:
        assert house.home.vault.encounters.count(tx) == 0


@pytest.mark.slow
def test_who_refused_analytics_is_met_for_her_own_sake_only(house: House) -> None:
    house.take(track("ann", consent=NO))

    log(house)

    assert len(house.desk.encounters.latest(who="Cy")) == 1
    assert house.desk.encounters.latest(purpose="analytics", who="Cy") == []


@pytest.mark.slow
def test_another_event_of_the_same_id_does_not_bring_her_words_back(house: House) -> None:
    taken = log(house)
    house.later(minutes=1)
    for purpose in ("necessary", "analytics", "research"):
        house.says("ann", "object", purpose)

    log(house, NOBODY, id=taken, words="", reading="")
    house.take(track("mallory", "Encounter", id=taken, consent=YES), key="server")

    told = house.desk.encounters.latest(purpose="analytics", who="Cy")
    assert len(told) == 2
    assert [each.words for each in told] == [None, None]
    assert all(each.reading is None for each in told)
