"""The view: for one purpose, permission judged now, short-lived; without permission there is no row."""

from __future__ import annotations

import orjson
import pytest
from tests.house import NO, NOON, YES, House, identify, track

from kundskab.types import Expired, KundskabError


def facts_of(house: House, purpose: str = "analytics") -> dict[str, object]:
    rows = house.view(purpose).facts.to_pyarrow().to_pylist()
    return {row["name"]: orjson.loads(row["value"]) for row in rows}


# --- whose word counts


@pytest.mark.slow
def test_a_browser_cannot_forge_a_grant_for_somebody_elses_user_id(house: House) -> None:
    house.desk.create_source("shop", who="Cy")
    house.take(track("ann", "Bought"), source="shop", key="server")

    house.take(track("ann", "Forged", device="stranger", consent=YES), key="browser")

    assert "Bought" not in house.seen()


@pytest.mark.slow
def test_a_server_key_is_believed(house: House) -> None:
    house.take(track("ann", "Bought"), key="server")

    house.take(track("ann", "Agreed", consent=YES), key="server")

    assert house.seen() == ["Agreed", "Bought"]


@pytest.mark.slow
def test_a_grant_that_our_staff_recorded_opens_what_came_before_it(house: House) -> None:
    house.take(track("ann", "Bought"))
    assert house.seen() == []

    house.says("ann", "grant")

    assert house.seen() == ["Bought"]


@pytest.mark.slow
def test_a_browser_may_refuse_for_a_user_id_since_the_no_wins(house: House) -> None:
    house.take(track("ann", "Bought", consent=YES), key="server")
    house.later(minutes=1)

    house.take(track("ann", "Visited", device="phone", consent=NO), key="browser")

    assert house.seen() == []


@pytest.mark.slow
def test_a_banners_stale_yes_does_not_overrule_a_withdrawal(house: House) -> None:
    house.take(track(None, "Visited", device="phone", consent=YES))
    house.later(minutes=1)
    house.says("phone", "withdraw", kind="anonymous_id")
    house.later(minutes=1)

    house.take(track(None, "Visited", device="phone", consent=YES))

    page = house.desk.person(house.person("phone", "anonymous_id"), who="Cy")
    assert page is not None
    assert not {row.purpose: row.allowed for row in page.consents}["analytics"]
    assert house.seen() == []


# --- now


@pytest.mark.slow
def test_a_withdrawal_holds_for_the_next_view(house: House) -> None:
    house.take(track("ann", consent=YES), track("bo", consent=YES), key="server")
    before = house.view()
    house.later(minutes=1)

    house.says("ann", "withdraw")

    assert house.seen() == ["Visited"]
    assert before.events.count().execute() == 2  # opened before: it lives five minutes at most


@pytest.mark.slow
def test_a_withdrawal_holds_for_a_view_of_the_past_too(house: House) -> None:
    house.take(track("ann", consent=YES), key="server")
    house.later(days=30)

    house.says("ann", "withdraw")

    assert house.view(at=NOON).events.count().execute() == 0


@pytest.mark.slow
def test_an_objection_beats_every_declared_basis(house: House, tmp_path) -> None:
    from kundskab.pipeline.importing import import_events

    (tmp_path / "old.csv").write_text("who,when\nann,2026-02-01\nbo,2026-02-02\n")
    mapping = {"actor": "who", "occurred_at": "when", "action": "='bought'"}
    import_events(house.home, tmp_path / "old.csv", mapping=mapping, now=lambda: house.now)
    assert house.seen() == ["bought", "bought"]
    house.later(minutes=1)

    house.says("ann", "object")

    assert house.seen() == ["bought"]


@pytest.mark.slow
def test_a_refusal_of_the_device_hides_what_was_done_on_it(house: House) -> None:
    house.take(track("ann", "AtHome", device="tablet", consent=YES), track("ann", "AtWork", consent=YES), key="server")
    house.take(track("bo", "AtHome", device="tablet", consent=YES), key="server")  # now the tablet is shared
    house.later(minutes=1)

    house.says("tablet", "object", kind="anonymous_id")

    assert house.seen() == ["AtWork"]


@pytest.mark.slow
def test_a_view_older_than_five_minutes_refuses_everything(house: House) -> None:
    house.take(identify("ann", consent=YES, traits={"plan": "gold"}))
    view = house.view()
    house.later(minutes=5)
    assert view.events.count().execute() == 1

    house.later(seconds=1)

    for ask in (lambda: view.events, lambda: view.items, lambda: view.facts):
        with pytest.raises(Expired, match="open a new one"):
            ask()
    with pytest.raises(Expired):
        view.of_person(house.person("ann"))
    with pytest.raises(Expired):
        view.facts_of_person(house.person("ann"))


