"""A service desk's file: each case an encounter, once by its number, on the same way as a logged one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.house import NO, House, track

from kundskab.pipeline.encounters import SOURCE
from kundskab.pipeline.importing import guess_for, import_encounters
from kundskab.types import ImportReport, KundskabError

ZENDESK = """\
Ticket ID,Requester email,Created at,Solved at,Channel,Assignee,Subject,Description,Status
101,ann@example.com,2026-02-01 10:00,2026-02-01 16:30,voice,Bo,Tent,It leaks.,solved
102,bo@example.com,2026-02-02 11:00,,email,Dan,Boots,Too tight.,open
103,cy@example.com,2026-02-03 12:00,,chat,Answer Bot,Opening hours,When?,solved
104,ann@example.com,2026-02-04 12:00,,web,,Return,How?,new
105,,2026-02-05 12:00,,web,Bo,Nobody,Who?,new
106,ann@example.com,soon,,web,Bo,Time,When?,new
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "tickets.csv"
    path.write_text(ZENDESK)
    return path


def take(house: House, path: Path, **options: object) -> ImportReport:
    return import_encounters(house.home, path, now=lambda: house.now, **options)  # type: ignore[arg-type]


@pytest.mark.slow
def test_rows_become_encounters_contacts_or_stay_in_quarantine(house: House, export: Path) -> None:
    report = take(house, export)

    assert (report.rows, report.stored, report.duplicates, report.quarantined) == (6, 4, 0, 2)
    assert report.reasons == {"bad_time": 1, "no_actor": 1}
    assert any("1 were answered by a machine" in note for note in report.notes)
    assert any("1 name nobody of us" in note for note in report.notes)


@pytest.mark.slow
def test_a_case_brings_its_words_its_channel_and_who_of_us(house: House, export: Path) -> None:
    take(house, export)

    [encounter] = house.desk.encounters.of_person(
        house.person("ann@example.com", "email"), purpose="necessary", who="Cy"
    )

    assert (encounter.words, encounter.kind, encounter.channel) == ("Tent\n\nIt leaks.", "call", "phone")
    assert (encounter.staff, encounter.case, encounter.source) == ("Bo", "101", "tickets")
    assert encounter.research == "not asked"


@pytest.mark.slow
def test_a_machine_is_nobody_whom_they_met(house: House, export: Path) -> None:
    take(house, export)

    events = house.desk.timeline(house.person("cy@example.com", "email"), purpose="necessary")

    assert [(row.action, row.category) for row in events] == [("Automatic Reply", "automatic")]
    assert house.desk.encounters.count() == 2


@pytest.mark.slow
def test_the_same_file_again_brings_nothing_new(house: House, export: Path) -> None:
    take(house, export)

    again = take(house, export)

    assert (again.stored, again.duplicates, again.quarantined) == (0, 4, 2)
    assert house.desk.encounters.count() == 2
    assert house.desk.quarantine().total == 2


@pytest.mark.slow
def test_a_later_export_brings_only_its_new_cases(house: House, export: Path) -> None:
    take(house, export)
    later = export.with_name("later.csv")
    later.write_text(ZENDESK + "107,dan@example.com,2026-02-06 12:00,,phone,Bo,Stove,It burns.,new\n")

    report = take(house, later, source="tickets")

    assert (report.stored, report.duplicates) == (1, 4)


@pytest.mark.slow
def test_who_refused_everything_is_not_brought_in(house: House, export: Path) -> None:
    for purpose in ("necessary", "analytics", "research"):
        house.says("ann@example.com", "object", purpose, kind="email")

    report = take(house, export)

    assert (report.stored, report.refused) == (2, 2)


@pytest.mark.slow
def test_the_guess_takes_the_columns_that_desks_have(export: Path) -> None:
    guessed = {key: column for key, column, _ in guess_for(export, "encounters")}

    assert guessed == {
        "email": "Requester email", "case": "Ticket ID", "occurred_at": "Created at", "solved_at": "Solved at",
        "channel": "Channel", "staff": "Assignee", "subject": "Subject", "words": "Description",
    }  # fmt: skip


@pytest.mark.slow
def test_nested_json_is_guessed_too(house: House, tmp_path: Path) -> None:
    path = tmp_path / "tickets.jsonl"
    line = '{"id":%d,"requester":{"email":"a%d@example.com"},"via":{"channel":"chat"},"assignee":{"name":"Bo"},'
    line += '"created_at":"2026-02-01T10:00:00Z","description":"Hej"}'
    path.write_text("\n".join(line % (n, n) for n in range(3)))

    report = take(house, path)

    assert report.stored == 3
    assert {one.kind for one in house.desk.encounters.latest(who="Cy")} == {"chat"}


def test_a_desks_own_requester_id_is_nobodys_customer_number(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("id,requester_id,created_at\n1,900,2026-02-01T10:00:00Z\n")

    with pytest.raises(KundskabError, match="map email"):
        guess_for(path, "encounters")


@pytest.mark.parametrize("source", [SOURCE, "web"])
def test_it_takes_no_other_sources_name(house: House, export: Path, source: str) -> None:
    with pytest.raises(KundskabError, match="source"):
        take(house, export, source=source)


def test_fictitious_cases_never_mix_with_real_people(house: House, export: Path) -> None:
    with pytest.raises(KundskabError, match="never mixes"):
        take(house, export, fictitious=True)

    assert house.desk.books().received == 0


@pytest.mark.slow
def test_free_text_reaches_no_lake(house: House, export: Path) -> None:
    take(house, export)

    texts = house.view("necessary").events.properties.to_pyarrow().to_pylist()

    assert not any("leaks" in text or "Tent" in text for text in texts)
    assert any("hours_to_solve" in text for text in texts)


@pytest.mark.slow
def test_hostile_cells_are_words_and_nothing_else(house: House, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    hostile = "=cmd|' /C calc'!A0 <script>alert(1)</script> '; DROP TABLE encounters; --"
    path.write_text(f'id,email,created_at,agent,description\n1,ann@example.com,2026-02-01,Bo,"{hostile}"\n'
                    f'2,bo@example.com,2026-02-01,Bo,"{"å" * 30_000}"\n')  # fmt: skip

    report = take(house, path)

    words = [one.words or "" for one in house.desk.encounters.latest(who="Cy")]
    assert report.stored == 2
    assert hostile in words
    assert max(len(text) for text in words) == 20_000


@pytest.mark.slow
def test_analytics_still_asks_the_person(house: House, export: Path) -> None:
    house.take(track("x", consent=NO))
    take(house, export)

    assert house.view("analytics").events.count().execute() == 0
    house.says("ann@example.com", "grant", kind="email")
    assert house.view("analytics").events.count().execute() == 2
