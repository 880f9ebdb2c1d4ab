"""Effort, drawn: which moments of which passes are signs of it, and what is said where nothing can be seen."""

from __future__ import annotations

from datetime import datetime
from math import isnan
from typing import Any

import pytest
from tests.house import House, track

from kundskab.metrics.effort import Usual, effort_by_flow, effort_by_person, effort_by_week, effort_of, usual_of
from kundskab.metrics.effort.answer import FlowEffort, PersonEffort

pytestmark = pytest.mark.slow

GRANTS = {"analytics": True}
FIVE = ("ann", "bo", "cy", "di", "eve")
_ASKED: dict[tuple[Any, ...], tuple[Usual, dict[str, PersonEffort]]] = {}


def draw(house: House, table: str, *, day: str = "2026-02-01") -> None:
    """Take in a drawn table: person | at | action | what. at: 10:00, or +2 10:00 for two days later.

    what: the object; "error:field" and "asked:question" and "knew:question" tell of a form's step, "case:17" of a case.
    """
    house.take(*(_event([cell.strip() for cell in line.split("|")], day) for line in table.strip().splitlines()[2:]))


def _event(cells: list[str], day: str) -> dict[str, Any]:
    who, at, action, what = cells
    later, _, clock = at.rpartition(" ")
    date = datetime.fromisoformat(day).replace(day=1 + int(later or 0))
    form, _, said = what.partition(" ")
    kind, _, detail = said.partition(":")
    told = {"error": {"field": detail}, "asked": {"question": detail}, "knew": {"question": detail, "known": True}}
    properties: dict[str, Any] = {"object": form, **told.get(kind, {})}
    if what.startswith("case:"):
        properties = {"category": "delivery", "order_id": what.removeprefix("case:")}
    return track(who, action, timestamp=f"{date:%Y-%m-%d}T{clock}:00Z", consent=GRANTS, properties=properties)


def of(house: House, who: str) -> PersonEffort:
    """Somebody's effort. Asked once in each state of the house: an answer takes longer than the rest of a test."""
    view = house.view()
    state = (view.snapshot, view.ledger_seq, view.links_seq, house.now)
    if state not in _ASKED:
        _ASKED.clear()
        _ASKED[state] = (usual_of(view), {})
    usual, answers = _ASKED[state]
    if who not in answers:
        answers[who] = effort_of(view, house.person(who), known=usual)
    return answers[who]


def met(house: House, who: str) -> list[tuple[str, str, float]]:
    """(flow, sign, points) of somebody's moments, in the order of time."""
    return [(m.flow, m.sign, m.points) for m in reversed(of(house, who).moments)]


def flow(house: House, name: str) -> FlowEffort:
    return next(each for each in effort_by_flow(house.view()).flows if each.flow == name)


def test_a_form_that_is_filled_in_at_once_costs_no_effort(house: House) -> None:
    draw(
        house,
        """
        person | at    | action         | what
        -------+-------+----------------+--------
        ann    | 10:00 | Form Viewed    | returns
        ann    | 10:02 | Form Submitted | returns
        """,
    )

    assert met(house, "ann") == []
    assert of(house, "ann").passes == 1


def test_errors_beginning_again_and_giving_up_are_signs(house: House) -> None:
    draw(
        house,
        """
        person | at    | action         | what
        -------+-------+----------------+------------------
        ann    | 10:00 | Form Viewed    | returns
        ann    | 10:01 | form_error     | returns error:city
        ann    | 10:02 | Form Viewed    | returns
        ann    | 10:03 | Form Abandoned | returns
        """,
    )

    assert met(house, "ann") == [("returns", "error", 2), ("returns", "again", 1), ("returns", "given up", 3)]
    assert of(house, "ann").moments[-1].detail == "city"


def test_only_what_we_knew_is_asked_twice(house: House) -> None:
    draw(
        house,
        """
        person | at    | action         | what
        -------+-------+----------------+--------------------
        ann    | 10:00 | Form Viewed    | account
        ann    | 10:01 | Question Asked | account asked:phone
        ann    | 10:01 | Question Asked | account knew:city
        """,
    )

    assert met(house, "ann") == [("account", "asked twice", 2)]


def test_who_comes_back_after_a_pause_begins_another_pass(house: House) -> None:
    draw(
        house,
        """
        person | at    | action      | what
        -------+-------+-------------+--------
        ann    | 10:00 | Form Viewed | returns
        ann    | 10:30 | Form Viewed | returns
        ann    | 11:01 | Form Viewed | returns
        ann    | 11:02 | Form Viewed | account
        """,
    )

    assert of(house, "ann").passes == 3
    assert met(house, "ann") == [("returns", "again", 1)]


