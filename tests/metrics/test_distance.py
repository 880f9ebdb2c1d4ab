"""Distance, drawn: what is a contact, which contacts are human, and how far everybody is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import isnan
from zoneinfo import ZoneInfo

import pytest
from tests.house import House, track

from kundskab.metrics.distance import HUMAN_CHANNELS, Distance, PersonDistance, distance, distance_of
from kundskab.pipeline.choices import Choices
from kundskab.pipeline.encounters import NOBODY, Meeting, Whom
from kundskab.types import KundskabError

STOCKHOLM = ZoneInfo("Europe/Stockholm")
GRANTS = {"analytics": True}


def draw(house: House, table: str) -> None:
    """Take in the events of a drawn table: person | at | channel | action, all of people who allow analytics."""
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()[2:]]
    events = [
        track(who, action, timestamp=at, consent=GRANTS, properties={"channel": channel} if channel else {})
        for who, at, channel, action in rows
    ]
    house.take(*events, key="server")


def of(house: House, who: str) -> PersonDistance:
    return distance_of(house.view(), house.person(who), zone=STOCKHOLM)


def read(house: House, **options: object) -> Distance:
    return distance(house.view(), zone=STOCKHOLM, us=house.view("necessary"), **options)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_contact_is_a_person_a_channel_and_a_local_day(house: House) -> None:
    draw(
        house,
        """
        person | at                   | channel | action
        -------+----------------------+---------+----------------
        ann    | 2026-02-01T10:00:00Z | web     | Product Viewed
        ann    | 2026-02-01T11:00:00Z | web     | Product Viewed
        ann    | 2026-02-01T22:30:00Z | web     | Product Viewed
        ann    | 2026-02-01T23:30:00Z | web     | Product Viewed
        ann    | 2026-02-01T12:00:00Z | app     | Product Viewed
        """,
    )

    assert of(house, "ann").contacts == 3  # web on the 1st; web on the 2nd, by Stockholm's clock; app


@pytest.mark.slow
@pytest.mark.parametrize(
    ("channel", "action", "contacts", "human"),
    [
        ("shop", "Order Completed", 1, 1),
        ("Phone", "Called", 1, 1),
        ("web", "Product Viewed", 1, 0),
        ("", "Product Viewed", 1, 0),
        ("email", "Mailing Opened", 1, 0),
        ("email", "Mailing Sent", 0, 0),
        ("web", "Encounter", 1, 1),
    ],
)
def test_a_human_contact_is_an_encounter_or_in_a_human_channel(
    house: House, channel: str, action: str, contacts: int, human: int
) -> None:
    draw(house, f"person | at | channel | action\n---\nann | 2026-02-01T10:00:00Z | {channel} | {action}")

    found = of(house, "ann")

    assert (found.contacts, found.human_contacts) == (contacts, human)


@pytest.mark.slow
def test_what_a_machine_answered_is_no_human_contact(house: House) -> None:
    house.take(track("ann", "Automatic Reply", consent=GRANTS, properties={"channel": "chat", "category": "automatic"}))

    assert (of(house, "ann").contacts, of(house, "ann").human_contacts) == (1, 0)


@pytest.mark.slow
def test_days_since_met_count_from_the_last_human_contact(house: House) -> None:
    draw(
        house,
        """
        person | at                   | channel | action
        -------+----------------------+---------+----------------
        ann    | 2026-01-30T10:00:00Z | shop    | Order Completed
        ann    | 2026-02-20T10:00:00Z | phone   | Called
        ann    | 2026-02-28T10:00:00Z | web     | Product Viewed
        bo     | 2026-02-28T10:00:00Z | web     | Product Viewed
        """,
    )

    assert (of(house, "ann").days_since_met, of(house, "ann").last_met) == (9, date(2026, 2, 20))
    assert of(house, "bo").days_since_met is None
    assert of(house, "bo").since == date(2026, 1, 30)  # what "never" means: not since the records begin


@pytest.mark.slow
def test_groups_of_fewer_than_five_are_hidden(house: House) -> None:
    _crowd(house, web=6, shop=5, app=4)

    found = read(house, by="channel")

    shown = {apart.group: apart for apart in found.groups}
    assert shown["web"].human_share.value == 0
    assert shown["app"].human_share.hidden
    assert shown["app"].contacts == 0
    assert shown["shop"].human_share.hidden  # else 15 - 6 - 5 would tell the four
    assert found.everybody.human_share.n == 15


@pytest.mark.slow
def test_groups_can_be_given_person_by_person(house: House) -> None:
    _crowd(house, web=6, shop=6)
    names = {house.person(f"shop-{n}"): "regulars" for n in range(6)}

    found = read(house, by=names)

    assert {apart.group: apart.human_share.value for apart in found.groups} == {"not said": 0.0, "regulars": 1.0}
    assert [apart.group for apart in found.groups] == ["not said", "regulars"]  # met least first


@pytest.mark.slow
def test_it_counts_us_by_month_also_with_nobody_we_know(house: House) -> None:
    _crowd(house, web=6)
    for n, (staff, whom) in enumerate([("Bo", NOBODY), ("bo", Whom("user_id", "new")), ("Dan", NOBODY)]):
        meeting = Meeting(whom=whom, kind="visit", staff=staff, at=house.now, id=f"meeting-{n}")
        house.desk.encounters.log(meeting, who="Cy")

    found = read(house)

    assert found.this_month is not None
    assert (found.this_month.name, found.this_month.of_us, found.this_month.encounters) == ("2026-03", 2, 3)
    assert found.everybody.human_share.n == 6  # nobody's meetings are nobody's distance; "new" allows no analytics


@pytest.mark.slow
def test_months_before_the_records_begin_are_not_drawn_as_empty(house: House) -> None:
    _crowd(house, web=6)

    found = read(house)

    assert [month.name for month in found.months] == ["2026-02", "2026-03"]
    assert [month.finished for month in found.months] == [True, False]
    assert found.since == date(2026, 2, 1)


@pytest.mark.slow
def test_an_empty_workspace_has_no_distance_and_breaks_nothing(house: House) -> None:
    found = read(house, by="channel")

    assert found.is_empty
    assert isnan(found.everybody.human_share.value)
    assert found.months == found.groups == ()


@pytest.mark.slow
def test_old_data_are_read_as_of_their_last_day_and_say_so(house: House) -> None:
    draw(house, "person | at | channel | action\n---\nann | 2011-12-09T10:00:00Z | shop | Order Completed")

    found = read(house)

    assert (found.as_of, found.from_newest) == (date(2011, 12, 9), True)


@pytest.mark.slow
def test_a_dimension_that_there_is_not_is_refused(house: House) -> None:
    _crowd(house, web=1)

    with pytest.raises(KundskabError, match="cannot be split"):
        read(house, by="actor")


@pytest.mark.slow
def test_it_sees_only_who_allows_it(house: House) -> None:
    _crowd(house, web=6)
    house.says("web-0", "withdraw")

    assert read(house).everybody.human_share.n == 5


def _crowd(house: House, **many: int) -> None:
    """So many persons per channel, with one event each on the first of February."""
    at = datetime(2026, 2, 1, 10, tzinfo=UTC).isoformat()
    house.take(
        *(
            track(f"{channel}-{n}", "Product Viewed", timestamp=at, consent=GRANTS, properties={"channel": channel})
            for channel, persons in many.items()
            for n in range(persons)
        )
    )


def test_the_settings_begin_with_the_channels_that_the_manual_names() -> None:
    assert set(Choices().human_channels) == set(HUMAN_CHANNELS)
