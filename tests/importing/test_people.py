"""Files about people: facts they gave, consents with their proof."""

from __future__ import annotations

import pytest
from tests.importing.conftest import Write
from tests.new_home import NOON

from kundskab.pipeline.home import Home
from kundskab.pipeline.importing import import_people
from kundskab.types import KundskabError

PEOPLE = "user_id,email,city,birth_year\nann,Ann@Example.com,Lund,1980\nbo,,Malmö,\n"


def facts(home: Home, who: str) -> dict[str, object]:
    return {fact.name: fact.value for fact in home.vault.facts_of([home.vault.find("user_id", who) or ""])}


@pytest.mark.slow
def test_columns_become_facts(home: Home, write: Write) -> None:
    report = import_people(home, write(PEOPLE, "people.csv"))

    assert (report.rows, report.stored) == (2, 2)
    assert facts(home, "ann") == {"birth_year": 1980, "city": "Lund", "email": "Ann@Example.com"}
    assert facts(home, "bo") == {"city": "Malmö"}


def test_an_address_finds_its_person(home: Home, write: Write) -> None:
    import_people(home, write(PEOPLE, "people.csv"))

    by_address = home.vault.find("email", "ann@example.com")
    assert home.vault.person_of(by_address or "") == home.vault.person_of(home.vault.find("user_id", "ann") or "")


@pytest.mark.slow
def test_the_same_file_twice_says_nothing_new(home: Home, write: Write) -> None:
    import_people(home, write(PEOPLE, "people.csv"))

    again = import_people(home, write(PEOPLE + "cy,,Ystad,\n", "people.csv"))

    assert (again.stored, again.duplicates) == (1, 2)
    assert len(home.vault.fact_history_of([home.vault.find("user_id", "ann") or ""])) == 3


@pytest.mark.slow
def test_consents_carry_their_proof(home: Home, write: Write) -> None:
    path = write(
        "user_id,purpose,status,occurred_at,notice_version,proof,form\nann,marketing,Yes,2026-01-01,v2,scan 7,paper\n",
        "said.csv",
    )

    import_people(home, path, declared_by="cy")

    with home.vault.reading() as tx:
        (said,) = home.vault.statements_of(tx, [home.vault.find("user_id", "ann") or ""])
    assert (said.purpose, said.status, said.strength, said.notice_version) == ("marketing", "grant", "verified", "v2")
    assert said.proof == {
        "file": "said.csv", "row": 1, "declared_by": "cy", "proof": "scan 7", "columns": {"form": "paper"},
    }  # fmt: skip


def test_a_grant_is_seen_in_the_map(home: Home, write: Write) -> None:
    import_people(home, write("user_id,consent_marketing,consent_analytics\nann,yes,no\nbo,,1\n", "wide.csv"))

    bits = {purpose.name: purpose.mask for purpose in home.vault.purposes()}
    rows = {row["actor"]: row for row in home.vault.read_map().to_pylist()}
    ann, bo = (rows[home.vault.find("user_id", who)] for who in ("ann", "bo"))
    assert ann["granted"] & bits["marketing"]
    assert ann["denied"] & bits["analytics"]
    assert bo["granted"] == bits["analytics"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",marketing,grant,2026-01-01", "no_actor"),
        ("ann,gossip,grant,2026-01-01", "unknown_purpose"),
        ("ann,marketing,perhaps,2026-01-01", "bad_status"),
        ("ann,marketing,grant,soon", "bad_time"),
        ("ann,marketing,grant,2027-01-01", "future_time"),
        ("ann,marketing", "missing_cells"),
    ],
)
def test_an_unclear_consent_is_kept_aside(home: Home, write: Write, row: str, reason: str) -> None:
    good = "".join(f"bo,marketing,grant,2026-01-0{day}\n" for day in range(1, 8))
    path = write(f"user_id,purpose,status,occurred_at\n{good}{row}\n", "said.csv")

    report = import_people(home, path, now=lambda: NOON)

    assert (report.stored, report.reasons) == (7, {reason: 1})
    assert home.vault.quarantine()[0].row_number == 8


def test_a_file_about_nobody_is_refused(home: Home, write: Write) -> None:
    with pytest.raises(KundskabError, match="map actor"):
        import_people(home, write("city,year\nLund,1980\n", "x.csv"))