@pytest.mark.slow
def test_at_limits_when_things_happened_and_is_inclusive(house: House) -> None:
    house.take(track("ann", "Before", consent=YES, timestamp="2026-02-28T12:00:00Z"), track("ann", "Now", consent=YES))
    house.later(minutes=1)
    house.take(track("ann", "After", consent=YES))

    actions = house.view(at=NOON).events.action.to_pyarrow().to_pylist()

    assert sorted(actions) == ["Before", "Now"]


def test_an_unknown_purpose_is_told_in_one_sentence(house: House) -> None:
    with pytest.raises(KundskabError) as told:
        house.view("curiosity")

    assert "'curiosity'" in str(told.value)
    assert "analytics" in str(told.value)


@pytest.mark.slow
def test_a_purpose_added_while_the_server_runs_can_be_viewed_at_once(house: House) -> None:
    house.take(track("ann"))
    house.view()
    with house.home.vault.transaction() as tx:
        house.home.vault.put_purpose(
            tx, "safety", basis="legal_obligation", description="", notice="", notice_version="1", at=NOON
        )

    assert house.seen("safety") == []


def test_an_empty_workspace_has_empty_tables(house: House) -> None:
    view = house.view()

    assert [table.count().execute() for table in (view.events, view.items, view.facts)] == [0, 0, 0]
    assert "person" in view.events.columns


# --- what the tables hold


@pytest.mark.slow
def test_each_row_tells_what_it_may_be_used_for(house: House) -> None:
    house.take(track("ann", "Free", consent={"analytics": True, "marketing": False}))

    [row] = house.view().events.to_pyarrow().to_pylist()

    assert row["purposes"] == ["analytics", "necessary", "personalisation"]
    assert not {"permission", "journal", "position"} & row.keys()


@pytest.mark.slow
def test_items_are_unrolled_a_row_each(house: House) -> None:
    products = [
        {"product_id": "tent", "price": 100, "quantity": 1},
        {"product_id": "peg", "price": 0.5, "quantity": 12},
    ]
    order = {"order_id": "o1", "currency": "SEK", "products": products}
    house.take(
        track("ann", "Order Completed", properties=order, consent=YES),
        track("bo", "Order Completed", properties=order, consent=NO),
    )

    rows = house.view().items.to_pyarrow().to_pylist()

    assert [(r["object"], r["quantity"], float(r["price"]), r["occasion"], r["currency"]) for r in rows] == [
        ("tent", 1.0, 100.0, "o1", "SEK"),
        ("peg", 12.0, 0.5, "o1", "SEK"),
    ]
    assert {row["person"] for row in rows} == {house.person("ann")}


@pytest.mark.slow
def test_facts_are_the_newest_of_each_name(house: House) -> None:
    house.take(identify("ann", consent=YES, traits={"plan": "silver", "city": "Umeå"}), key="server")
    house.later(minutes=1)
    house.take(identify("ann", consent=YES, traits={"plan": "gold"}), key="server")

    assert facts_of(house) == {"plan": "gold", "city": "Umeå"}
    assert house.view().facts_of_person(house.person("ann")).num_rows == 2


@pytest.mark.slow
def test_a_late_older_fact_does_not_overrule_a_newer_one(house: House) -> None:
    house.take(identify("ann", consent=YES, traits={"plan": "gold"}), key="server")

    house.take(identify("ann", consent=YES, traits={"plan": "tin"}, timestamp="2026-01-01T00:00:00Z"), key="server")

    assert facts_of(house) == {"plan": "gold"}


@pytest.mark.slow
def test_facts_without_permission_or_after_at_are_not_there(house: House) -> None:
    house.take(identify("bo", consent=NO, traits={"secret": 1}))
    house.later(days=1)
    house.take(identify("ann", consent=YES, traits={"new": 1}), key="server")

    assert facts_of(house) == {"new": 1}
    assert house.view(at=NOON).facts.count().execute() == 0
    assert house.view().facts_of_person(house.person("bo")).num_rows == 0


@pytest.mark.slow
def test_what_a_declaration_does_not_name_stays_hidden(house: House) -> None:
    house.desk.create_source("till", purposes=["necessary"], who="Cy")

    house.take(identify("ann", traits={"size": "M"}), source="till", key="server")
    house.says("ann", "grant")

    assert house.seen() == []
    assert facts_of(house) == {}
    assert facts_of(house, "necessary") == {"size": "M"}
