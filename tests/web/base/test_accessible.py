"""What a screen reader needs on every page: one title, labelled fields, headed tables, ids that are unique."""

from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from tests.web.fake_desk import ANN_TOKEN

pytestmark = pytest.mark.slow

PAGES = [
    "/",
    "/events",
    "/events/quarantine",
    "/people",
    f"/people/{ANN_TOKEN}",
    "/people/nobody",
    "/settings/sources",
    "/status",
    "/account",
    "/account/password/first",
    "/sign-out",
    "/nowhere",
]


class Page(HTMLParser):
    """Elements in order, as (tag, attributes)."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.open = Counter()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        inside = {outer for outer, times in self.open.items() if times}
        self.elements.append((tag, dict(attrs), inside))
        if tag not in {"input", "meta", "link", "img", "br", "hr"}:
            self.open[tag] += 1

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), set()))

    def handle_endtag(self, tag):
        self.open[tag] -= 1

    def all(self, *tags):
        return [(attrs, inside) for tag, attrs, inside in self.elements if tag in tags]


@pytest.fixture(params=PAGES)
def page(request, ann):
    return Page(ann.get(request.param).content.decode())


def test_it_has_one_heading_of_the_first_rank_and_a_language(page):
    assert len(page.all("h1")) == 1
    assert page.all("html")[0][0]["lang"] == "en"


@pytest.mark.slow
def test_its_headings_skip_no_rank(page):
    ranks = [int(tag[1]) for tag, _, _ in page.elements if tag in {"h1", "h2", "h3", "h4"}]

    assert all(later <= earlier + 1 for earlier, later in pairwise(ranks))


def test_its_ids_are_unique_and_what_points_at_them_finds_them(page):
    ids = Counter(attrs["id"] for _, attrs, _ in page.elements if "id" in attrs)
    named = " ".join(
        attrs.get(pointer, "")
        for _, attrs, _ in page.elements
        for pointer in ("aria-labelledby", "aria-describedby", "for")
    )

    assert [name for name, times in ids.items() if times > 1] == []
    assert set(named.split()) <= set(ids)


def test_every_field_has_a_label(page):
    labelled = {attrs["for"] for attrs, _ in page.all("label") if "for" in attrs}

    for attrs, inside in page.all("input", "select", "textarea"):
        assert attrs.get("type") == "hidden" or "hidden" in attrs or attrs.get("id") in labelled or "label" in inside, (
            attrs
        )


def test_its_tables_say_what_their_columns_and_rows_are(page):
    for attrs, _ in page.all("th"):
        assert attrs.get("scope") in {"col", "row"}


def test_its_pictures_have_words_or_are_said_to_need_none(page):
    for attrs, inside in page.all("svg"):
        assert attrs.get("aria-hidden") == "true" or "aria-labelledby" in attrs or "ul" in inside
    for attrs, _ in page.all("img"):
        assert "alt" in attrs


def test_the_sign_in_page_is_no_worse(stranger):
    page = Page(stranger.get("/sign-in").content.decode())

    test_it_has_one_heading_of_the_first_rank_and_a_language(page)
    test_every_field_has_a_label(page)
