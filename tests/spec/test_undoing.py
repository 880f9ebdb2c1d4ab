"""Joining by hand, and undoing: both persons have their events, facts and consents back."""

from __future__ import annotations

import pytest
from tests.spec.conftest import Story, groups

from kundskab.types import KundskabError

TWO = """
    key    | deed     | who | device | more
    -------+----------+-----+--------+------------
    server | identify | ann | d1     | city=Oslo
    server | Ordered  | ann | d1     |
    server | identify | bo  | d2     | city=Bergen
    server | Returned | bo  | d2     |
    """


@pytest.mark.slow
def test_a_human_joins_two_user_ids_and_parts_them_months_after(story: Story) -> None:
    told = story(TWO)
    apart = (told.seen("ann"), told.seen("bo"), told.facts("ann"), told.facts("bo"))

    told.join("ann", "bo")
    joined = told.persons()
    told.tell("key | deed | who | device\n---\nserver | wait 120 | |\nserver | Visited | bo | d2")
    together = told.seen("ann")
    told.undo("ann", "bo")

    assert joined == groups("ann d1 bo d2")
    assert together == sorted([*apart[0], *apart[1], "Visited"])
    assert told.persons() == groups("ann d1 + bo d2")
    assert (told.seen("ann"), told.seen("bo")) == (apart[0], sorted([*apart[1], "Visited"]))
    assert (told.facts("ann"), told.facts("bo")) == apart[2:]


@pytest.mark.slow
def test_refusals_hold_for_both_while_joined_and_go_back_to_whom_they_belong(story: Story) -> None:
    told = story(TWO)
    told.join("ann", "bo")

    told.house.says("bo", "object")
    together = (told.seen("ann"), told.seen("bo"))
    told.undo("ann", "bo")

    assert together == ([], [])
    assert told.seen("ann") == ["Ordered", "identified"]
    assert told.seen("bo") == []


@pytest.mark.slow
def test_a_grant_stays_with_whom_it_was_given_by(story: Story) -> None:
    told = story(TWO)
    told.house.desk.create_source("web", purposes=["marketing"], basis="consent", no_signal="no_grant", who="Cy")
    told.tell("key | deed | who | device\n---\nserver | Opened | ann | d1\nserver | Opened | bo | d2")
    told.house.says("ann", "grant", "marketing")

    told.join("ann", "bo")

    assert told.seen("ann", "marketing") == ["Opened"]  # hers alone, though his are hers now


@pytest.mark.slow
def test_an_undone_link_does_not_return_by_the_same_event(story: Story) -> None:
    told = story("key | deed | who | device\n---\nbrowser | identify | ann | d1")

    told.undo("ann", "d1")
    told.tell("key | deed | who | device\n---\nbrowser | identify | ann | d1\nbrowser | Viewed | ann | d1")
    parted = told.persons()
    told.join("ann", "d1")

    assert parted == groups("ann + d1")
    assert told.persons() == groups("ann d1")


def test_undoing_undoes_every_link_of_the_two(story: Story) -> None:
    told = story("key | deed | who | device\n---\nbrowser | identify | ann | d1\nserver | identify | ann | d1")

    parted = told.house.desk.linking.undo(told.link("ann", "d1"), who="Cy", reason="a borrowed phone")

    assert (len(parted.undone), parted.apart) == (2, True)


@pytest.mark.slow
def test_users_whom_a_human_joined_share_their_devices(story: Story) -> None:
    told = story("key | deed | who | device\n---\nbrowser | identify | ann | d1\nbrowser | identify | annjob | d1")
    before = told.persons()

    told.join("ann", "annjob")
    joined = told.persons()
    told.undo("ann", "annjob")

    assert joined == groups("ann annjob d1")
    assert told.persons() == before == groups("ann + annjob + d1")


@pytest.mark.slow
def test_an_undone_link_cannot_be_undone_again(story: Story) -> None:
    told = story("key | deed | who | device\n---\nbrowser | identify | ann | d1")
    number = told.link("ann", "d1")
    told.undo("ann", "d1")

    with pytest.raises(KundskabError, match="undone before"):
        told.house.desk.linking.undo(number, who="Cy", reason="again")


@pytest.mark.slow
def test_each_deed_is_audited_for_both(story: Story) -> None:
    told = story(TWO)
    told.join("ann", "bo")
    told.undo("ann", "bo")

    for name in ("ann", "bo"):
        actions = [row.action for row in told.house.home.vault.audit_rows(subject=told.person(name))]
        assert actions == ["undo link", "join"]
