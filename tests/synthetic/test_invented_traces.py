"""Who leaves which trace when: nobody acts before they are there, and no identifier is used before its time."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

pytestmark = pytest.mark.slow

FOLLOWS_LATER = (
    "('Order Refunded', 'Review Written', 'Ticket Opened', 'Ticket Answered', 'Ticket Closed', 'Mailing Sent')"
)


@pytest.mark.slow
def test_every_event_has_its_own_id_and_somebody_who_did_it(ask, events: pa.Table) -> None:
    assert pc.count_distinct(events["event_id"]).as_py() == events.num_rows
    assert ask("SELECT count(*) FROM events WHERE user_id IS NULL AND anonymous_id IS NULL") == [(0,)]


def test_events_come_in_time_order_within_the_story(company, events: pa.Table) -> None:
    at = events["occurred_at"].cast(pa.int64()).to_numpy()

    assert (at[1:] >= at[:-1]).all()
    assert company.story.start <= at[0]
    assert at[-1] < company.story.until


def test_nobody_acts_on_a_device_before_its_first_use(ask) -> None:
    early = ask("""
        SELECT count(*) FROM events e
        LEFT JOIN (SELECT anonymous_id, min(first_at) AS first_at FROM devices GROUP BY 1) d USING (anonymous_id)
        WHERE e.anonymous_id IS NOT NULL AND (d.first_at IS NULL OR e.occurred_at < d.first_at)
    """)

    assert early == [(0,)]


def test_a_user_id_stands_only_on_devices_its_person_uses_and_after_signing_up(ask) -> None:
    assert ask("""
        SELECT count(*) FROM events e ANTI JOIN devices d ON d.user_id = e.user_id AND d.anonymous_id = e.anonymous_id
             AND d.first_at <= e.occurred_at
        WHERE e.user_id IS NOT NULL AND e.anonymous_id IS NOT NULL
    """) == [(0,)]
    assert ask("""
        SELECT count(*) FROM events e LEFT JOIN people p USING (user_id)
        WHERE e.user_id IS NOT NULL AND (p.member_since IS NULL OR e.occurred_at < p.member_since)
    """) == [(0,)]


def test_everybody_new_makes_one_account_at_the_time_the_people_table_tells(ask, company) -> None:
    start = company.story.start
    newcomers = ask(f"SELECT count(*) FROM people WHERE epoch_us(member_since) >= {start}")
    fitting = ask("""
        SELECT count(*) FROM events e JOIN people p USING (user_id)
        WHERE action = 'Account Created' AND occurred_at BETWEEN member_since AND member_since + INTERVAL 1 MINUTE
    """)

    assert ask("SELECT count(*) FROM events WHERE action = 'Account Created'") == newcomers == fitting
    assert newcomers[0][0] > 100


def test_anonymous_first_visits_are_identified_later(ask) -> None:
    became_known = ask("""
        SELECT count(*) FROM (SELECT anonymous_id FROM events WHERE anonymous_id IS NOT NULL GROUP BY 1
        HAVING min(occurred_at) FILTER (user_id IS NULL) < min(occurred_at) FILTER (user_id IS NOT NULL))
    """)

    assert became_known[0][0] > 50


def test_some_never_tell_who_they_are(ask) -> None:
    strangers, humans = ask("SELECT count(*) FILTER (user_id IS NULL), count(*) FROM humans")[0]

    assert 0.10 < strangers / humans < 0.30


@pytest.mark.slow
def test_people_use_several_devices_and_a_few_devices_are_shared(large) -> None:
    devices = large.devices
    users = devices.group_by("anonymous_id").aggregate([("person", "count")])["person_count"].to_numpy()
    owners = pc.sum(devices["owner"].cast(pa.int64())).as_py()

    assert 1.2 < len(devices) / len(large.humans) < 2.2
    assert 0.005 < (users > 1).mean() < 0.04
    assert owners == len(users)


def test_whoever_has_left_does_nothing_more_by_themselves(ask) -> None:
    after = ask(f"""
        SELECT action, count(*) FROM events e JOIN humans h USING (user_id)
        WHERE e.occurred_at >= h.left_at + INTERVAL 2 HOUR AND action NOT IN {FOLLOWS_LATER} GROUP BY 1
    """)

    # taking back a consent needs no visit; whoever has left still may
    assert [action for action, _ in after] in ([], ["Unsubscribed"])
    assert ask("SELECT count(*) FROM humans WHERE left_at < TIMESTAMPTZ '2026-11-22'")[0][0] > 50


def test_the_shop_knows_people_by_their_card_when_it_is_open(ask) -> None:
    at_till = ask("""
        SELECT count(*) FILTER (anonymous_id IS NOT NULL), min(hour(occurred_at)), max(hour(occurred_at)), count(*)
        FROM events WHERE channel = 'shop'
    """)[0]

    assert at_till[0] == 0
    assert at_till[1] == 10
    assert at_till[2] <= 19  # who came in before seven may pay after
    assert at_till[3] > 300


def test_a_ticket_is_opened_then_answered_then_closed(ask) -> None:
    disordered = ask("""
        SELECT count(*) FROM (SELECT occasion,
            min(occurred_at) FILTER (action = 'Ticket Opened') AS opened,
            min(occurred_at) FILTER (action = 'Ticket Answered') AS answered,
            min(occurred_at) FILTER (action = 'Ticket Closed') AS closed
        FROM events WHERE channel = 'support' GROUP BY 1)
        WHERE opened IS NULL OR answered <= opened OR closed <= answered OR (closed IS NOT NULL AND answered IS NULL)
    """)

    assert disordered == [(0,)]


def test_addresses_are_invented_and_differ(large) -> None:
    emails = large.people["email"].to_pylist()

    assert all(email.endswith(("@example.com", "@example.org")) and email.isascii() for email in emails)
    assert len(set(emails)) == len(emails)
