"""Encounters, forms and facts of the invented company."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest

from kundskab import synthetic

pytestmark = pytest.mark.slow


def test_every_encounter_is_an_event_with_its_kind_and_channel(ask) -> None:
    fitting = ask("""
        SELECT count(*) FROM encounters n JOIN events e USING (event_id)
        WHERE e.action = 'Encounter' AND e.user_id = n.user_id AND e.category = n.kind AND e.channel = n.channel
          AND e.occurred_at = n.occurred_at AND e.object IS NULL
          AND e.properties->>'staff' = n.staff AND e.properties->>'research' = n.research
    """)

    assert (
        fitting
        == ask("SELECT count(*) FROM encounters")
        == ask("SELECT count(*) FROM events WHERE action = 'Encounter'")
    )
    assert fitting[0][0] > 100


@pytest.mark.slow
def test_what_was_said_stands_nowhere_in_the_events(ask, declaration) -> None:
    said = {one.words for one in declaration.encounters.said} | {one.reading for one in declaration.encounters.said}
    properties = {text for (text,) in ask("SELECT DISTINCT properties FROM events WHERE action = 'Encounter'")}

    assert not any(text.partition("{")[0][:30] in kept for text in said for kept in properties)
    assert ask("SELECT count(*) FROM encounters WHERE length(words) < 10 OR words LIKE '%{%' OR reading = ''") == [(0,)]


def test_staff_meet_people_in_their_own_ways(ask, declaration) -> None:
    for staff, kind in ask("SELECT DISTINCT staff, kind FROM encounters"):
        (one,) = [one for one in declaration.encounters.staff if one.name == staff]
        assert one.meets[kind] > 0


def test_meetings_become_rarer(large: synthetic.Company) -> None:
    at = large.encounters["occurred_at"].cast("int64").to_numpy()
    half = (large.story.start + large.story.until) / 2
    before, after = (at < half).sum(), (at >= half).sum()

    assert after < 0.8 * before
    # exp(-0.55 * 0.75 years) is 0.66, and fewer are still there
    assert after > 0.4 * before


def test_who_has_left_is_met_no_more(ask) -> None:
    assert ask("SELECT count(*) FROM encounters JOIN humans USING (user_id) WHERE occurred_at >= left_at") == [(0,)]


def test_returns_are_the_hardest_form_by_far(ask, company) -> None:
    errors = dict(
        ask("""
            SELECT object, count(*) FILTER (action = 'Form Error') /
                           count(*) FILTER (action IN ('Form Submitted', 'Form Abandoned'))
            FROM events WHERE category = 'form' GROUP BY 1
        """)
    )
    hardest = [name for name, is_hardest in ask("SELECT form, hardest FROM forms") if is_hardest]

    assert hardest == ["returns"]
    assert errors.pop("returns") > 2 * max(errors.values())


@pytest.mark.parametrize("action", ["Form Submitted", "Form Abandoned"])
def test_a_form_is_seen_before_it_ends(ask, action: str) -> None:
    unseen = ask(f"""
        SELECT count(*) FROM events e ANTI JOIN events v ON v.action = 'Form Viewed' AND v.object = e.object
             AND v.occasion = e.occasion AND v.occurred_at < e.occurred_at
        WHERE e.action = '{action}'
    """)

    assert unseen == [(0,)]
    assert ask(f"SELECT count(*) FROM events WHERE action = '{action}'")[0][0] > 30


def test_an_order_on_the_web_follows_a_sent_checkout(ask) -> None:
    orders, sent = ask("""
        SELECT (SELECT count(*) FROM events WHERE action = 'Order Completed' AND channel IN ('web', 'app')),
               (SELECT count(*) FROM events WHERE action = 'Form Submitted' AND object = 'checkout')
    """)[0]

    assert orders == sent


def test_a_question_says_truly_whether_we_knew(ask) -> None:
    wrong = ask("""
        SELECT count(*) FROM events e JOIN people p USING (user_id)
        WHERE e.action = 'Question Asked' AND e.properties->>'question' = 'phone'
          AND (e.properties->>'known')::BOOLEAN <> (p.phone IS NOT NULL)
          AND p.user_id NOT IN (SELECT second_user_id FROM humans WHERE second_user_id IS NOT NULL)
    """)
    known = ask("SELECT avg(((properties->>'known')::BOOLEAN)::INT) FROM events WHERE action = 'Question Asked'")[0][0]

    assert wrong == [(0,)]
    assert 0.3 < known < 0.9


@pytest.mark.slow
@pytest.mark.parametrize("fact", ["phone", "birth_year", "city", "shoe_size", "newsletter_topics"])
def test_as_many_tell_a_fact_as_declared(large: synthetic.Company, fact: str) -> None:
    share = large.declaration.facts.told[fact]
    told = 1 - large.people[fact].null_count / len(large.people)

    assert told == pytest.approx(share, abs=4 * sqrt(share * (1 - share) / len(large.people)))


def test_some_tell_it_anew_with_another_value(ask) -> None:
    changes, same, before = ask("""
        SELECT count(*), count(*) FILTER (f.shoe_size = p.shoe_size), count(*) FILTER (f.occurred_at < p.member_since)
        FROM facts f JOIN people p USING (user_id) WHERE f.shoe_size IS NOT NULL
    """)[0]

    assert ask("SELECT count(*) FROM facts")[0][0] > 20
    assert changes > 0
    assert same < changes
    assert before == 0


def test_nobody_could_be_rung_up_or_written_to(large: synthetic.Company) -> None:
    phones = [phone for phone in large.people["phone"].to_pylist() if phone]

    assert all(phone.startswith("+46 000 ") for phone in phones)
    assert all(code.startswith("00") for code in large.people["postcode"].to_pylist() if code)


def test_a_second_account_is_the_same_human_written_otherwise(ask) -> None:
    pairs = ask("""
        SELECT a.email = b.email, a.birth_year IS NOT DISTINCT FROM b.birth_year,
               a.first_name = b.first_name AND a.last_name = b.last_name
                   AND a.phone IS NOT DISTINCT FROM b.phone, a.member_since < b.member_since
        FROM humans h JOIN people a ON a.user_id = h.user_id JOIN people b ON b.user_id = h.second_user_id
    """)

    assert len(pairs) > 3
    assert all(not same_email and same_birth and later for same_email, same_birth, _, later in pairs)
    assert any(not same_name for _, _, same_name, _ in pairs)


def test_both_accounts_leave_traces_and_no_event_joins_them(ask) -> None:
    used = ask("SELECT count(DISTINCT user_id) FROM events WHERE user_id IN (SELECT second_user_id FROM humans)")
    assert used[0][0] > 3
    assert ask("""
        SELECT count(*) FROM devices a JOIN devices b USING (anonymous_id)
        JOIN humans h ON h.user_id = a.user_id AND h.second_user_id = b.user_id
    """) == [(0,)]  # fmt: skip


def test_a_shared_device_is_the_family_tablet(ask) -> None:
    shared = ask("SELECT any_value(kind), count(*) FROM devices GROUP BY anonymous_id HAVING count(*) > 1")

    assert {kind for kind, _ in shared} == {"tablet"}


def test_a_company_without_forms_or_meetings_has_none(declaration, until) -> None:
    bare = replace(declaration, forms=(), encounters=replace(declaration.encounters, per_year={}))

    company = synthetic.generate(bare, seed=1, people=60, until=until)
    actions = {action for table in company.events() for action in table["action"].unique().to_pylist()}

    assert not [action for action in actions if action.startswith(("Form", "Question", "Encounter"))]
    assert company.encounters.num_rows == company.forms.num_rows == 0
