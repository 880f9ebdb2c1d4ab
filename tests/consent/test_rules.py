"""The permission rule: every row of the drawn table, then properties over drawn ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.drawn import drawn

from kundskab.consent.rules import Bits, permission_bits
from kundskab.people import resolve

MASKS = {"marketing": 1, "research": 2}


@dataclass(frozen=True)
class Told:
    """A statement at a minute of one day."""

    actor: str
    status: str
    strength: str
    minute: int
    purpose: str = "marketing"

    @property
    def at(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=self.minute)


@dataclass(frozen=True)
class Joined:
    a: str
    b: str
    kind: str


# "u+3" u grants at minute 3, verified; "-" refuses, "w" withdraws, "o" objects; a trailing ? makes it claimed.
# Links: "d~u" claimed, "d=u" verified, "d#u" by hand.  Then who is granted, and who is denied.
CASES = {
    "nothing was said": ("", "", "", ""),
    "she agrees": ("u+1", "", "u", ""),
    "she agrees and withdraws": ("u+1 uw2", "", "", "u"),
    "she withdraws and agrees again": ("u+1 uw2 u+3", "", "u", ""),
    "she agrees late, and the withdrawal arrives first": ("uw2 u+1", "", "", "u"),
    "at the same moment no wins": ("u+1 u-1", "", "", "u"),
    "she refuses without ever agreeing": ("u-1", "", "", "u"),
    "she objects": ("uo1", "", "", "u"),
    "a browser claims she agrees": ("u+1?", "", "", ""),
    "a browser claims she agrees after she withdrew": ("uw1 u+2?", "", "", "u"),
    "a browser claims she refuses": ("u+1 u-2?", "", "", "u"),
    "a browser claims she refuses and then agrees": ("u+1 u-2? u+3?", "", "", ""),
    "a claimed refusal alone": ("u-1?", "", "", "u"),
    "her device agrees, the link is only claimed": ("d+1", "d~u", "d", ""),
    "her device agrees, the link is verified": ("d+1", "d=u", "d u", ""),
    "her device refuses, the link is only claimed": ("u+1 d-2", "d~u", "", "d u"),
    "she agrees anew after her device refused": ("u+1 d-2 u+3", "d~u", "u", "d"),
    "her device's old refusal is older than her yes": ("d-1 u+2", "d=u", "d u", ""),
    "her device's claimed yes does not heal her no": ("uw1 d+2", "d~u", "d", "u"),
    "a shared device's no is its own": ("u+1 v+1 d-2", "d~u d~v", "u v", "d"),
    "a shared device's yes is its own": ("d+1", "d=u d=v", "d", ""),
    "her device agrees, staff joined it to her": ("d+1", "d#u", "d", ""),
    "staff joined two who agreed, and one withdraws": ("u+1 v+1 vw2", "u#v", "", "u v"),
    "staff joined two who share a verified device": ("u+1", "d=u d=v u#v", "u", ""),
    "staff joined two, and only one of them agreed": ("u+1", "u#v", "u", ""),
    "three of one person, one withdraws": ("u+1 uw2", "d=u e~u", "", "d e u"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_judges(case: str) -> None:
    told, links, granted, denied = CASES[case]

    bits = judge(_told(told), _links(links))

    assert sorted(a for a, b in bits.items() if b.granted) == granted.split()
    assert sorted(a for a, b in bits.items() if b.denied) == denied.split()


def test_a_purpose_says_nothing_of_another() -> None:
    bits = judge([Told("u", "grant", "verified", 1, "marketing"), Told("u", "object", "verified", 1, "research")], [])

    assert bits["u"] == Bits(granted=1, denied=2)


def test_an_unknown_purpose_is_left_alone() -> None:
    assert judge([Told("u", "grant", "verified", 1, "astrology")], [])["u"] == Bits(0, 0)


ACTORS = ("u", "v", "d", "e")
TOLD = st.builds(
    Told,
    st.sampled_from(ACTORS),
    st.sampled_from(["grant", "grant", "refuse", "withdraw", "object"]),
    st.sampled_from(["verified", "claimed"]),
    st.integers(0, 6),
    st.sampled_from(["marketing", "research"]),
)
KINDS = st.sampled_from(["verified", "claimed", "manual"])
LINKS = st.lists(st.builds(Joined, st.sampled_from(ACTORS), st.sampled_from(ACTORS), KINDS), max_size=4)


@given(st.lists(TOLD, max_size=8), LINKS)
@drawn(300)
def test_without_a_verified_yes_of_her_group_nothing_is_granted(told: list[Told], links: list[Joined]) -> None:
    resolution = resolve(_kinds(), links)
    agreeing = {
        (resolution.verified_of[t.actor], t.purpose) for t in told if t.status == "grant" and t.strength == "verified"
    }

    for actor, bits in judge(told, links).items():
        for purpose, mask in MASKS.items():
            assert not bits.granted & mask or (resolution.verified_of[actor], purpose) in agreeing


@given(st.lists(TOLD, max_size=8), LINKS)
@drawn(300)
def test_joining_by_hand_grants_nobody_anything(told: list[Told], links: list[Joined]) -> None:
    automatic = [link for link in links if link.kind != "manual"]
    at_most = judge([t for t in told if t.status == "grant"], automatic)

    for actor, bits in judge(told, links).items():
        assert bits.granted & ~at_most[actor].granted == 0


@pytest.mark.slow
@given(st.lists(TOLD, max_size=8), LINKS, TOLD.filter(lambda t: t.status != "grant"))
@drawn(400)
def test_another_refusal_never_allows_anything(told: list[Told], links: list[Joined], no: Told) -> None:
    before, after = judge(told, links), judge([*told, no], links)

    for actor in ACTORS:
        assert after[actor].granted & ~before[actor].granted == 0
        assert before[actor].denied & ~after[actor].denied == 0


@pytest.mark.slow
@given(st.lists(TOLD, max_size=8), LINKS, TOLD.filter(lambda t: t.status == "grant" and t.strength == "claimed"))
@drawn(300)
def test_a_claimed_yes_grants_nothing_and_heals_no_verified_no(
    told: list[Told], links: list[Joined], yes: Told
) -> None:
    before, after = judge(told, links), judge([*told, yes], links)

    assert {a: b.granted for a, b in before.items()} == {a: b.granted for a, b in after.items()}
    claimed_noes = {t.purpose for t in told if t.status != "grant" and t.strength == "claimed"}
    if yes.purpose not in claimed_noes:
        assert before == after


@pytest.mark.slow
@given(st.lists(TOLD, max_size=8), LINKS, st.randoms())
@drawn(200)
def test_order_never_matters(told: list[Told], links: list[Joined], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = random.sample(told, len(told))

    assert judge(told, links) == judge(shuffled, links)


@given(st.lists(TOLD, max_size=8), LINKS)
@drawn(200)
def test_nobody_is_both_granted_and_denied(told: list[Told], links: list[Joined]) -> None:
    assert all(bits.granted & bits.denied == 0 for bits in judge(told, links).values())


def judge(told: list[Told], links: list[Joined]) -> dict[str, Bits]:
    resolution = resolve(_kinds(), links)
    return permission_bits(
        ACTORS, person_of=resolution.person_of, verified_of=resolution.verified_of, said=told, masks=MASKS
    )


def _kinds() -> dict[str, str]:
    return {"u": "user_id", "v": "user_id", "d": "anonymous_id", "e": "anonymous_id"}


def _told(drawn: str) -> list[Told]:
    signs = {"+": "grant", "-": "refuse", "w": "withdraw", "o": "object"}
    return [
        Told(word[0], signs[word[1]], "claimed" if word[-1] == "?" else "verified", int(word[2]))
        for word in drawn.split()
    ]


def _links(drawn: str) -> list[Joined]:
    return [
        Joined(word[0], word[2], {"~": "claimed", "=": "verified", "#": "manual"}[word[1]]) for word in drawn.split()
    ]
