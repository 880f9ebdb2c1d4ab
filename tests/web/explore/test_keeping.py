"""Questions kept by name and notes on days: who and when, seen by everybody here, taken away by their own."""

from __future__ import annotations

import json
import re

import pytest

KEEP = {
    "kind": "funnel",
    "address": "step=Product+Viewed&step=Order+Completed&evil=%3Cb%3E",
    "name": "From view to order",
}


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().split("</head>")[1]).split())


def test_a_kept_question_has_an_address_that_asks_it_again(bo, cy):
    bo.post("/explore/saved/new", KEEP)

    listed = cy.get("/explore/saved").content.decode()
    link = re.search(r'href="(/explore/saved/\d+)"', listed).group(1)
    opened = cy.get(link)
    assert "From view to order" in listed
    assert "bo@example.com" in listed
    assert opened.headers["Location"].startswith("/explore/funnel?step=Product+Viewed&step=Order+Completed&window=168")
    assert "evil" not in opened.headers["Location"]


def test_a_question_of_the_newest_days_keeps_no_days(bo):
    from kundskab.web.explore.models import SavedQuestion

    bo.post("/explore/saved/new", {**KEEP, "address": KEEP["address"] + "&since=2026-01-01", "moving": "1"})

    [kept] = SavedQuestion.objects.all()
    assert "since" not in kept.address


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["explore", "funnel", "retention", "paths"])
def test_each_kind_can_be_kept_from_its_own_page(cy, kind):
    address = "/explore" if kind == "explore" else f"/explore/{kind}"
    page = cy.get(address).content.decode()
    said = dict(re.findall(r'<input type="hidden" name="(kind|address)" value="([^"]*)"', page))

    cy.post(
        "/explore/saved/new", {"name": "Mine", **{name: value.replace("&amp;", "&") for name, value in said.items()}}
    )

    kept = re.search(r'href="(/explore/saved/\d+)"', cy.get("/explore/saved").content.decode()).group(1)
    assert cy.get(cy.get(kept).headers["Location"]).status_code == 200


def test_only_who_kept_it_takes_it_away(bo, cy):
    bo.post("/explore/saved/new", KEEP)
    from kundskab.web.explore.models import SavedQuestion

    [kept] = SavedQuestion.objects.all()
    assert cy.post(f"/explore/saved/{kept.pk}/forgetting").status_code == 404
    assert bo.post(f"/explore/saved/{kept.pk}/forgetting").status_code == 302
    assert not SavedQuestion.objects.exists()


def test_a_question_without_a_name_is_not_kept(bo):
    from kundskab.web.explore.models import SavedQuestion

    response = bo.post("/explore/saved/new", {**KEEP, "name": " "}, follow=True)

    assert "A name of up to 120 signs is needed" in text(response)
    assert not SavedQuestion.objects.exists()


def test_a_note_stands_in_the_trend_and_in_its_picture(bo, cy):
    bo.post("/explore/notes", {"day": "2026-06-03", "text": "Prices <up>", "back": "step=week"})

    page = cy.get("/explore?since=2026-05-01&until=2026-06-14&step=week")
    figures = json.loads(re.search(r'<script id="figures"[^>]*>(.*?)</script>', page.content.decode(), re.S).group(1))
    [mark] = figures["light"]["layout"]["annotations"]
    assert "1 3 June 2026 Prices &lt;up&gt; bo@example.com, just now" in text(page)
    assert mark["hovertext"] == "3 June: Prices &lt;up>"
    assert figures["light"]["layout"]["shapes"][0]["x0"] == "2026-06-01"  # where the point of its week stands


def test_a_note_of_another_time_is_not_shown(bo):
    bo.post("/explore/notes", {"day": "2025-06-03", "text": "Long ago"})

    assert "Long ago" not in text(bo.get("/explore?since=2026-05-01&until=2026-06-14"))


def test_only_who_wrote_it_takes_a_note_away(bo, cy):
    bo.post("/explore/notes", {"day": "2026-06-03", "text": "Prices up"})
    from kundskab.web.explore.models import Note

    [note] = Note.objects.all()
    assert cy.post(f"/explore/notes/{note.pk}/forgetting").status_code == 404
    assert bo.post(f"/explore/notes/{note.pk}/forgetting").status_code == 302
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    "said", [{"day": "never", "text": "x"}, {"day": "2026-06-03", "text": ""}, {"day": "0001-01-01", "text": "x"}]
)
def test_a_note_without_day_or_text_is_refused(bo, said):
    from kundskab.web.explore.models import Note

    assert "A note needs a day" in text(bo.post("/explore/notes", said, follow=True))
    assert not Note.objects.exists()


def test_a_stranger_keeps_nothing(stranger):
    assert stranger.post("/explore/saved/new", KEEP).status_code == 302
    assert stranger.get("/explore/saved").status_code == 302
    assert stranger.post("/explore/notes", {"day": "2026-06-03", "text": "x"}).status_code == 302
    from kundskab.web.explore.models import Note, SavedQuestion

    assert not SavedQuestion.objects.exists()
    assert not Note.objects.exists()
