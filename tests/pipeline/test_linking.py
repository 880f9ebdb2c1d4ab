"""Links of a person in words, and suggestions decided by a human, on a real vault."""

from __future__ import annotations

import sqlite3

import pytest
from tests.house import House, identify, track

from kundskab.types import KundskabError

YES = {"analytics": True}


@pytest.fixture
def doubles(house: House) -> House:
    """Sixty people with names, birth dates and postcodes; u0 to u5 came twice, as v0 to v5, with a slip."""
    events = []
    for n in range(60):
        traits = {
            "firstName": f"{['Ann', 'Bo', 'Cy', 'Dag', 'Eli', 'Fie'][n % 6]}{'aeiouy'[n // 10]}{'lmnrstvkgb'[n % 10]}",
            "lastName": ["Berg", "Dahl", "Falk", "Holm", "Lund"][n % 5]
            + ["sen", "stad", "by", "moe"][n % 4]
            + str(n % 7),
            "birthDate": f"{1950 + n % 41}-{1 + n % 12:02}-{1 + n % 27:02}",
            "postcode": f"{1000 + 137 * n}",
        }
        events.append(identify(f"u{n}", traits=traits, consent=YES))
        if n < 6:
            slip = traits | {"lastName": traits["lastName"][:-1] + "x"}
            events.append(identify(f"v{n}", traits=slip, consent=YES))
    house.take(*events, key="server")
    return house


@pytest.mark.slow
def test_it_says_why_a_link_joins_or_not(house: House) -> None:
    house.take(identify("ann", "d1", consent=YES), identify("bo", "d1", consent=YES))
    house.take(identify("ann", "d2", consent=YES), key="server")

    links = house.desk.linking.links(house.person("ann"), who="Cy")

    assert [(link.mine_kind, link.other_kind, link.kind, link.joins) for link in links] == [
        ("user_id", "anonymous_id", "claimed", False),
        ("anonymous_id", "user_id", "verified", True),
    ]
    assert "Claimed by a browser" in links[0].words
    assert "shared" in links[0].why_not
    assert links[1].why_not == ""


@pytest.mark.slow
def test_it_names_nobody_whom_the_purpose_may_not_see(house: House) -> None:
    house.take(identify("ann", "d1", consent=YES), key="server")
    house.take(identify("bo", "d2", consent=YES), key="server")
    house.desk.linking.join(house.person("ann"), house.person("bo"), who="Cy", reason="one letter box")
    [link] = [each for each in house.desk.linking.links(house.person("ann"), who="Cy") if each.kind == "manual"]
    house.desk.linking.undo(link.id, who="Cy", reason="brothers")

    before = [each.other for each in house.desk.linking.links(house.person("ann"), who="Cy") if each.undone]
    house.says("bo", "object")
    after = [each.other for each in house.desk.linking.links(house.person("ann"), who="Cy") if each.undone]

    assert (before, after) == ([house.person("bo")], [None])


def test_reading_links_is_audited(house: House) -> None:
    house.take(identify("ann", "d1"))

    house.desk.linking.links(house.person("ann"), who="Cy")

    assert house.home.vault.audit_rows(subject=house.person("ann"))[0].action == "read links"


@pytest.mark.parametrize("pair", [("ann", "ann"), ("ann", "nobody")])
def test_it_joins_only_two_who_are_known(house: House, pair: tuple[str, str]) -> None:
    house.take(identify("ann", "d1"))
    a, b = (house.person(name) if name == "ann" else name for name in pair)

    with pytest.raises(KundskabError):
        house.desk.linking.join(a, b, who="Cy", reason="a guess")


def test_joining_wants_a_reason(house: House) -> None:
    house.take(identify("ann", "d1"), identify("bo", "d2"))

    with pytest.raises(KundskabError, match="Say why"):
        house.desk.linking.join(house.person("ann"), house.person("bo"), who="Cy", reason=" ")