def test_a_case_is_one_pass_and_waiting_is_counted_in_days(house: House) -> None:
    draw(
        house,
        """
        person | at       | action          | what
        -------+----------+-----------------+--------
        ann    | 10:00    | Ticket Opened   | case:17
        ann    | +2 22:00 | Ticket Answered | case:17
        ann    | +2 23:00 | Ticket Answered | case:17
        ann    | +3 10:00 | Ticket Closed   | case:17
        bo     | 10:00    | Ticket Opened   | case:18
        bo     | +9 10:00 | Ticket Answered | case:18
        """,
    )

    assert met(house, "ann") == [("support", "help", 2), ("support", "waiting", 2.5)]
    assert of(house, "ann").passes == 1
    assert met(house, "bo")[1] == ("support", "waiting", 5.0)  # at most


def test_going_back_and_forth_is_a_to_b_to_a(house: House) -> None:
    draw(
        house,
        """
        person | at    | action         | what
        -------+-------+----------------+-----
        ann    | 10:00 | Product Viewed | tent
        ann    | 10:01 | Product Viewed | boot
        ann    | 10:02 | Product Viewed | tent
        ann    | 10:03 | Product Viewed | tent
        ann    | 10:04 | Product Viewed | sock
        bo     | 10:00 | Product Viewed | tent
        bo     | 10:40 | Product Viewed | boot
        bo     | 10:41 | Product Viewed | tent
        """,
    )

    assert [sign for _, sign, _ in met(house, "ann")] == ["back"]
    assert met(house, "bo") == []


def test_an_order_alone_is_no_checkout(house: House) -> None:
    draw(
        house,
        """
        person | at    | action           | what
        -------+-------+------------------+-----
        ann    | 10:00 | Order Completed  | a
        bo     | 10:00 | Checkout Started | a
        bo     | 10:03 | Checkout Started | a
        bo     | 10:05 | Order Completed  | a
        """,
    )

    assert of(house, "ann").passes == 0
    assert met(house, "bo") == [("checkout", "again", 1)]


def test_what_no_event_tells_of_is_said_and_not_called_easy(house: House) -> None:
    draw(
        house,
        """
        person | at    | action | what
        -------+-------+--------+-----
        ann    | 10:00 | order  | a
        """,
    )

    found = effort_by_flow(house.view())

    assert found.is_empty
    assert isnan(found.everybody.value)
    assert any("Of forms we cannot say anything" in said for said in found.unseen)
    assert isnan(of(house, "ann").effort.value)
    assert effort_by_person(house.view()).num_rows == 0


def test_no_event_at_all_is_no_answer_and_no_error(house: House) -> None:
    found = effort_by_flow(house.view())

    assert found.is_empty
    assert effort_by_week(house.view()) == ()


def test_a_flow_of_four_persons_is_hidden(house: House) -> None:
    form = {"object": "returns"}
    house.take(*(track(who, "Form Viewed", consent=GRANTS, properties=form) for who in ("ann", "bo", "cy", "di")))

    hidden = flow(house, "returns")

    assert hidden.effort.hidden
    assert (hidden.passes, hidden.met) == (0, ())


def test_what_fewer_than_five_met_is_not_counted_out(house: House) -> None:
    def did(who: str, action: str) -> dict[str, Any]:
        where = {"field": "city"} if action == "Form Error" else {}
        return track(who, action, consent=GRANTS, properties={"object": "returns", **where})

    six = ("ann", "bo", "cy", "di", "eve", "fay")
    house.take(*(did(who, action) for who in six for action in ("Form Viewed", "Form Error")))
    house.take(*(did(who, "Form Abandoned") for who in six[:2]))

    shown = flow(house, "returns")

    assert [(one.sign, one.times, one.hidden) for one in shown.met] == [("error", 6, False), ("given up", 0, True)]
    assert [(place.detail, place.persons) for place in shown.where] == [("city", 6)]
    assert shown.hard.value == 1


def test_who_has_not_allowed_it_costs_and_suffers_nothing_here(house: House) -> None:
    form = {"object": "returns"}
    house.take(*(track(who, "Form Viewed", consent=GRANTS, properties=form) for who in FIVE))
    house.take(track("canary", "Form Error", consent={"analytics": False}, properties={"object": "returns"}))

    assert flow(house, "returns").passes == 5
    assert house.person("canary") not in effort_by_person(house.view())["person"].to_pylist()


@pytest.mark.parametrize("name", ["'; DROP TABLE events; --", "<script>", "returns\n", "\u202e"])
def test_a_hostile_name_of_a_form_is_only_a_name(house: House, name: str) -> None:
    form = {"object": name, "field": name}
    house.take(*(track(who, "Form Error", consent=GRANTS, properties=form) for who in FIVE))

    assert len(effort_by_flow(house.view()).flows) == 1
