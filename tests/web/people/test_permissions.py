"""What a person allows, in words."""

from dataclasses import replace

import pytest
from tests.web.fake_desk import NOW

from kundskab.pipeline.answers import ConsentRow
from kundskab.web.people.permissions import told, whence, words


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


def test_what_was_declared_of_a_file_is_told_as_such():
    row = replace(consent(True, None, since=None, source=None, basis="legitimate_interests"), declared=("orders",))

    assert words(row) == "Yes for what came from orders, on the basis of legitimate interests; nobody was asked"
    assert told([row]).said == (
        "What came from orders may be used for analytics without asking: "
        "it was declared to rest on legitimate interests."
    )
    assert told([row]).denied == ""


def test_several_purposes_of_the_law_are_told_in_the_plural():
    rows = [
        replace(consent(True, None, since=None, basis="contract"), purpose=name) for name in ("necessary", "billing")
    ]

    assert told(rows).said.endswith("for the purposes “necessary” and “billing”.")
