"""desk.segments.written: kept with who and when, counted now, never below five."""

from __future__ import annotations

import pytest
from tests.house import YES, House, track

from kundskab.pipeline.segments import read_kept
from kundskab.types import KundskabError

pytestmark = pytest.mark.slow

OFTEN = {"did": "Ordered", "at_least": 2}


def test_it_is_counted_written_changed_and_given_up(house: House) -> None:
    house.take(*(track(f"p{n}", "Ordered", consent=YES) for n in range(12) for _ in range(1 + n // 6)), key="server")
    house.take(track("ann", "Ordered", consent=YES), key="server")
    desk = house.desk.segments.written

    assert desk.count(OFTEN).persons == 6
    assert desk.count({"did": "Ordered", "at_least": 9}).persons == 0
    assert desk.count({"not": OFTEN}).inside.n == 13
    few = desk.count({"all": [{"did": "Ordered", "at_most": 1}, {"not": OFTEN}]})
    assert few.persons == 7

    id = desk.write(" Buys  often", OFTEN, who="bo@example.com")
    [card] = desk.every()
    assert (card.id, card.name, card.words, card.inside) == (id, "Buys often", "Ordered 2 or more times", None)
    for name, when, why in (("buys often", OFTEN, "already"), ("x", {"ate": 1}, "exactly one of"), ("", OFTEN, "name")):
        with pytest.raises(KundskabError, match=why):
            desk.write(name, when, who="bo@example.com")

    desk.write("Buys often", {"did": "Ordered", "at_least": 3}, id=id, who="ann@example.com")
    desk.give_up(id, who="ann@example.com")

    assert desk.every() == []
    assert desk.one(id) is None
    assert [each.who for each in read_kept(house.home).writings] == ["bo@example.com", *["ann@example.com"] * 2]
    assert house.desk.changes(1)[0].action == "give up segment"
    assert desk.write("Another", OFTEN, who="bo@example.com") != id
    with pytest.raises(KundskabError, match="no hand-written segment"):
        desk.give_up(id, who="bo@example.com")
