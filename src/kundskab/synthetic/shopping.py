"""What happens in a visit: pages, searches, products, the cart, and for some an order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundskab.synthetic.batch import ACTION, OCCASION, Batch, batch, join, spans
from kundskab.synthetic.forms import Filling, fill_in
from kundskab.synthetic.orders import Lines, order, quantities
from kundskab.synthetic.rhythms import SECOND, Array, Ints, draw, draw_by_row
from kundskab.synthetic.shelf import PAGE
from kundskab.synthetic.visits import APP, CLICK, FIRST, PLAIN, SHOP, SIGN_IN, SIGN_UP, Visits, by_second_account
from kundskab.synthetic.world import Stage

_MOST_LOOKED_AT = 30
_SEARCHES = 0.28  # of visits, how many search
_LEAVES_AT_ONCE = 0.16  # of visits without a purpose, how many see nothing but the page they came to
_SIZED = 0.05  # of visits that look at something, how many open the size guide
_SIGNS_UP_FOR = 50 * SECOND  # how long it takes to make an account
_KEEPS_TO_SUBJECT = 0.65  # of products looked at, how many lie in the category that the visit is about


def shop(stage: Stage, visits: Visits) -> Batch:
    """All events of these visits, orders with their lines among them; in no particular order."""
    at_till = visits.channel == SHOP
    return join([_online(stage, visits.where(~at_till)), _at_till(stage, visits.where(at_till))])


@dataclass(frozen=True)
class _Online:
    """Visits on web and app with what all their events share."""

    visits: Visits
    device: Array
    second: Array
    number: Ints
    properties: Array

    def events(self, of: Array, at: Ints, action: str | Array, **more: object) -> Batch:
        """Events of the visits `of` (positions, with repeats), one per entry."""
        shared = {"occasion": OCCASION["visit"], "number": self.number[of], "properties": self.properties[of]}
        return batch(
            len(of), person=self.visits.person[of], device=self.device[of], known=self.visits.known[of],
            second=self.second[of], at=at, action=ACTION[action] if isinstance(action, str) else action,
            channel=self.visits.channel[of], **(shared | more),
        )  # fmt: skip

    def fill_in(self, stage: Stage, name: str, of: Array, begin: Ints, end: Ints, sent: Array) -> Batch:
        """The visits `of` in front of a form."""
        return fill_in(stage.world, name, Filling(self.events(of, begin, "Form Viewed"), begin, end, sent), stage.rng)


@dataclass(frozen=True)
class _Looks:
    """Products looked at, visit by visit in time order."""

    visit: Array  # rising
    product: Array
    at: Ints
    from_last: Array  # 0 is the visit's last look


def _online(stage: Stage, visits: Visits) -> Batch:
    shelf, population = stage.world.shelf, stage.world.population
    device = population.device[visits.person, np.maximum(visits.slot, 0)]
    kind = shelf.property("device") + population.device_kind[device]
    online = _Online(
        visits, device, by_second_account(population, visits), stage.counter.take("visits", len(visits)), kind
    )
    subject = draw_by_row(shelf.ladders[stage.month], visits.behaviour, stage.rng)
    looks = _looks(stage, visits, subject)
    category = shelf.category_of[looks.product]
    views = online.events(looks.visit, looks.at, "Product Viewed", object=looks.product, category=category)
    return join(
        [
            _landing(stage, online),
            _signing(stage, online),
            _searching(stage, online, subject),
            views,
            _sizing(stage, online, looks),
            _buying(stage, online, looks),
        ]
    )


def _landing(stage: Stage, online: _Online) -> Batch:
    shelf, count = stage.world.shelf, len(online.visits)
    in_app = online.visits.channel == APP
    page = shelf.products + draw(shelf.page_weights, count, stage.rng)
    return online.events(
        np.arange(count), online.visits.at, np.where(in_app, ACTION["Application Opened"], ACTION["page viewed"]),
        object=np.where(in_app, -1, page), category=np.where(in_app, -1, shelf.category(PAGE)),
    )  # fmt: skip


def _signing(stage: Stage, online: _Online) -> Batch:
    why, at = online.visits.why, online.visits.at
    signing, new = np.flatnonzero(why == SIGN_IN), np.flatnonzero(why == SIGN_UP)
    done = at[new] + _SIGNS_UP_FOR
    return join(
        [
            online.events(signing, at[signing] + SECOND, "Signed In"),
            online.fill_in(stage, "account", new, at[new] + 4 * SECOND, done - SECOND, np.ones(len(new), bool)),
            online.events(new, done, "Account Created"),
        ]
    )


def _sizing(stage: Stage, online: _Online, looks: _Looks) -> Batch:
    """Some of those who look at something open the size guide beside it."""
    last = np.flatnonzero(looks.from_last == 0)
    chosen = last[stage.rng.random(len(last)) < _SIZED]
    begin = looks.at[chosen] + 5 * SECOND
    sent = stage.rng.random(len(chosen)) < 0.8
    return online.fill_in(stage, "size guide", looks.visit[chosen], begin, begin + 60 * SECOND, sent)


def _searching(stage: Stage, online: _Online, subject: Array) -> Batch:
    searching = np.flatnonzero(stage.rng.random(len(online.visits)) < _SEARCHES)
    at = online.visits.at[searching] + stage.rng.integers(5, 25, len(searching)) * SECOND
    query = stage.world.shelf.property("search") + stage.world.shelf.category_of[subject[searching]]
    return online.events(searching, at, "Products Searched", properties=query)


def _looks(stage: Stage, visits: Visits, subject: Array) -> _Looks:
    """What each visit looks at; first its subject, then more of the same kind or of whatever the behaviour likes."""
    count, shelf, rng = len(visits), stage.world.shelf, stage.rng
    many = np.minimum(rng.geometric(1 / stage.world.of_behaviour("depth", visits.behaviour)), _MOST_LOOKED_AT)
    many[(rng.random(count) < _LEAVES_AT_ONCE) & np.isin(visits.why, (PLAIN, FIRST, CLICK))] = 0
    visit = np.repeat(np.arange(count), many)
    place = spans(np.zeros(count, np.int64), many)
    other = draw_by_row(shelf.ladders[stage.month], visits.behaviour[visit], rng)
    same = draw_by_row(shelf.in_category, shelf.category_of[subject[visit]].astype(np.int64), rng)
    product = np.where(rng.random(len(visit)) < _KEEPS_TO_SUBJECT, same, other)
    some = many > 0
    product[place == 0] = subject[some]
    gaps = (12 + rng.exponential(45, len(visit))).astype(np.int64) * SECOND
    passed = np.cumsum(gaps)
    # time runs within a visit: take away what had passed before its first look
    before = (passed - gaps)[(np.cumsum(many) - many)[some]]
    at = visits.at[visit] + 20 * SECOND + passed - np.repeat(before, many[some])
    return _Looks(visit, product, at, many[visit] - 1 - place)


def _buying(stage: Stage, online: _Online, looks: _Looks) -> Batch:
    """From the cart to the order, as far as each visit goes."""
    visits, count, rng = online.visits, len(online.visits), stage.rng
    fills_cart, checks_out, buys = _decide(stage, visits)
    put = _cart(stage, visits, looks, fills_cart)
    product = looks.product[put]
    cart = Lines(looks.visit[put], product, quantities(stage, product))
    puts = online.events(
        cart.visit, looks.at[put] + rng.integers(2, 9, len(put)) * SECOND, "Product Added",
        object=product, category=stage.world.shelf.category_of[product], quantity=cart.quantity,
    )  # fmt: skip
    last_look = visits.at.copy()
    last_look[looks.visit] = looks.at  # looks lie in time order within a visit: the last one stays
    checkout_at = last_look + rng.integers(20, 120, count) * SECOND
    to_checkout = np.flatnonzero(checks_out & (np.bincount(cart.visit, minlength=count) > 0))
    checkouts = online.events(to_checkout, checkout_at[to_checkout], "Checkout Started")
    paid_at = checkout_at + rng.integers(40, 400, count) * SECOND
    bought = cart.where(buys[cart.visit])
    orders = order(stage, visits, bought, paid_at, device=online.device, properties=online.properties)
    paying = np.bincount(bought.visit, minlength=count)[to_checkout] > 0
    # an order follows when the form is sent; whoever gives up does so within the same minutes
    forms = online.fill_in(
        stage, "checkout", to_checkout, checkout_at[to_checkout] + SECOND, paid_at[to_checkout] - SECOND, paying
    )
    return join([puts, checkouts, forms, orders])


def _decide(stage: Stage, visits: Visits) -> tuple[Array, Array, Array]:
    """Of each visit: fills a cart, goes to checkout, buys; each implies the one before."""
    steps = np.stack(
        [stage.world.of_behaviour(name, visits.behaviour) for name in ("cart", "checkout", "order")], axis=1
    )
    steps[~visits.known, 2] *= stage.world.declaration.orders.guest
    steps[:, 2] *= stage.world.group.buys(visits.person, visits.at)
    passed = np.logical_and.accumulate(stage.rng.random(steps.shape) < steps, axis=1)
    return passed[:, 0], passed[:, 1], passed[:, 2]


def _cart(stage: Stage, visits: Visits, looks: _Looks, fills_cart: Array) -> Array:
    """The looks whose product goes into the cart: the last few of the visit, each product once."""
    many = _lines_wanted(stage, visits)
    put = np.flatnonzero(looks.from_last < np.where(fills_cart, many, 0)[looks.visit])
    return put[_once(stage, looks.visit[put], looks.product[put])]


def _at_till(stage: Stage, visits: Visits) -> Batch:
    """Orders in the shop; who leaves without buying leaves no trace; who signs up at the till buys too."""
    chance = stage.world.declaration.orders.shop_buys * stage.world.group.buys(visits.person, visits.at)
    buys = stage.rng.random(len(visits)) < chance
    buying = visits.where(buys | (visits.why == SIGN_UP))
    many = _lines_wanted(stage, buying)
    visit = np.repeat(np.arange(len(buying)), many)
    product = draw_by_row(stage.world.shelf.ladders[stage.month], buying.behaviour[visit], stage.rng)
    once = _once(stage, visit, product)
    lines = Lines(visit[once], product[once], quantities(stage, product[once]))
    in_shop = stage.world.shelf.property("shop") + stage.world.population.shop[buying.person]
    new = np.flatnonzero(buying.why == SIGN_UP)
    accounts = batch(
        len(new), person=buying.person[new], known=True, at=buying.at[new], action=ACTION["Account Created"],
        channel=SHOP, properties=in_shop[new],
    )  # fmt: skip
    return join([accounts, order(stage, buying, lines, buying.at + 60 * SECOND, device=-1, properties=in_shop)])


def _lines_wanted(stage: Stage, visits: Visits) -> Array:
    """How many lines the order of each visit would have."""
    many = 1 + stage.rng.poisson(stage.world.of_behaviour("basket", visits.behaviour))
    return np.where(stage.world.group.one_thing_only(visits.person, visits.at), 1, many)


def _once(stage: Stage, visit: Array, product: Array) -> Array:
    """Positions of the first time each product is taken in each visit, in order."""
    _, first = np.unique(visit * stage.world.shelf.products + product, return_index=True)
    return np.sort(first)
