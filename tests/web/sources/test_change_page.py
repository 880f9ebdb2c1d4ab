"""Changing a source that sends already."""

import pytest

FORM = {
    "label": "Shop",
    "for_analytics": "on",
    "basis_analytics": "legitimate_interests",
    "basis_necessary": "contract",
    "basis_personalisation": "consent",
    "basis_marketing": "consent",
    "basis_research": "consent",
    "no_signal": "declared",
    "on_refusal": "drop",
    "categories": "C0002 = analytics\n\n C0004=marketing ",
    "events_per_second": "50",
}


def test_it_shows_what_is_set_now(ann):
    page = ann.get("/settings/sources/web").content.decode()

    assert "<h1>What may Web shop do?</h1>" in page
    assert "C0002 = analytics" in page
    assert 'value="100.0"' in page


def test_it_changes_all_that_was_written(ann, desk):
    response = ann.post("/settings/sources/web", FORM, follow=True)

    [(deed, (name, given))] = desk.asked
    assert (deed, name) == ("create_source", "web")
    assert given == {
        "label": "Shop",
        "purposes": ["analytics"],
        "basis": {"analytics": "legitimate_interests"},
        "on_refusal": "drop",
        "no_signal": "declared",
        "categories": {"C0002": "analytics", "C0004": "marketing"},
        "events_per_second": 50.0,
        "who": "ann@example.com",
    }
    assert "It holds for events that come in from now on." in response.content.decode()


@pytest.mark.parametrize(
    ("wrong", "help_"),
    [
        ({"label": ""}, "This field is required."),
        ({"for_analytics": ""}, "Choose at least one purpose"),
        ({"basis_analytics": "because"}, "not one of the available choices"),
        ({"categories": "C0002"}, "is not a word and a purpose"),
        ({"categories": "C0002 = surveillance"}, "is not a word and a purpose"),
        ({"events_per_second": "0"}, "greater than or equal to 0.01"),
    ],
)
def test_what_cannot_be_changes_nothing(ann, desk, wrong, help_):
    response = ann.post("/settings/sources/web", {**FORM, **wrong})

    assert response.status_code == 422
    assert help_ in response.content.decode()
    assert desk.asked == []


def test_a_source_that_is_not_there_or_is_an_import_is_not_found(ann):
    assert ann.get("/settings/sources/nowhere").status_code == 404
    assert ann.get("/settings/sources/orders").status_code == 404


def test_an_analyst_may_not(bo, desk):
    assert bo.get("/settings/sources/web").status_code == bo.post("/settings/sources/web", FORM).status_code == 403
    assert desk.asked == []
