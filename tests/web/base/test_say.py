"""How numbers, money and times are said."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.web.fake_desk import NOW

from kundskab.web.base.templatetags import say


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (1204, "1,204"), (1.5, "1.5"), (-2.0, "-2"), (0.25, "0.25"), (1e6, "1,000,000"), (None, "–")],
)
def test_numbers(number, said):
    assert say.count(number) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1204", "1,204.00 SEK"),
        ("0.5", "0.50 SEK"),
        ("0.1234", "0.1234 SEK"),
        ("-9.995", "-9.995 SEK"),
        ("1204.0000", "1,204.00 SEK"),
    ],
)
def test_money_is_never_rounded_away(value, said):
    assert say.money(Decimal(value), "SEK") == said


@pytest.mark.parametrize(
    ("back", "said"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=13), "13 days ago"),
        (timedelta(days=20), "2 weeks ago"),
        (timedelta(days=90), "3 months ago"),
        (timedelta(days=5000), "13 years ago"),
    ],
)
def test_how_long_ago(back, said):
    assert say.ago(NOW - back) == said


def test_a_time_says_as_much_as_tells_it_apart():
    assert say.at(NOW) == "12:00:00"
    assert say.at(NOW - timedelta(days=2)) == "13 Jun 12:00"
    assert say.at(datetime(2011, 12, 9, 12, tzinfo=UTC)) == "9 Dec 2011"


def test_lists():
    assert [say.listed(words) for words in ([], ["web"], ["web", "app"], "abc")] == [
        "",
        "web",
        "web and app",
        "a, b and c",
    ]
