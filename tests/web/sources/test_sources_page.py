import pytest

FORM = {
    "name": "app",
    "label": "The app",
    "purposes": ["analytics", "marketing"],
    "on_refusal": "strip",
    "no_signal": "no_grant",
    "basis": "",
}


def test_it_shows_sources_with_their_purposes_and_keys(ann):
    page = ann.get("/settings/sources").content.decode()

    assert "<h1>Where does it come from?</h1>" in page
    assert "From 1 live source and 1 import; 2 keys are in use." in " ".join(page.split())
    assert "legitimate interests" in page
    assert "kw_…q7xz" in page
    assert "until 18 June 2026" in page


def test_it_says_when_each_source_was_last_heard(ann):
    page = ann.get("/settings/sources").content.decode()

    assert '<p class="health well">Last heard just now.</p>' in page


def test_a_source_that_was_steady_and_has_stopped_is_named_in_the_answer(ann, desk):
    from dataclasses import replace
    from datetime import timedelta

    rows = desk.books_by_source()
    desk.books_by_source = lambda: [replace(row, last_seen=row.last_seen - timedelta(days=4)) for row in rows]
    newest = max(volume.day for volume in desk.days)
    desk.days = [volume for volume in desk.days if volume.day <= newest - timedelta(days=4)]

    page = " ".join(ann.get("/settings/sources").content.decode().split())
    assert "But Web shop has fallen silent." in page
    assert "Silent: last heard 4 days ago, and in the four weeks before it was never quiet for so long." in page


def test_it_adds_a_source(ann, desk):
    response = ann.post("/settings/sources", FORM, follow=True)

    [(deed, (name, given))] = desk.asked
    assert (deed, name) == ("create_source", "app")
    assert given == {
        "label": "The app",
        "purposes": ["analytics", "marketing"],
        "basis": None,
        "on_refusal": "strip",
        "no_signal": "no_grant",
        "who": "ann@example.com",
    }
    assert "The source app is there." in response.content.decode()


@pytest.mark.parametrize(
    ("wrong", "help_"),
    [
        ({"name": "Web Shop"}, "Small letters, digits"),
        ({"name": "web"}, "There is already a source of this name."),
        ({"purposes": []}, "Choose at least one purpose."),
        ({"purposes": ["surveillance"]}, "surveillance is not one of the available choices"),
        ({"no_signal": "declared"}, "Say on which lawful basis"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_written(ann, desk, wrong, help_):
    response = ann.post("/settings/sources", {**FORM, **wrong})

    assert response.status_code == 422
    assert help_ in response.content.decode()
    assert "The app" in response.content.decode()
    assert desk.asked == []


def test_it_escapes_a_hostile_label(ann, desk):
    from dataclasses import replace

    rows = desk.sources()
    desk.sources = lambda: [replace(rows[0], label="<script>alert(1)</script>")]

    assert "<script>alert" not in ann.get("/settings/sources").content.decode()


@pytest.mark.parametrize("role", ["analyst", "reader"])
def test_those_who_do_not_own_the_workspace_may_not(visitor, desk, role):
    client = visitor(role)

    assert client.get("/settings/sources").status_code == 403
    assert client.post("/settings/sources", FORM).status_code == 403
    assert desk.asked == []
