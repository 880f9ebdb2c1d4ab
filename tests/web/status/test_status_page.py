from dataclasses import replace


def test_it_says_that_all_is_well(cy):
    page = cy.get("/status").content.decode()

    assert "<h1>Is everything well?</h1>" in page
    assert "Yes: 12,408 events were received, and every one is accounted for." in page
    assert "No permission" in page


def test_it_says_when_the_books_do_not_balance(cy, desk):
    desk.came_in = replace(desk.came_in, stored=1)

    assert "No: the books do not balance." in cy.get("/status").content.decode()


def test_it_says_when_events_wait_too_long(cy, desk):
    known = desk.status()
    desk.status = lambda: {**known, "lag_seconds": 90}

    assert "Not quite: 3 events are waiting, the oldest for 90 seconds." in cy.get("/status").content.decode()
