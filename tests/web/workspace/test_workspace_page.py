"""Ann sets the workspace; Bo may not. What is kept and what is refused is the desk's (tests/pipeline)."""

from dataclasses import replace

import pytest

FORM = {
    "name": "Fjäll & Co",
    "human_channels": "shop, phone ,",
    "shared_device_limit": "12",
    "half_life_days": "90",
    "second_step_roles": ["owner"],
}


def test_it_says_what_holds_now(ann):
    page = ann.get("/settings/workspace").content.decode()

    assert "<h1>What is this workspace?</h1>" in page
    assert 'value="Europe/Stockholm"' in page
    assert "shop, phone, visit" in page
    assert "00ff00ff00ff00ff" in page


def test_it_changes_what_was_written_and_nothing_that_stands(ann, desk):
    ann.post("/settings/workspace", {**FORM, "timezone": "UTC", "currency": "EUR"})

    [(deed, (who, asked))] = desk.asked
    assert (deed, who) == ("change", "ann@example.com")
    assert asked == {
        "name": "Fjäll & Co",
        "timezone": "Europe/Stockholm",
        "currency": "SEK",
        "human_channels": ("shop", "phone"),
        "shared_device_limit": 12,
        "half_life_days": 90.0,
        "second_step_roles": ("owner",),
    }


def test_an_empty_workspace_may_still_choose_its_clock_and_currency(ann, desk):
    desk.settings.now = replace(desk.settings.now, has_events=False)

    ann.post("/settings/workspace", {**FORM, "timezone": "Europe/Copenhagen", "currency": "DKK"})

    assert desk.asked[0][1][1]["timezone"] == "Europe/Copenhagen"
    assert desk.asked[0][1][1]["currency"] == "DKK"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"shared_device_limit": "1"},
        {"half_life_days": "0"},
        {"second_step_roles": ["king"]},
        {"timezone": "Mars/Olympus"},
    ],
)
def test_it_says_what_is_wrong_and_changes_nothing(ann, desk, wrong):
    desk.settings.now = replace(desk.settings.now, has_events=False)

    response = ann.post("/settings/workspace", {**FORM, "timezone": "UTC", "currency": "SEK", **wrong})

    assert response.status_code == 422
    assert "something below needs another look" in response.content.decode()
    assert desk.asked == []


def test_an_analyst_may_not(bo, desk):
    assert bo.get("/settings/workspace").status_code == bo.post("/settings/workspace", FORM).status_code == 403
    assert desk.asked == []
