from __future__ import annotations

from math import sqrt

import pyarrow as pa
import pyarrow.compute as pc
import pytest


def test_a_banner_is_answered_before_anything_happens_on_the_device(ask) -> None:
    late = ask("""
        SELECT count(*) FROM (SELECT anonymous_id, min(occurred_at) AS first_at FROM events
                              WHERE anonymous_id IS NOT NULL GROUP BY 1) e
        JOIN (SELECT anonymous_id, min(occurred_at) AS stated_at FROM consents GROUP BY 1) c USING (anonymous_id)
        WHERE stated_at > first_at
    """)

    assert late == [(0,)]


def test_a_form_is_answered_before_the_first_event_with_the_user_id(ask) -> None:
    late = ask("""
        SELECT count(*) FROM (SELECT user_id, min(occurred_at) AS first_at FROM events GROUP BY 1) e
        LEFT JOIN (SELECT user_id, min(occurred_at) AS stated_at FROM consents GROUP BY 1) c USING (user_id)
        WHERE e.user_id IS NOT NULL AND (stated_at IS NULL OR stated_at > first_at)
    """)

    assert late == [(0,)]


def test_either_the_account_or_the_device_speaks(ask) -> None:
    assert ask("SELECT count(*) FROM consents WHERE (user_id IS NULL) = (anonymous_id IS NULL)") == [(0,)]


@pytest.mark.slow
@pytest.mark.parametrize("place", ["banner", "sign_up"])
def test_as_many_grant_as_were_declared(large, declaration, place: str) -> None:
    question = getattr(declaration.consents, place)
    sources = {"banner": ["cookie banner"], "sign_up": ["sign-up form", "sign-up in the shop"]}[place]
    asked = large.consents.filter(pc.is_in(large.consents["source"], value_set=pa.array(sources)))

    for answer in question.answers:
        said = asked.filter(pc.equal(asked["purpose"], answer.purpose))["status"].to_pylist()
        share = said.count("grant") / len(said)
        # one person answers on several devices and leans the same way on all: count two answers as one
        error = 4 * sqrt(answer.grant * (1 - answer.grant) / (len(said) / 2))
        assert set(said) == {"grant", "refuse"}
        assert share == pytest.approx(answer.grant, abs=error), answer.purpose


def test_some_close_the_banner_without_an_answer(large, declaration) -> None:
    stated = pc.count_distinct(large.consents["anonymous_id"]).as_py()
    devices = pc.count_distinct(large.devices["anonymous_id"]).as_py()

    assert stated / devices == pytest.approx(declaration.consents.banner.answered, abs=0.01)


@pytest.mark.slow
def test_one_persons_answers_hang_together(large) -> None:
    members = large.consents.filter(pc.starts_with(large.consents["source"], "sign-up")).select(
        ["user_id", "purpose", "status"]
    )
    said: dict[str, set[str]] = {"analytics": set(), "marketing": set()}
    for user, purpose, status in zip(*(members[name].to_pylist() for name in members.column_names), strict=True):
        if purpose in said and status == "grant":
            said[purpose].add(user)
    members_count = len(large.people)
    by_chance = len(said["analytics"]) * len(said["marketing"]) / members_count

    assert len(said["analytics"] & said["marketing"]) > 1.1 * by_chance


def test_a_withdrawal_follows_a_grant(ask) -> None:
    groundless = ask("""
        SELECT count(*) FROM consents w ANTI JOIN consents g ON g.status = 'grant' AND g.purpose = w.purpose
             AND g.occurred_at < w.occurred_at
             AND g.user_id IS NOT DISTINCT FROM w.user_id AND g.anonymous_id IS NOT DISTINCT FROM w.anonymous_id
        WHERE w.status = 'withdraw'
    """)

    assert groundless == [(0,)]
    assert ask("SELECT count(*) FROM consents WHERE status = 'withdraw'")[0][0] > 50


def test_mail_goes_only_to_those_who_allow_it_at_that_time(ask) -> None:
    unwanted = ask("""
        SELECT count(*) FROM (
            SELECT m.event_id, arg_max(c.status, c.occurred_at) AS latest
            FROM events m LEFT JOIN consents c ON c.user_id = m.user_id AND c.purpose = 'marketing'
                 AND c.occurred_at <= m.occurred_at
            WHERE m.action = 'Mailing Sent' GROUP BY 1)
        WHERE latest IS DISTINCT FROM 'grant'
    """)

    assert unwanted == [(0,)]
    assert ask("SELECT count(*) FROM events WHERE action = 'Mailing Sent'")[0][0] > 2000


def test_whoever_unsubscribes_withdraws_in_the_same_moment(ask) -> None:
    unsubscribed = ask("SELECT count(*) FROM events WHERE action = 'Unsubscribed'")
    withdrawn = ask("""
        SELECT count(*) FROM events e JOIN consents c USING (user_id, occurred_at)
        WHERE e.action = 'Unsubscribed' AND c.status = 'withdraw' AND c.purpose = 'marketing'
          AND c.source = 'unsubscribe link'
    """)

    assert unsubscribed == withdrawn
    assert unsubscribed[0][0] > 5


def test_every_statement_tells_where_it_was_made_and_what_was_shown(ask) -> None:
    bare = ask("""
        SELECT count(*) FROM consents WHERE source IS NULL OR channel IS NULL OR notice_version IS NULL
           OR json_extract_string(proof, '$.shown') IS NULL
    """)
    versions = ask("SELECT notice_version FROM consents GROUP BY 1 ORDER BY min(occurred_at)")

    assert bare == [(0,)]
    assert versions == [("2018-1",), ("2025-1",), ("2026-1",)]
