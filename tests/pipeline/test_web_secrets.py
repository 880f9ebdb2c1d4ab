"""Secrets of the pages at rest: sealed with the key file, which lies elsewhere."""

from __future__ import annotations

import pytest
from tests.house import House

from kundskab.pipeline.home import Home
from kundskab.pipeline.web_secrets import is_sealed_by_active, seal, unseal
from kundskab.types import KundskabError

SECRET = "JBSWY3DPEHPK3PXP"


def test_what_was_sealed_opens_again_and_says_nothing_closed(house: House) -> None:
    sealed = seal(house.home, SECRET)

    assert SECRET not in sealed
    assert unseal(house.home, sealed) == SECRET


def test_the_same_secret_is_never_sealed_the_same_way_twice(house: House) -> None:
    assert seal(house.home, SECRET) != seal(house.home, SECRET)


def test_a_rotated_key_opens_what_the_older_one_sealed_and_knows_it_for_old(house: House) -> None:
    sealed = seal(house.home, SECRET)
    house.home.keys.with_new_pair(now=house.now)

    with Home.open(house.home.folder) as later:
        assert unseal(later, sealed) == SECRET
        assert not is_sealed_by_active(later, sealed)
        assert is_sealed_by_active(later, seal(later, SECRET))


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-6] + "AAAAA=", lambda text: "0000" + text[4:], lambda _: SECRET]
)
def test_what_was_changed_or_never_sealed_does_not_open(house: House, damage) -> None:
    with pytest.raises(KundskabError):
        unseal(house.home, damage(seal(house.home, SECRET)))
