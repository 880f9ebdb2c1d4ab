"""The tracking plan's inbox and text."""

import pytest
from tests.web.fake_exploring import finding

from kundskab.pipeline.plans import SeenProperty


def test_it_says_what_waits_for_a_decision(bo):
    page = bo.get("/events/plan").content.decode()

    assert "<h1>Does what is sent match what was agreed?</h1>" in page
    assert "Not all: 2 actions wait for a decision; 1 break it and 1 are new." in page
    assert page.index("Checkout Started") < page.index("Order Completed") < page.index("Settled")


def test_it_shows_the_shape_of_an_event(bo):
    page = bo.get("/events/plan").content.decode()

    assert "<code>total</code>" in page
    assert "number or string" in page


def test_only_who_sets_sources_decides(ann, bo, cy, desk):
    for reader in (bo, cy):
        assert "Add to plan" not in reader.get("/events/plan").content.decode()
        assert reader.post("/events/plan/agreements", {"source": "web", "action": "Visited"}).status_code == 403
        assert reader.post("/events/plan/silences", {"source": "web", "action": "Visited"}).status_code == 403
        assert reader.post("/events/plan/of/web", {"text": ""}).status_code == 403

    assert "Add to plan" in ann.get("/events/plan").content.decode()
    assert desk.plans.asked == []


def test_an_action_is_added_strictly_or_not(ann, desk):
    ann.post("/events/plan/agreements", {"source": "web", "action": "Order Completed"})
    page = ann.post(
        "/events/plan/agreements", {"source": "web", "action": "Order Completed", "strict": "yes"}, follow=True
    )

    assert [asked for _, asked in desk.plans.asked] == [
        ("web", "Order Completed", False, "ann@example.com"),
        ("web", "Order Completed", True, "ann@example.com"),
    ]
    assert "is agreed on, strictly" in page.content.decode()


def test_an_action_is_ignored_and_noticed_again(ann, desk):
    ann.post("/events/plan/silences", {"source": "web", "action": "Scrolled", "only": "web"})
    ann.post("/events/plan/silences", {"source": "web", "action": "Scrolled", "again": "yes"})

    assert [asked[2] for _, asked in desk.plans.asked] == [False, True]


def test_a_decision_without_a_name_is_refused(ann, desk):
    assert ann.post("/events/plan/agreements", {"source": "web"}).status_code == 400
    assert desk.plans.asked == []


def test_the_plan_is_kept_when_it_can_be_read(ann, desk):
    response = ann.post("/events/plan/of/web", {"text": "events: {Visited: }"}, follow=True)

    assert desk.plans.asked == [("save", ("web", "events: {Visited: }", "ann@example.com"))]
    assert "The plan is kept" in response.content.decode()


def test_a_wrong_plan_says_its_line_and_loses_no_word(ann, desk):
    response = ann.post("/events/plan/of/web", {"text": "events:\n  Visited: {proprties: }"})

    page = response.content.decode()
    assert response.status_code == 400
    assert "line 2" in page
    assert "proprties" in page.split("<textarea")[1]
    assert desk.plans.asked == []


def test_a_reader_sees_the_plan_and_no_form(cy):
    page = cy.get("/events/plan/of/web").content.decode()

    assert "Product Viewed" in page
    assert "<textarea" not in page


def test_a_source_that_is_not_there_is_not_found(ann):
    assert ann.get("/events/plan/of/nowhere").status_code == 404


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x>'])
def test_names_that_senders_chose_are_escaped(ann, desk, hostile):
    shape = (SeenProperty(hostile, {"string": 1}, 1.0, None),)
    desk.plans.found = (finding(hostile, source="web", properties=shape, changes=(hostile,), breaks={hostile: 1}),)

    assert hostile not in ann.get("/events/plan").content.decode().split("<main")[1]


def test_it_says_so_when_all_is_settled_and_when_nothing_was_sent(ann, desk):
    desk.plans.found = desk.plans.found[2:]
    assert "Yes: all that is sent was agreed on" in ann.get("/events/plan").content.decode()

    desk.plans.found = ()
    assert "Nothing has been sent yet" in ann.get("/events/plan").content.decode()
