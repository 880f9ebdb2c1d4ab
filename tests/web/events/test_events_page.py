from tests.web.fake_desk import ANN_TOKEN, event

from kundskab.web.events import tail

HTMX = {"HX-Request": "true"}


def test_it_shows_the_newest_events_on_top(bo, desk):
    desk.newest = [event(9, object="Newer"), event(8, object="Older")]

    page = bo.get("/events").content.decode()

    assert "<h1>What is happening now?</h1>" in page
    assert page.index("Newer") < page.index("Older")
    assert f"/people/{ANN_TOKEN}" in page
    assert "The newest event came in 1 hour ago, from web." in page
    assert "37 events could not be read." in page


def test_it_shows_volumes_by_source_the_busiest_first(bo):
    page = bo.get("/events").content.decode()

    assert page.index(">web</th>") < page.index(">app</th>") < page.index(">shop</th>")


def test_the_tail_is_silent_without_news(bo, desk):
    desk.newest = [event(9)]

    assert bo.get("/events/tail?seen=9", headers=HTMX).status_code == 204


def test_the_tail_marks_what_the_reader_has_not_seen(bo, desk):
    desk.newest = [event(9), event(8)]

    piece = bo.get("/events/tail?seen=8", headers=HTMX).content.decode()

    assert piece.count('class="fresh"') == 1
    assert "seen=9" in piece
    assert "<html" not in piece


def test_rows_that_are_withdrawn_leave_the_tail():
    assert tail.after([event(8)], 9).fresh == frozenset()
    assert tail.after([], 9).rows == []


def test_it_shows_a_reader_counts_and_no_person(cy, desk):
    page = cy.get("/events").content.decode()

    assert "Volumes by source" in page
    assert ANN_TOKEN not in page
    assert "Tarn 2 tent" not in page
    assert cy.get("/events/tail", headers=HTMX).status_code == 403


def test_it_says_so_while_nothing_has_happened(bo, desk):
    desk.newest, desk.days = [], []

    page = bo.get("/events").content.decode()

    assert "Nothing happened in these days." in page
    assert "They appear here as they are stored." in page
