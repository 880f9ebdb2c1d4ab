"""Parting, joining, and deciding what was suggested: always by hand, always with a reason."""

from tests.web.fake_desk import ANN_TOKEN, BO_TOKEN

PERSON = f"/people/{ANN_TOKEN}"


def test_a_link_says_why_and_what_does_not_join(bo):
    page = bo.get(PERSON).content.decode()

    assert "Verified by a server key or a signature" in page
    assert "26 April 2026, web." in page
    assert "shared and joins none of them" in page
    assert "a device that may not be shown" in page


def test_what_was_undone_stays_told(bo):
    page = bo.get(PERSON).content.decode()

    assert "What was undone" in page
    assert "Undone on 14 June 2026 by cy@example.com: “a borrowed phone”." in page


def test_a_link_is_undone_with_a_reason(bo, desk):
    answer = bo.post(
        f"{PERSON}/links/1/undoing", {"reason": "two sisters, one tablet", "purpose": "marketing"}, follow=True
    )

    assert desk.asked[0] == ("undo", (1, "bo@example.com", "two sisters, one tablet"))
    assert answer.redirect_chain == [(f"{PERSON}?purpose=marketing", 302)]
    assert "are two persons again" in answer.content.decode()


def test_without_a_reason_nothing_is_undone(bo, desk):
    answer = bo.post(f"{PERSON}/links/1/undoing", {"reason": " "})

    assert answer.status_code == 409
    assert "Say why" in answer.content.decode()
    assert desk.asked == []


def test_two_are_joined_by_hand(bo, desk):
    bo.post(f"{PERSON}/joining", {"other": "9r7t 3b5n 1c6v", "reason": "she told me at the counter"})

    assert desk.asked[0] == ("join", (ANN_TOKEN, BO_TOKEN, "bo@example.com", "she told me at the counter"))


def test_a_suggestion_is_shown_with_what_speaks_for_it(bo):
    page = bo.get("/people/suggestions").content.decode()

    assert "1 pair of persons looks like one human." in page
    assert "Their e-mail is alike." in page
    assert "Of 100 such pairs about 93 are one person." in page


def test_it_is_decided_by_a_human(bo, desk):
    bo.post("/people/suggestions/31/acceptance")
    bo.post("/people/suggestions/31/refusal")

    assert desk.asked == [("accept", (31, "bo@example.com")), ("decline", (31, "bo@example.com"))]


def test_a_pair_of_whom_one_may_no_longer_be_seen_is_not_shown(bo, desk):
    desk.stories.visible = lambda persons, *, purpose: {ANN_TOKEN}

    page = bo.get("/people/suggestions").content.decode()

    assert BO_TOKEN not in page
    assert "1 pair on this page is not shown" in page


def test_looking_for_more_says_what_was_found(bo, desk):
    page = bo.post("/people/suggestions/searches", {"purpose": "analytics"}, follow=True).content.decode()

    assert desk.asked[0] == ("find suggestions", ("analytics", "bo@example.com"))
    assert "Looked through everybody. 1 pair waits." in page


def test_a_reader_may_not(cy, desk):
    assert cy.get("/people/suggestions").status_code == 403
    for path in (f"{PERSON}/links/1/undoing", f"{PERSON}/joining", "/people/suggestions/31/acceptance",
                 "/people/suggestions/31/refusal", "/people/suggestions/searches"):  # fmt: skip
        assert cy.post(path, {"reason": "because"}).status_code == 403
    assert desk.asked == []
