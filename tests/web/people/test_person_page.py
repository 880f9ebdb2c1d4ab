from dataclasses import replace
from decimal import Decimal

from tests.web.fake_desk import ANN_TOKEN, BO_TOKEN, event

HOSTILE = "<script>alert(1)</script>{{7*7}}{% now %}\"'"


def test_it_tells_a_story(bo):
    page = bo.get(f"/people/{ANN_TOKEN}").content.decode()

    assert "last seen 1 hour ago" in page
    assert "comes about every" in page
    assert "ordered <strong>3 things</strong> for 1,204.00 SEK" in page
    assert "viewed <strong>Tarn 2 tent</strong> in tents" in page
    assert "Monday 15 June 2026" in page


def test_it_shows_what_they_allow_and_where_we_have_it_from(bo):
    page = bo.get(f"/people/{ANN_TOKEN}").content.decode()

    assert "Yes, on the basis of contract" in page
    assert "Yes, since 17 March 2026" in page
    assert "No: withdrawn on 5 June 2026" in page
    assert "No: never asked, or never answered" in page
    assert "from web, notice 2" in page


def test_it_shows_facts_with_their_source_and_why_traces_are_theirs(bo):
    page = bo.get(f"/people/{ANN_TOKEN}").content.decode()

    assert "Umeå" in page
    assert "given, web, 16 May 2026" in page
    assert "joined by identify, verified" in page
    assert "not joined: seen with more than one user id" in page


def test_it_does_not_say_who_they_are_in_the_world(bo, desk):
    known = desk.person(ANN_TOKEN, who="test")
    names = ["email", "firstName", "Family Name", "phone", "date-of-birth"]
    facts = [replace(known.facts[0], name=name, value=f"secret {name}") for name in names]
    desk.person = lambda *_, **__: replace(known, facts=facts)

    page = bo.get(f"/people/{ANN_TOKEN}").content.decode()

    assert "secret" not in page
    assert "email, firstName, Family Name, phone and date-of-birth." in page


def test_it_opens_for_the_purpose_asked_for_and_says_who_looked(bo, desk):
    bo.get(f"/people/{ANN_TOKEN}?purpose=marketing")

    assert desk.asked == [("person", (ANN_TOKEN, "marketing", "bo@example.com"))]


def test_it_does_not_tell_a_person_without_permission_from_nobody(bo, desk):
    unknown = bo.get(f"/people/{BO_TOKEN}")
    known = desk.person(ANN_TOKEN, who="test")
    desk.person = lambda *_, **__: replace(known, events=0, facts=[])
    without_permission = bo.get(f"/people/{BO_TOKEN}")

    assert unknown.status_code == without_permission.status_code == 404
    assert "identify" not in without_permission.content.decode()
    assert "There is nobody of this name who permits analytics." in unknown.content.decode()


def test_it_escapes_whatever_strangers_wrote(bo, desk):
    desk.events = [
        event(
            action=HOSTILE,
            object=HOSTILE,
            category=HOSTILE,
            channel=HOSTILE,
            occasion=HOSTILE,
            currency=HOSTILE,
            value=Decimal(1),
        )
    ]
    known = desk.person(ANN_TOKEN, who="test")
    fact = replace(known.facts[0], name=HOSTILE, value=HOSTILE, source=HOSTILE)
    desk.person = lambda *_, **__: replace(known, facts=[fact], common_actions=[(HOSTILE, 1)])

    page = bo.get(f"/people/{ANN_TOKEN}").content.decode()

    assert "<script>alert" not in page.lower()
    assert "&lt;script&gt;" in page.lower()
    assert "{{7*7}}" in page
    assert "49" not in page.split("<main")[1].split("</main>")[0].replace("1249", "")


def test_it_gives_older_events_page_by_page(bo):
    first = bo.get(f"/people/{ANN_TOKEN}").content.decode()
    address = first.split('class="button quiet" href="')[1].split('"')[0].replace("&amp;", "&")

    piece = bo.get(address, headers={"HX-Request": "true"}).content.decode()
    whole = bo.get(address).content.decode()

    assert "<html" not in piece
    assert "viewed <strong>Tarn 2 tent</strong>" in piece
    assert "<h1>What came before?</h1>" in whole


def test_it_takes_any_time_before_without_breaking(bo):
    for before in ("", "yesterday", "2026-13-45T99:00", "2026-06-01T00:00:00", "9" * 400):
        assert bo.get(f"/people/{ANN_TOKEN}/timeline", {"before": before}).status_code == 200


def test_a_reader_may_not(cy, desk):
    assert cy.get(f"/people/{ANN_TOKEN}").status_code == 403
    assert cy.get(f"/people/{ANN_TOKEN}/timeline").status_code == 403
    assert desk.asked == []
