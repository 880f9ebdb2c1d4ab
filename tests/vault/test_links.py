"""Links and their undoing are records; nothing is overwritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from kundskab.types import KundskabError
from kundskab.vault import Link, Vault


@pytest.fixture
def link(vault: Vault, ann: str, now: datetime) -> Link:
    with vault.transaction() as tx:
        device = vault.tokens(tx, [("anonymous_id", "9f2")], now)[0]
    return Link(ann, device, "claimed", "identify", "web", now, position="00:17")


def test_a_link_is_recorded_once_however_often_it_is_said(vault: Vault, link: Link) -> None:
    turned = replace(link, a=link.b, b=link.a, position="00:18")

    with vault.transaction() as tx:
        first = vault.add_links(tx, [link, turned])
        again = vault.add_links(tx, [turned])
        found = vault.links_of(tx, [link.a])

    assert (first, again) == ({link.a, link.b}, set())
    assert [(one.evidence, one.source, one.at, one.position) for one in found] == [
        ("identify", "web", link.at, "00:17")
    ]


def test_a_stronger_kind_is_another_link(vault: Vault, link: Link) -> None:
    with vault.transaction() as tx:
        vault.add_links(tx, [link])
        touched = vault.add_links(tx, [replace(link, kind="verified")])
        kinds = [one.kind for one in vault.links_of(tx, [link.b])]

    assert touched == {link.a, link.b}
    assert kinds == ["claimed", "verified"]


def test_an_actor_is_not_linked_with_itself(vault: Vault, link: Link) -> None:
    with vault.transaction() as tx:
        assert vault.add_links(tx, [replace(link, b=link.a)]) == set()


def test_an_undone_link_no_longer_stands_but_is_remembered(vault: Vault, link: Link) -> None:
    later = link.at + timedelta(days=1)
    number = _add(vault, link)

    with vault.transaction() as tx:
        touched = vault.undo_link(tx, number, by="bo", reason="two sisters", at=later)
        again = vault.undo_link(tx, number, by="cy", reason="again", at=later)
        standing = vault.links_of(tx, [link.a])
        (undone,) = vault.undone_links_of(tx, [link.a])

    assert (touched, again, standing) == ({link.a, link.b}, set(), [])
    assert (undone.link.id, undone.by, undone.reason, undone.at) == (number, "bo", "two sisters", later)


def test_an_event_does_not_join_again_what_somebody_undid(vault: Vault, link: Link, now: datetime) -> None:
    number = _add(vault, link)

    with vault.transaction() as tx:
        vault.undo_link(tx, number, by="bo", reason="two sisters", at=now)
        touched = vault.add_links(tx, [replace(link, position="00:99")])

        assert (touched, vault.links_of(tx, [link.a])) == (set(), [])


def test_a_human_may_join_again_by_a_manual_link(vault: Vault, link: Link, now: datetime) -> None:
    manual = replace(link, kind="manual", by="bo")
    number = _add(vault, manual)

    with vault.transaction() as tx:
        vault.undo_link(tx, number, by="bo", reason="a mistake", at=now)
        touched = vault.add_links(tx, [manual])

        assert touched == {link.a, link.b}
        assert len(vault.links_of(tx, [link.a])) == 1


def test_undoing_a_link_that_is_not_there_is_refused(vault: Vault, now: datetime) -> None:
    with pytest.raises(KundskabError, match="no link 17"), vault.transaction() as tx:
        vault.undo_link(tx, 17, by="bo", reason="", at=now)


def test_the_links_number_grows_with_every_change_and_only_then(vault: Vault, link: Link, now: datetime) -> None:
    numbers = [vault.links_seq()]
    number = _add(vault, link)
    numbers.append(vault.links_seq())
    with vault.transaction() as tx:
        vault.add_links(tx, [link])
    numbers.append(vault.links_seq())
    with vault.transaction() as tx:
        vault.undo_link(tx, number, by="bo", reason="", at=now)
    numbers.append(vault.links_seq())

    assert numbers[0] < numbers[1] == numbers[2] < numbers[3]


@pytest.mark.slow
def test_links_of_many_actors_come_once_each(vault: Vault, now: datetime) -> None:
    actors = [f"{n:012d}" for n in range(25_000)]  # more than one IN list holds
    chain = [Link(a, b, "claimed", "alias", None, now) for a, b in pairwise(actors)]

    with vault.transaction() as tx:
        vault.add_links(tx, chain)
        found = vault.links_of(tx, actors)

    assert len(found) == len({link.id for link in found}) == len(chain)


def _add(vault: Vault, link: Link) -> int:
    with vault.transaction() as tx:
        vault.add_links(tx, [link])
        number = vault.links_of(tx, [link.a])[0].id
    assert number is not None
    return number
