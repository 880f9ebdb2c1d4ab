"""Somebody reads a person's page: a story with its evidence, and nothing that may not be known."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.web.fake_desk import ANN_TOKEN, BO_TOKEN, DAY, NOW, event

from kundskab.pipeline.answers import LineRow
from kundskab.pipeline.stories import Answer, Told
from kundskab.profiles.standout import Standout

HOSTILE = "<script>alert(1)</script>{{7*7}}{% now %}\"'"


def read(visitor, path=f"/people/{ANN_TOKEN}"):
    return visitor.get(path).content.decode()


def test_it_tells_a_story(bo):
    page = read(bo)

    assert "<h1>Who is Hawthorn Cove?</h1>" in page
    assert "and was last here today." in page
    assert "They come about every" in page
    assert "rdered <strong>3 things</strong> for 1,204.00 SEK" in page
    assert "igned in; searched for <strong>stoves</strong>; viewed <strong>Tarn 2 tent</strong> in tents." in page
    assert "June 2026" in page


def test_its_parts_follow_each_other_as_in_a_story(bo):
    titles = [piece.split("<")[0] for piece in read(bo).split("<h2 id=")[1:]]

    assert [title.split(">")[1] for title in titles] == [
        "When do they come?",
        "What do they stand out by?",
        "Which segments are they in?",
        "What have they told us?",
        "What do they allow?",
        "Whom of us have they met?",
        "What have they done?",
        "Which traces are theirs?",
        "So what?",
        "How do we know?",
    ]


def test_it_says_what_they_stand_out_by_beside_everybody_else(bo, desk):
    desk.stories.found = Standout("category", "stoves", 9, 38, 2.1, 3.4, 1.6, 5.9, 812)

    page = read(bo)

    assert "They turned to stoves on 9 of the 38 days we saw them." in page
    assert "Others as active" in page
    assert "2.1 of 38 days" in page


def test_it_says_that_nothing_stands_out_where_nothing_does(bo):
    assert "Nothing. Held against 812 people" in read(bo)


def test_it_shows_what_they_allow_and_leads_to_the_proof(bo):
    page = read(bo)

    assert "They said yes to analytics." in page
    assert "They took back their yes to marketing." in page
    assert "Yes, on the basis of contract" in page
    assert "Yes, since 17 March 2026" in page
    assert "No: withdrawn on 5 June 2026" in page
    assert "No: never asked, or never answered" in page
    assert "from web, notice 2" in page
    assert f"/people/{ANN_TOKEN}/consents/marketing" in page


def test_it_shows_what_they_told_us_with_its_source_and_what_they_said_before(bo):
    page = read(bo)

    assert "They told us: city Umeå." in page
    assert "they told us, web, 16 May 2026" in page
    assert "What changed: city from Luleå to Umeå." in page
    assert "before that Luleå, app, 27 November 2025" in page


def test_it_does_not_say_who_they_are_in_the_world(bo, desk):
    names = ["email", "firstName", "Family Name", "phone", "date-of-birth"]
    desk.stories.told = tuple(Told(name, Answer(f"secret {name}", "given", "web", NOW - DAY)) for name in names)

    page = read(bo)

    assert "secret" not in page
    assert "email, firstName, Family Name, phone and date-of-birth." in page
    assert "Nothing about themselves yet" not in page


def test_it_shows_an_order_with_its_lines(bo, desk):
    lines = (LineRow("T2", "tents", 2.0, Decimal(500), "Tarn 2 tent"), LineRow("S1", "stoves", 1.0, Decimal(204)))
    desk.events = [
        event(1, action="Order Completed", object=None, quantity=3, value=Decimal(1204), currency="SEK", lines=lines)
    ]

    page = read(bo)

    assert '<li>2 × Tarn 2 tent <span class="soft">500.00 SEK</span></li>' in page
    assert '<li>S1 <span class="soft">204.00 SEK</span></li>' in page


def test_it_says_too_early_of_somebody_seen_twice(bo, desk):
    desk.events = [event(2), event(1, occurred_at=NOW - 3 * DAY)]

    page = read(bo)

    assert "Seen on 2 days so far: too early to speak of a rhythm." in page
    assert "Too early to say: they were here on too few days." in page


def test_it_opens_for_the_purpose_asked_for_and_says_who_looked(bo, desk):
    read(bo, f"/people/{ANN_TOKEN}?purpose=marketing")

    assert desk.asked == [("person", (ANN_TOKEN, "marketing", "bo@example.com"))]


def test_of_somebody_without_permission_it_tells_only_what_they_decided(bo, desk):
    known = desk.person(ANN_TOKEN, who="test")
    desk.person = lambda *_, **__: replace(known, events=0, facts=[])

    page = read(bo)

    assert "That they exist and what they decided is all there is to know here." in page
    assert "No: withdrawn on 5 June 2026" in page
    for kept in ("Umeå", "Tarn", "Hawthorn", BO_TOKEN, "identify", "device", "reveal", "timeline", "proof"):
        assert kept not in page.split("<main")[1].split("</main>")[0]


def test_of_nobody_it_tells_nothing(bo):
    answer = bo.get(f"/people/{BO_TOKEN}")

    assert answer.status_code == 404
    assert "There is nobody of this name" in answer.content.decode()


def test_it_escapes_whatever_strangers_wrote(bo, desk):
    line = LineRow(HOSTILE, HOSTILE, 2, Decimal(1), HOSTILE)
    strange = {
        "action": HOSTILE, "object": HOSTILE, "category": HOSTILE, "channel": HOSTILE, "occasion": HOSTILE,
        "currency": HOSTILE, "value": Decimal(1), "lines": (line,),
    }  # fmt: skip
    desk.events = [event(2, **strange), event(1, **strange)]
    known = desk.person(ANN_TOKEN, who="test")
    desk.stories.told = (
        Told(HOSTILE, Answer(HOSTILE, "given", HOSTILE, NOW), (Answer(HOSTILE, "given", HOSTILE, NOW),)),
    )
    desk.stories.found = Standout("action", HOSTILE, 9, 38, 2.1, 3.4, 1.6, 5.9, 812)
    desk.person = lambda *_, **__: replace(known, common_actions=[(HOSTILE, 1)])

    page = read(bo)

    assert "<script>alert" not in page.lower()
    assert "&lt;script&gt;" in page.lower()
    assert "{{7*7}}" in page
    plain = re.sub(r"name=.csrfmiddlewaretoken. value=.\w+.", "", page)  # a token may hold any two signs
    assert "49" not in plain.split("<main")[1].split("</main>")[0].replace("1249", "")


@pytest.mark.slow
def test_it_gives_older_events_page_by_page_and_writes_down_who_read_on(bo, desk):
    desk.events = [event(n, occurred_at=NOW - n * DAY / 2) for n in range(400)]
    first = read(bo)
    address = first.split('class="older"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")

    piece = bo.get(address, headers={"HX-Request": "true"}).content.decode()
    whole = bo.get(address).content.decode()

    assert "<html" not in piece
    assert "iewed <strong>Tarn 2 tent</strong>" in piece
    assert "<h1>What came before?</h1>" in whole
    assert ("timeline", (ANN_TOKEN, "analytics", "bo@example.com")) in desk.asked


@pytest.mark.slow
def test_it_takes_any_time_before_without_breaking(bo):
    for before in ("", "yesterday", "2026-13-45T99:00", "2026-06-01T00:00:00", "9" * 400):
        assert bo.get(f"/people/{ANN_TOKEN}/timeline", {"before": before}).status_code == 200


def test_nothing_of_it_is_kept_by_a_browser(bo):
    assert "no-store" in bo.get(f"/people/{ANN_TOKEN}")["Cache-Control"]


def test_a_reader_may_not(cy, desk):
    assert cy.get(f"/people/{ANN_TOKEN}").status_code == 403
    assert cy.get(f"/people/{ANN_TOKEN}/timeline").status_code == 403
    assert cy.get(f"/people/{ANN_TOKEN}/consents/analytics").status_code == 403
    assert desk.asked == []
