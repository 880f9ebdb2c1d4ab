"""Months, visits, and pages that lose nothing between them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from tests.web.fake_desk import NOW, event

from kundskab.web.people import timeline
from kundskab.web.people.templatetags.deeds import sentence

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def fetch_from(rows):
    newest_first = sorted(rows, key=lambda row: row.occurred_at, reverse=True)
    return lambda before, limit: [row for row in newest_first if before is None or row.occurred_at < before][:limit]


def walk(fetch, size):
    seen, before = [], None
    while True:
        rows, before = timeline.page(fetch, before=before, size=size)
        seen += [row.ingested_seq for row in rows]
        if before is None:
            return seen


def said(visit):
    return "; ".join(map(str, visit.deeds))


def test_it_shows_every_event_once_over_all_pages():
    for apart in (MINUTE, DAY, 9 * DAY):
        rows = [event(n, occurred_at=NOW - n * apart) for n in range(45)]

        assert walk(fetch_from(rows), 10) == list(range(45))


def test_it_never_tears_events_of_one_moment_apart():
    # As in files that know only the day: three days with 1, 30 and 4 events.
    moments = [NOW] + [NOW - DAY] * 30 + [NOW - 2 * DAY] * 4
    rows = [event(n, occurred_at=moment) for n, moment in enumerate(moments)]

    assert sorted(walk(fetch_from(rows), 10)) == list(range(35))


def test_a_page_ends_with_a_month_where_it_can():
    rows = [event(n, occurred_at=NOW - n * DAY) for n in range(40)]  # 15 in June, then May and April

    shown, before = timeline.page(fetch_from(rows), size=20)

    assert [row.ingested_seq for row in shown] == list(range(15))
    assert before == shown[-1].occurred_at


def test_months_follow_the_workspace_clock():
    late = datetime(2026, 5, 31, 22, 30, tzinfo=UTC)  # already June in Stockholm

    with timezone.override(ZoneInfo("Europe/Stockholm")):
        [chapter] = timeline.chapters([event(occurred_at=late)])

    assert chapter.month.isoformat() == "2026-06-01"


def test_a_visit_is_one_sentence_and_ends_with_half_an_hour_of_silence():
    rows = [
        event(4, occurred_at=NOW, action="Signed In", object=None, category=None),
        event(3, occurred_at=NOW - 40 * MINUTE, action="Product Added", category=None),
        event(2, occurred_at=NOW - 50 * MINUTE, object="Fell stove", category="stoves"),
        event(1, occurred_at=NOW - 55 * MINUTE),
    ]

    later, earlier = timeline.visits(rows)

    assert said(later) == "signed in"
    assert said(earlier) == "viewed Tarn 2 tent and Fell stove in tents and stoves; put Tarn 2 tent in the cart"
    assert (earlier.minutes, earlier.where) == (15, "web")


def test_it_counts_what_a_sentence_cannot_name():
    rows = [event(n, object=f"Tent {n}", category=None, occurred_at=NOW + n * MINUTE) for n in range(6)]
    again = [event(n, action="Products Searched", object=None, category=None) for n in range(3)]

    [many] = timeline.visits(list(reversed(rows)))
    [thrice] = timeline.visits(again)

    assert said(many) == "viewed Tent 0, Tent 1 and 4 more"
    assert said(thrice) == "searched 3 times"


def test_the_lines_of_an_order_are_one_sum_and_what_came_back_is_told_apart():
    line = {"action": "purchase", "category": None, "currency": "GBP", "occasion": "order 1"}
    rows = [
        event(3, **line | {"object": "Pen", "quantity": -1, "value": Decimal(-2), "occasion": "return 1"}),
        event(2, **line, object="Ink", quantity=2, value=Decimal("7.50")),
        event(1, **line, object="Pen", value=Decimal(4)),
    ]

    [chapter] = timeline.chapters(rows)

    assert [sentence(visit) for visit in chapter.visits] == [
        "Bought <strong>Pen and 2 × Ink</strong> for 11.50 GBP; sent back <strong>Pen</strong>: 2.00 GBP back."
    ]
    assert chapter.told == "1 visit, 1 order for 11.50 GBP and 2.00 GBP back"


def test_money_of_two_currencies_is_not_added():
    rows = [
        event(n, action="purchase", value=Decimal(n), currency=currency) for n, currency in ((2, "SEK"), (1, "EUR"))
    ]

    assert timeline.total(rows) == "2.00 SEK and 1.00 EUR"


def test_what_we_sent_them_is_no_visit():
    mailing = event(2, action="Mailing Sent", object="Week 24", category="mailing", occurred_at=NOW - 5 * MINUTE)

    ours, theirs = sorted(timeline.visits([event(3, occurred_at=NOW), mailing]), key=lambda visit: not visit.ours)

    assert (ours.ours, said(ours)) == (True, "was sent Week 24")
    assert (theirs.ours, len(theirs.rows)) == (False, 1)


def test_a_whole_month_says_what_happened_in_it():
    order = event(9, action="Order Completed", object=None, quantity=3, value=Decimal(1204), currency="SEK")
    rows = [order, event(8, occurred_at=NOW - DAY), event(7, action="Mailing Sent", occurred_at=NOW - 2 * DAY)]

    [chapter] = timeline.chapters(rows)

    assert chapter.told == "2 visits, 1 order for 1,204.00 SEK and 1 message from us"


def test_a_month_cut_by_a_page_claims_no_sums_and_repeats_no_heading():
    [cut] = timeline.chapters([event(2, occurred_at=NOW)], before=NOW)
    [rest] = timeline.chapters([event(1, occurred_at=NOW - DAY)], after=NOW)

    assert (cut.told, cut.continued) == ("", False)
    assert (rest.told, rest.continued) == ("", True)
