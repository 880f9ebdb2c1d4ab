"""The humans of a fictitious company: what they are mixtures of, when they come and go, and on which devices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundskab.synthetic.declaration import VISITED, Declaration
from kundskab.synthetic.rhythms import (
    DAY,
    HOUR,
    NEVER,
    SECOND,
    YEAR,
    Array,
    Floats,
    Ints,
    Story,
    days,
    draw,
    usual_hours,
    waits,
)

WEB_SLOTS = 3
SECOND_SLOT = 1  # where a second account is made, if anywhere: on the second device for the web
APP_SLOT = 3
SLOTS = 4
DEVICE_KINDS = ("phone", "laptop", "tablet")
_MAIN_DEVICE = (0.62, 0.34, 0.04)  # phone, laptop, tablet
_MEMBER_FOR_YEARS = 6  # existing members signed up at any time in these years before the story


@dataclass(frozen=True)
class Population:
    """One entry per human, in no particular order; times are UTC µs, NEVER when it does not happen.

    Every human has SLOTS places for devices: three for the web, the last for the app.  The same device may fill
    a place of two humans (a shared tablet).
    """

    weights: Floats  # (people, behaviours) at the start of the story, rows sum to 1
    activity: Floats  # multiplies visits, mean about 1
    keen: Floats  # log-odds to open a mailing, above the declared mean
    market: Array
    shop: Array  # number in `shops`, -1 when the market has none
    joined_at: Ints  # first trace
    signed_up_at: Ints
    signed_up_in: Array  # number in VISITED
    left_at: Ints
    device: Array  # (people, SLOTS) device number, -1 for none
    first_at: Ints  # (people, SLOTS) when this human first uses it
    signed_in_at: Ints  # (people, SLOTS) from when we know who it is
    device_kind: Array  # one entry per device: number in DEVICE_KINDS
    device_owner: Array  # one entry per device: who used it first
    device_at: Ints  # one entry per device: its first use
    second: Array  # made a second account when they signed in on their second device
    shops: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.market)


def populate(declaration: Declaration, story: Story, people: int, rng: np.random.Generator) -> Population:
    """Draws everything about people that stays fixed while the story is told."""
    traits = declaration.population
    weights = _mixtures(declaration, people, rng)
    existing = rng.random(people) < traits.existing
    member = existing | (rng.random(people) < traits.sign_up)
    market, shop, shops = _homes(declaration, people, rng)
    signed_up_in = draw(np.array(traits.sign_up_in), people, rng)
    # no shop in the country: those who would have signed up there do it on the web
    signed_up_in[(shop < 0) & (signed_up_in == VISITED.index("shop"))] = 0
    joined_at, signed_up_at = _comings(declaration, story, existing, member, signed_up_in, rng)
    hazard = weights @ np.array([one.leaves_per_year for one in declaration.behaviours])
    stays = waits(YEAR / np.maximum(hazard, 1e-9), people, rng)
    left_at = np.minimum(np.maximum(joined_at, story.start) + stays, NEVER)
    # whoever signs up has not left before
    left_at = np.where(member, np.maximum(left_at, signed_up_at + DAY), left_at)
    activity = rng.gamma(traits.activity_spread, 1 / traits.activity_spread, people)
    activity[~member] *= traits.stranger_activity
    devices = _devices(declaration, story, joined_at, signed_up_at, signed_up_in, left_at, rng)
    second_at = devices[2][:, SECOND_SLOT]
    second = (rng.random(people) < traits.second_account) & (second_at < np.minimum(left_at, story.until))
    # who makes both at once knows that it is one account
    second &= second_at > signed_up_at + DAY
    return Population(
        weights,
        activity,
        rng.normal(0, declaration.mailings.keen_spread, people),
        market,
        shop,
        joined_at,
        signed_up_at,
        signed_up_in,
        left_at,
        *devices,
        second,
        shops=shops,
    )


def drifted(weights: Floats, declaration: Declaration, rng: np.random.Generator) -> Floats:
    """The mixtures one week later: their logarithms take one step of a random walk."""
    step = declaration.population.drift_per_month * np.sqrt(12 / 52.18)
    grown = weights * np.exp(rng.normal(0, step, weights.shape))
    moved: Floats = grown / grown.sum(axis=1, keepdims=True)
    return moved


def _mixtures(declaration: Declaration, people: int, rng: np.random.Generator) -> Floats:
    shares = np.array([one.share for one in declaration.behaviours])
    # a floor keeps a weight from starting at exactly 0, from where no drift could lift it
    drawn = rng.gamma(
        np.maximum(shares / shares.sum() * declaration.population.mixture, 1e-3), size=(people, len(shares))
    )
    drawn = np.maximum(drawn, 1e-9)
    mixtures: Floats = drawn / drawn.sum(axis=1, keepdims=True)
    return mixtures


def _homes(declaration: Declaration, people: int, rng: np.random.Generator) -> tuple[Array, Array, tuple[str, ...]]:
    market = draw(np.array([one.share for one in declaration.markets]), people, rng).astype(np.int8)
    shops: tuple[str, ...] = ()
    shop = np.full(people, -1, np.int16)
    for number, one in enumerate(declaration.markets):
        if one.shops:
            mine = np.flatnonzero(market == number)
            shop[mine] = len(shops) + rng.integers(0, len(one.shops), len(mine))
            shops += one.shops
    return market, shop, shops


def _comings(
    declaration: Declaration,
    story: Story,
    existing: Array,
    member: Array,
    signed_up_in: Array,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """When each human left the first trace and when they made an account."""
    people = len(existing)
    day = np.where(existing, -1 - rng.integers(0, _MEMBER_FOR_YEARS * 365, people), rng.integers(0, story.days, people))
    rhythms = declaration.rhythms
    in_shop = signed_up_in == VISITED.index("shop")
    hour = np.where(
        in_shop,
        draw(np.array(rhythms.hours[rhythms.shop_hours]), people, rng),
        draw(usual_hours(declaration), people, rng),
    )
    joined_at = story.instant(day, hour * HOUR + rng.integers(0, HOUR // SECOND, people) * SECOND)
    wait = days(declaration.population.sign_up_after_days, people, rng)
    # an account made in the shop or the app is the first trace itself
    wait[existing | (signed_up_in != VISITED.index("web"))] = 0
    signed_up_at = np.where(member, joined_at + wait, NEVER)
    return joined_at, signed_up_at


def _devices(
    declaration: Declaration,
    story: Story,
    joined_at: Ints,
    signed_up_at: Ints,
    signed_up_in: Array,
    left_at: Ints,
    rng: np.random.Generator,
) -> tuple[Array, Ints, Ints, Array, Array, Ints]:
    people = len(joined_at)
    has = _owned(declaration, people, rng)
    in_shop, in_app = (signed_up_in == VISITED.index(name) for name in ("shop", "app"))
    member = signed_up_at < NEVER
    has[:, APP_SLOT] |= in_app & member
    first_at = np.full((people, SLOTS), NEVER, np.int64)
    for place in range(SLOTS):
        # devices of existing members were there before, or turn up during the story as new ones do
        later = days(150, people, rng) if place else np.zeros(people, np.int64)
        hour = draw(usual_hours(declaration), people, rng)
        before = story.instant(
            -1 - rng.geometric(1 / 200, people), hour * HOUR + rng.integers(0, 3600, people) * SECOND
        )
        known_before = np.where(joined_at < story.start, before, joined_at)
        first_at[:, place] = np.maximum(known_before, joined_at) + later
    first_at[:, 0] += np.where(in_shop | in_app, days(30, people, rng), 0)
    first_at[in_app & member, APP_SLOT] = joined_at[in_app & member]
    first_at[~has] = NEVER
    # nobody starts on a new device after leaving, or when the story is over
    first_at[first_at >= np.minimum(left_at, story.until)[:, None]] = NEVER

    owned = first_at < NEVER
    device = np.full((people, SLOTS), -1, np.int32)
    device[owned] = np.arange(int(owned.sum()), dtype=np.int32)
    owner, slot = np.nonzero(owned)
    kind = draw(np.array(_MAIN_DEVICE), len(owner), rng).astype(np.int8)
    kind[slot == 1] = np.where(kind[slot == 1] == 0, 1, 0)  # the other of phone and laptop
    kind[slot == 2] = DEVICE_KINDS.index("tablet")
    kind[slot == APP_SLOT] = DEVICE_KINDS.index("phone")
    device_at = first_at[owned]

    shared = _share(declaration, device, first_at, joined_at, np.minimum(left_at, story.until), rng)
    kind[shared] = DEVICE_KINDS.index("tablet")  # what a family shares
    signed_in_at = _sign_ins(declaration, first_at, signed_up_at, signed_up_in, rng)
    return device, first_at, signed_in_at, kind, owner.astype(np.int32), device_at


def _owned(declaration: Declaration, people: int, rng: np.random.Generator) -> Array:
    shares = declaration.devices
    has = rng.random((people, SLOTS)) < np.array([1.0, shares.second, shares.third, shares.app])
    has[:, 2] &= has[:, 1]
    return has


def _share(
    declaration: Declaration, device: Array, first_at: Ints, joined_at: Ints, until: Ints, rng: np.random.Generator
) -> Array:
    """Some humans use their neighbour's first device in their own third place; neighbours are drawn in pairs.

    Returns the devices that became shared.
    """
    people = len(joined_at) // 2 * 2
    takers = np.flatnonzero(rng.random(people) < declaration.devices.shared)
    lenders = takers ^ 1
    at = np.maximum(joined_at[takers], first_at[lenders, 0]) + days(60, len(takers), rng)
    fits = (first_at[lenders, 0] < NEVER) & (at < until[takers]) & (device[takers, 2] < 0)
    takers, lenders = takers[fits], lenders[fits]
    device[takers, 2] = device[lenders, 0]
    first_at[takers, 2] = at[fits]
    shared: Array = device[lenders, 0]
    return shared


def _sign_ins(
    declaration: Declaration, first_at: Ints, signed_up_at: Ints, signed_up_in: Array, rng: np.random.Generator
) -> Ints:
    people = len(signed_up_at)
    signed_in_at = np.full(first_at.shape, NEVER, np.int64)
    for slot in range(SLOTS):
        lag = np.where(rng.random(people) < 0.4, 0, days(20, people, rng))
        possible = (first_at[:, slot] < NEVER) & (signed_up_at < NEVER)
        possible &= rng.random(people) < declaration.devices.signs_in
        at = np.maximum(first_at[:, slot], signed_up_at) + lag
        signed_in_at[possible, slot] = at[possible]
    # the device on which the account is made knows its owner from then on
    for channel, slot in (("web", 0), ("app", APP_SLOT)):
        mine = (signed_up_in == VISITED.index(channel)) & (signed_up_at < NEVER) & (first_at[:, slot] < NEVER)
        signed_in_at[mine, slot] = np.maximum(signed_up_at, first_at[:, slot])[mine]
    return signed_in_at
