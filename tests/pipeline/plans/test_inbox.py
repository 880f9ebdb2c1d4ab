"""The tracking plan's inbox: what is really sent, held against what was agreed on."""

from __future__ import annotations

import pytest
from tests.house import YES, House, track

from kundskab.events.plan import PlanError
from kundskab.pipeline.plans import Finding
from kundskab.pipeline.plans import seen as seen_module
from kundskab.types import KundskabError

PLAN = """\
# what the shop agreed on
events:
  Order Completed:
    properties: {total: number}
  # the rest is older
  Visited:
"""


def order(who: str = "ann", **properties: object) -> dict[str, object]:
    return track(who, "Order Completed", consent=YES, properties=properties)


def finding(house: House, action: str) -> Finding:
    [found] = [each for each in house.desk.plans.inbox().findings if each.action == action]
    return found


@pytest.mark.slow
def test_a_new_action_shows_its_shape_and_no_value(house: House) -> None:
    house.take(order(method="kort", gift=True), order("bo", method="faktura"))

    found = finding(house, "Order Completed")

    assert (found.state, found.events) == ("new", 2)
    assert [(each.name, each.type, each.share) for each in found.properties] == [
        ("method", "string", 1.0),
        ("gift", "boolean", 0.5),
    ]
    assert "kort" not in repr(found)


@pytest.mark.slow
def test_it_counts_only_what_is_new(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.take(order(method="kort"))
    house.desk.plans.inbox()
    asked = []
    shapes = seen_module.shapes
    monkeypatch.setattr(seen_module, "shapes", lambda *a, **k: asked.append(k["after"]) or shapes(*a, **k))

    house.take(order("bo", method="kort"))

    assert finding(house, "Order Completed").events == 2
    assert finding(house, "Order Completed").events == 2
    assert asked == [1]


@pytest.mark.slow
def test_a_damaged_memory_is_learnt_anew(house: House) -> None:
    house.take(order(method="kort"))
    house.desk.plans.inbox()
    (house.home.folder / "lake" / "seen.sqlite").write_bytes(b"not a database at all" * 100)

    assert finding(house, "Order Completed").events == 1


@pytest.mark.slow
def test_what_is_not_in_the_plan_or_otherwise_is_changed(house: House) -> None:
    house.desk.plans.save("web", PLAN.replace("total: number", "method: boolean"), who="Cy")
    house.desk.plans.save("web", "", who="Cy")
    house.take(order(method="kort", gift=True))
    house.desk.plans.save("web", PLAN.replace("total: number", "method: boolean"), who="Cy")

    found = finding(house, "Order Completed")

    assert found.state == "changed"
    assert found.changes == (
        "gift is sent and not in the plan.",
        "method is sent as string; the plan says boolean.",
    )


@pytest.mark.slow
def test_what_breaks_the_plan_stands_first_with_its_count(house: House) -> None:
    house.desk.plans.save("web", "events: {Order Completed: {properties: {gift: boolean}}}", who="Cy")
    house.take(track("ann", consent=YES), order(gift="yes"), order("bo", gift="no"))

    first = house.desk.plans.inbox().findings[0]

    assert (first.action, first.state, first.quarantined) == ("Order Completed", "violating", 2)


@pytest.mark.slow
def test_adding_leaves_a_persons_comments_alone(house: House) -> None:
    house.desk.plans.save("web", PLAN, who="Cy")
    house.take(track("ann", "Signed In", consent=YES, properties={"method": "code"}))

    house.desk.plans.add("web", "Signed In", who="Cy")

    text = house.desk.plans.text("web")
    assert text.startswith(PLAN)
    assert "  Signed In:\n    properties: {method: string}" in text
    assert finding(house, "Signed In").state == "planned"


@pytest.mark.slow
def test_an_event_that_stood_there_is_put_in_its_place(house: House) -> None:
    house.desk.plans.save("web", PLAN, who="Cy")
    house.take(order(method="kort"))

    house.desk.plans.add("web", "Order Completed", who="Cy")

    text = house.desk.plans.text("web")
    assert "total" not in text
    assert text.count("Order Completed") == 1
    assert "  # the rest is older\n  Visited:" in text


@pytest.mark.slow
def test_promoted_to_strict_it_refuses_what_it_never_saw(house: House) -> None:
    house.take(*(order(f"p{number}", method="kort") for number in range(20)))
    house.desk.plans.add("web", "Order Completed", strict=True, who="Cy")

    taken = house.take(order("ann", method="kort"), order("bo"), order("cy", method="kort", size="XL"))

    assert (taken.stored, taken.quarantined) == (1, 2)
    assert finding(house, "Order Completed").state == "violating"


@pytest.mark.slow
def test_an_ignored_action_stands_last_until_it_is_noticed_again(house: House) -> None:
    house.take(order(), track("ann", "Scrolled", consent=YES))

    house.desk.plans.ignore("web", "Scrolled", who="Cy")
    assert [each.action for each in house.desk.plans.inbox().findings] == ["Order Completed", "Scrolled"]
    assert finding(house, "Scrolled").state == "ignored"

    house.desk.plans.ignore("web", "Scrolled", again=True, who="Cy")
    assert finding(house, "Scrolled").state == "new"


def test_each_change_of_a_plan_is_written_down(house: House) -> None:
    house.desk.plans.save("web", PLAN, who="Ann")

    newest = house.desk.changes(limit=1)[0]

    assert (newest.who, newest.text) == ("Ann", "changed the plan in the tracking plan of web")


def test_a_plan_that_cannot_be_read_changes_nothing(house: House) -> None:
    house.desk.plans.save("web", PLAN, who="Cy")

    with pytest.raises(PlanError, match="line 2"):
        house.desk.plans.save("web", "events:\n  Visited: [1, 2", who="Cy")
    assert house.desk.plans.text("web") == PLAN


@pytest.mark.parametrize("deed", ["add", "ignore"])
def test_a_source_that_is_not_there_is_said(house: House, deed: str) -> None:
    decide = getattr(house.desk.plans, deed)

    with pytest.raises(KundskabError, match="nowhere"):
        decide("nowhere", "Visited", who="Cy")
    with pytest.raises(KundskabError, match="nowhere"):
        house.desk.plans.text("nowhere")


@pytest.mark.slow
def test_names_made_of_numbers_do_not_fill_the_memory(house: House) -> None:
    names = {f"item_{number}": 1 for number in range(400)}

    house.take(order(**dict(list(names.items())[:200])), order("bo", **dict(list(names.items())[200:])))

    assert len(finding(house, "Order Completed").properties) <= seen_module.MOST_PROPERTIES
