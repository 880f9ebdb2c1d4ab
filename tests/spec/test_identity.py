"""Who is one person: stories told at the real door, and the persons that come of them."""

from __future__ import annotations

import pytest
from tests.house import identify
from tests.spec.conftest import Story, groups, people

pytestmark = pytest.mark.slow

STORIES = {
    "late identify: what she did before belongs to her": (
        """
        key     | deed     | who | device
        --------+----------+-----+-------
        browser | Viewed   |     | d1
        browser | Viewed   |     | d1
        browser | identify | ann | d1
        """,
        "ann d1",
    ),
    "cleared cookies: the new device is hers once she signs in": (
        """
        key     | deed     | who | device
        --------+----------+-----+-------
        browser | identify | ann | d1
        browser | Viewed   |     | d2
        browser | identify | ann | d2
        """,
        "ann d1 d2",
    ),
    "cleared cookies: and nobody's until then": (
        """
        key     | deed     | who | device
        --------+----------+-----+-------
        browser | identify | ann | d1
        browser | Viewed   |     | d2
        """,
        "ann d1 + d2",
    ),
    "shared tablet: it is nobody's": (
        """
        key     | deed     | who | device
        --------+----------+-----+-------
        browser | identify | ann | d1
        browser | identify | bo  | d1
        browser | identify | ann | d2
        """,
        "ann d2 + bo + d1",
    ),
    "logout and login of another user on one device": (
        """
        key     | deed     | who | device
        --------+----------+-----+-------
        browser | identify | ann | d1
        browser | Logout   | ann | d1
        browser | identify | bo  | d1
        browser | Viewed   | bo  | d1
        """,
        "ann + bo + d1",
    ),
    "logout with a reset: the next visitor is somebody else": (
        """
        key     | deed     | who | device
        --------+----------+-----+-------
        browser | identify | ann | d1
        browser | identify | bo  | d2
        """,
        "ann d1 + bo d2",
    ),
    "two accounts on one phone are two persons": (
        """
        key     | deed     | who    | device
        --------+----------+--------+-------
        server  | identify | ann    | d1
        server  | identify | annjob | d1
        browser | Viewed   |        | d1
        """,
        "ann + annjob + d1",
    ),
    "alias before identify": (
        """
        key     | deed     | who | device | more
        --------+----------+-----+--------+-----
        browser | alias    | ann |        | d1
        browser | identify | ann | d2     |
        """,
        "ann d1 d2",
    ),
    "an alias of one user id to another joins nobody": (
        """
        key     | deed     | who | device
        --------+----------+-----+-------
        server  | identify | ann | d1
        server  | identify | bo  | d2
        server  | identify | bo  | d1
        """,
        "ann + bo d2 + d1",
    ),
    "a former id that is somebody else's device joins neither": (
        """
        key     | deed     | who | device | more
        --------+----------+-----+--------+-----
        server  | identify | ann | d1     |
        server  | identify | bo  | d2     |
        browser | alias    | bo  |        | d1
        """,
        "ann + d1 + bo d2",
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_it_tells_who_is_one_person(name: str, story: Story) -> None:
    drawn, persons = STORIES[name]

    assert story(drawn).persons() == groups(persons)


@pytest.mark.parametrize(
    "nobody", [None, "", " ", "null", "NULL", "undefined", "None", "0", 0, "00000000-0000-0000-0000-000000000000",
               "anonymous", "Anonymous ", "guest", "[object Object]", "nan", "\u200bnull", "ｎｕｌｌ", [], {}, True],
)  # fmt: skip
def test_identifying_as_nobody_makes_no_person(nobody: object, story: Story) -> None:
    told = story("key | deed | who | device\n---\nbrowser | identify | ann | d1")

    for device in ("d2", "d3"):
        told.house.take(identify("x", device) | {"userId": nobody})

    told.names |= {"d2", "d3"}
    assert told.persons() == groups("ann d1 + d2 + d3")


def test_ten_thousand_devices_claimed_for_ann_neither_swallow_nor_part_anybody(story: Story) -> None:
    told = story("""
        key     | deed     | who | device
        --------+----------+-----+-------
        server  | identify | ann | d_ann
        server  | identify | bo  | d_bo
        """)
    claimed = [f"d{n}" for n in range(10_000)]

    for first in range(0, 10_000, 1_000):
        told.house.hear(*(identify("ann", device) for device in claimed[first : first + 1_000]))
        told.house.hear(identify("ann", "d_bo"))
    while told.house.digest().events:
        pass

    assert told.persons() == groups("ann d_ann + bo d_bo")
    told.names |= set(claimed[::500])
    assert told.persons() == groups("ann d_ann + bo d_bo") | people(claimed[::500])
    assert told.house.home.vault.members(told.person("ann")) == sorted(
        told.house.home.vault.find(kind, name) or "" for kind, name in (("user_id", "ann"), ("anonymous_id", "d_ann"))
    )


def test_one_device_claimed_for_ten_thousand_users_joins_none_of_them(story: Story) -> None:
    told = story("""
        key     | deed     | who | device
        --------+----------+-----+-------
        browser | identify | ann | d1
        """)

    for first in range(0, 10_000, 1_000):
        told.house.hear(*(identify(f"u{n}", "d1") for n in range(first, first + 1_000)))
    while told.house.digest().events:
        pass

    told.names |= {"u1", "u5000", "u9999"}
    assert told.persons() == people(["ann", "d1", "u1", "u5000", "u9999"])


def test_undone_claims_make_a_crowd_somebody_again(story: Story) -> None:
    told = story("key | deed | who | device\n---\nbrowser | identify | ann | d0")
    told.house.take(*(identify("ann", f"d{n}") for n in range(1, 101)))
    told.names |= {f"d{n}" for n in range(101)}
    crowd = told.persons()

    told.undo("ann", "d100")

    assert crowd == people(told.names)
    assert told.persons() == {frozenset(told.names - {"d100"}), frozenset({"d100"})}