@pytest.mark.slow
def test_suggestions_join_nobody_until_accepted(doubles: House) -> None:
    linking = doubles.desk.linking
    found = linking.find_suggestions(who="Cy")
    page = linking.suggestions()
    apart = {doubles.person("u0"), doubles.person("v0")}
    [first] = [row for row in page.rows if {row.a, row.b} == apart]

    person = linking.accept(first.id, who="Cy")

    assert (found.persons, found.suggested, page.total) == (66, len(page.rows), len(page.rows))
    assert len(apart) == 2
    assert doubles.person("u0") == doubles.person("v0") == person
    assert linking.suggestions().total == page.total - 1


@pytest.mark.slow
def test_what_was_declined_stays_declined(doubles: House) -> None:
    linking = doubles.desk.linking
    linking.find_suggestions(who="Cy")
    [first, *rest] = linking.suggestions().rows

    linking.decline(first.id, who="Cy")
    again = linking.find_suggestions(who="Cy")

    assert again.suggested == 0
    assert [row.id for row in linking.suggestions().rows] == [row.id for row in rest]
    with pytest.raises(KundskabError, match="declined before"):
        linking.accept(first.id, who="Cy")


@pytest.mark.slow
def test_an_accepted_suggestion_that_was_undone_is_not_made_again(doubles: House) -> None:
    linking = doubles.desk.linking
    linking.find_suggestions(who="Cy")
    first = linking.suggestions().rows[0]
    linking.accept(first.id, who="Cy")
    [link] = [each for each in linking.links(first.a, who="Cy") if each.kind == "manual"]

    parted = linking.undo(link.id, who="Cy", reason="father and son")
    linking.find_suggestions(who="Cy")

    assert parted.apart
    assert {first.a, first.b} not in [{row.a, row.b} for row in linking.suggestions().rows]


@pytest.mark.slow
def test_no_value_of_an_attribute_is_written_down(doubles: House) -> None:
    doubles.desk.linking.find_suggestions(who="Cy")

    with sqlite3.connect(doubles.home.folder / "vault.sqlite") as raw:
        told = " ".join(row[0] for row in raw.execute("SELECT evidence FROM links"))
        told += " ".join(str(row) for row in raw.execute("SELECT * FROM audit"))
    assert "of 100 such pairs are one person" in told
    assert "Berg" not in told
    assert "Ann" not in told


@pytest.mark.slow
def test_only_those_whom_the_purpose_may_see_are_compared(doubles: House) -> None:
    doubles.says("u0", "object")

    found = doubles.desk.linking.find_suggestions(who="Cy")

    assert found.persons == 65
    assert not [row for row in doubles.desk.linking.suggestions().rows if doubles.person("u0") in (row.a, row.b)]


@pytest.mark.slow
def test_a_suggestion_is_not_shown_once_one_of_the_two_objects(doubles: House) -> None:
    doubles.desk.linking.find_suggestions(who="Cy")
    before = doubles.desk.linking.suggestions()

    doubles.says("u0", "object")

    after = doubles.desk.linking.suggestions()
    assert after.total == len(after.rows) < before.total
    assert not [row for row in after.rows if doubles.person("u0") in (row.a, row.b)]


def test_the_doctor_holds_the_map_against_the_links(house: House) -> None:
    from kundskab.pipeline.permissions import refresh_everybody, wrong_rows
    from kundskab.vault import MapRow

    house.take(identify("ann", "d1"), track("ann", consent=YES))
    with house.home.vault.transaction() as tx:
        house.home.vault.write_map(tx, [MapRow(house.person("ann"), "someoneelse0")])
        wrong = wrong_rows(house.home, tx)
        mended = refresh_everybody(house.home, tx)
        left = wrong_rows(house.home, tx)

    assert (wrong, mended, left) == (1, 1, 0)


def test_a_changed_limit_resolves_everybody_anew(house: House) -> None:
    from kundskab.pipeline.permissions import follow_limit

    house.take(*(identify("ann", f"d{n}") for n in range(4)))
    joined = house.home.vault.members(house.person("ann"))

    house.desk.settings.change(who="Cy", shared_device_limit=3)
    followed = [follow_limit(house.home), follow_limit(house.home)]

    assert (len(joined), followed) == (5, [True, False])
    assert house.home.vault.members(house.person("ann")) == [house.person("ann")]
