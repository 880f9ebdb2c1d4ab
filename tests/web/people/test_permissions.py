"""What a person allows, in words."""

import pytest
from tests.web.fake_desk import NOW

from kundskab.pipeline.answers import ConsentRow
from kundskab.web.people.permissions import whence, words


def consent(allowed, status, *, since=NOW, source="web", basis="consent", notice="2"):
    return ConsentRow("analytics", allowed, status, since, source, basis, notice)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (consent(True, "grant"), "Yes, since 15 June 2026"),
        (consent(True, None, since=None, basis="legitimate_interests"), "Yes, on the basis of legitimate interests"),
        (consent(False, "refuse"), "No: refused on 15 June 2026"),
        (consent(False, "withdraw"), "No: withdrawn on 15 June 2026"),
        (consent(False, "object"), "No: objected on 15 June 2026"),
        (consent(False, "grant"), "Only with the events that said so: we cannot be sure that it was them"),
        (consent(False, None, since=None), "No: never asked, or never answered"),
    ],
)
def test_it_says_yes_or_no_and_since_when(row, said):
    assert words(row) == said


def test_it_says_where_we_have_it_from():
    assert whence(consent(True, "grant")) == "from web, notice 2"
    assert whence(consent(False, None, source=None, notice=None)) == ""
