"""Days, occasions, and pages that lose nothing between them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from tests.web.fake_desk import NOW, event

from kundskab.web.people import timeline


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


def test_it_shows_every_event_once_over_all_pages():
    rows = [event(n, occurred_at=NOW - timedelta(minutes=n)) for n in range(25)]

    assert walk(fetch_from(rows), 10) == list(range(25))


def test_it_never_tears_events_of_one_moment_apart():
    # As in files that know only the day: three days with 1, 30 and 4 events.
    moments = [NOW] + [NOW - timedelta(days=1)] * 30 + [NOW - timedelta(days=2)] * 4
    rows = [event(n, occurred_at=moment) for n, moment in enumerate(moments)]

    assert sorted(walk(fetch_from(rows), 10)) == list(range(35))


def test_days_follow_the_workspace_clock():
    late = datetime(2026, 6, 14, 22, 30, tzinfo=UTC)  # already Monday in Stockholm

    with timezone.override(ZoneInfo("Europe/Stockholm")):
        [day] = timeline.by_day([event(occurred_at=late)])

    assert day.day.isoformat() == "2026-06-15"


def test_it_groups_events_of_one_occasion():
    rows = [
        event(3, occasion="order 9"),
        event(2, occasion="visit 1"),
        event(1, occasion="visit 1"),
        event(0, occasion=None),
    ]

    [day] = timeline.by_day(rows)

    assert [(group.name, len(group.rows)) for group in day.occasions] == [("order 9", 1), ("visit 1", 2), (None, 1)]


def test_it_does_not_repeat_the_heading_of_a_day_that_goes_on():
    [day] = timeline.by_day([event(occurred_at=NOW - timedelta(hours=2))], after=NOW - timedelta(hours=1))

    assert day.continued
