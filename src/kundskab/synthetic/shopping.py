"""What happens in a visit: pages, searches, products, the cart, and for some an order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundskab.synthetic.batch import ACTION, OCCASION, Batch, batch, join, spans
from kundskab.synthetic.columns import UNIT
from kundskab.synthetic.declaration import Declaration
from kundskab.synthetic.people import Population
from kundskab.synthetic.rhythms import SECOND, Array, Floats, Ints, Story, draw, draw_by_row
from kundskab.synthetic.shelf import PAGE, Shelf
from kundskab.synthetic.visits import APP, CLICK, FIRST, SHOP, SIGN_IN, SIGN_UP, Visits

_MOST_LOOKED_AT = 30
_SEARCHES = 0.28  # of visits, how many search
_LEAVES_AT_ONCE = 0.16  # of plain visits, how many see nothing but the page they came to
_KEEPS_TO_SUBJECT = 0.65  # of products looked at, how many lie in the category that the visit is about


@dataclass(frozen=True)
class World:
    """What shopping needs to know and never changes."""

    declaration: Declaration
    population: Population
    shelf: Shelf
    story: Story


@dataclass
class Counter:
    """Running numbers of visits, orders and tickets, so that no two share one."""

    visits: int = 0
    orders: int = 0
    tickets: int = 0

    def take(self, kind: str, count: int) -> Ints:
        first = getattr(self, kind)
        setattr(self, kind, first + count)
        return np.arange(first + 1, first + count + 1, dtype=np.int64)


def shop(world: World, visits: Visits, month: int, counter: Counter, rng: np.random.Generator) -> Batch:
    """All events of these visits, orders with their lines among them; in no particular order."""
    at_till = visits.channel == SHOP
    return join(
        [
            _online(world, visits.where(~at_till), month, counter, rng),
            _at_till(world, visits.where(at_till), month, counter, rng),
        ]
    )


def _online(world: World, visits: Visits, month: int, counter: Counter, rng: np.random.Generator) -> Batch:
    count, shelf = len(visits), world.shelf
    device = world.population.device[visits.person, np.maximum(visits.slot, 0)]
    number = counter.take("visits", count)
    seen_on = shelf.property("device") + world.population.device_kind[device]

    def events(of: Array, at: Ints, action: str | Array, **more: object) -> Batch:
        return batch(
            len(of), person=visits.person[of], device=device[of], known=visits.known[of], at=at,
            action=ACTION[action] if isinstance(action, str) else action, channel=visits.channel[of],
            **{"occasion": OCCASION["visit"], "number": number[of], "properties": seen_on[of], **more},
        )  # fmt: skip

    everyone = np.arange(count)
    page = draw(shelf.page_weights, count, rng)
    in_app = visits.channel == APP
    landing = events(
        everyone, visits.at, np.where(in_app, ACTION["app opened"], ACTION["page viewed"]),
        object=np.where(in_app, -1, shelf.products + page), category=np.where(in_app, -1, shelf.category(PAGE)),
    )  # fmt: skip
    signing = np.flatnonzero((visits.why == SIGN_IN) | (visits.why == SIGN_UP))
    done = np.where(visits.why[signing] == SIGN_UP, ACTION["account created"], ACTION["signed in"])
    # known from the first event of the visit on: the page that was asked for is the one behind the sign-in
    signs = events(signing, visits.at[signing] + SECOND, done)

    subject = draw_by_row(shelf.ladders[month], visits.behaviour, rng)
    about = shelf.category_of[subject]
    searching = np.flatnonzero(rng.random(count) < _SEARCHES)
    searched_at = visits.at[searching] + rng.integers(5, 25, len(searching)) * SECOND
    searches = events(searching, searched_at, "search made", properties=shelf.property("search") + about[searching])

    looks = _looks(world, visits, subject, month, rng)
    views = events(
        looks.visit, looks.at, "product viewed", object=looks.product, category=shelf.category_of[looks.product]
    )
    cart, checks_out, buys = _decide(world, visits, rng)
    put = _cart(world, visits, looks, cart, rng)
    visit, product = looks.visit[put], looks.product[put]
    quantity = _quantities(shelf.most[product], rng)
    puts = events(
        visit, looks.at[put] + rng.integers(2, 9, len(put)) * SECOND, "product added to cart",
        object=product, category=shelf.category_of[product], quantity=quantity,
    )  # fmt: skip

    last_look = visits.at.copy()
    last_look[looks.visit] = looks.at  # looks lie in time order within a visit: the last one stays
    filled = np.bincount(visit, minlength=count) > 0
    to_checkout = np.flatnonzero(checks_out & filled)
    checkout_at = last_look + rng.integers(20, 120, count) * SECOND
    checkouts = events(to_checkout, checkout_at[to_checkout], "checkout started")
    bought = np.flatnonzero(buys & filled)
    lines = buys[visit]
    orders = _orders(
        world, visits, bought, checkout_at + rng.integers(40, 400, count) * SECOND,
        visit[lines], product[lines], quantity[lines], month, counter, rng, device=device, properties=seen_on,
    )  # fmt: skip
    return join([landing, signs, searches, views, puts, checkouts, orders])


@dataclass(frozen=True)
class _Looks:
    visit: Array  # rising
    product: Array
    at: Ints
    from_last: Array  # 0 is the visit's last look


def _looks(world: World, visits: Visits, subject: Array, month: int, rng: np.random.Generator) -> _Looks:
    """Products looked at, visit by visit in time order; the first is the visit's subject."""
    count, shelf = len(visits), world.shelf
    depth = np.array([one.depth for one in world.declaration.behaviours])[visits.behaviour]
    many = np.minimum(rng.geometric(1 / depth), _MOST_LOOKED_AT)
    many[(rng.random(count) < _LEAVES_AT_ONCE) & np.isin(visits.why, (0, FIRST, CLICK))] = 0
    visit = np.repeat(np.arange(count), many)
    place = spans(np.zeros(count, np.int64), many)
    other = draw_by_row(shelf.ladders[month], visits.behaviour[visit], rng)
    same = draw_by_row(shelf.in_category, shelf.category_of[subject[visit]].astype(np.int64), rng)
    product = np.where(rng.random(len(visit)) < _KEEPS_TO_SUBJECT, same, other)
    product[place == 0] = subject[many > 0]
    gaps = (12 + rng.exponential(45, len(visit))).astype(np.int64) * SECOND
    passed = np.cumsum(gaps)
    # time runs within a visit: take away what had passed before its first look
    some = many > 0
    before = (passed - gaps)[(np.cumsum(many) - many)[some]]
    at = visits.at[visit] + 20 * SECOND + passed - np.repeat(before, many[some])
    return _Looks(visit, product, at, many[visit] - 1 - place)


def _decide(world: World, visits: Visits, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Of each visit: fills a cart, goes to checkout, buys; each implies the one before."""
    steps = np.array([(one.cart, one.checkout, one.order) for one in world.declaration.behaviours])[visits.behaviour]
    steps[~visits.known, 2] *= world.declaration.orders.guest
    passed = np.logical_and.accumulate(rng.random(steps.shape) < steps, axis=1)
    return passed[:, 0], passed[:, 1], passed[:, 2]


def _cart(world: World, visits: Visits, looks: _Looks, cart: Array, rng: np.random.Generator) -> Array:
    """The looks whose product goes into the cart: the last few of the visit, each product once."""
    basket = np.array([one.basket for one in world.declaration.behaviours])[visits.behaviour]
    wanted = np.where(cart, 1 + rng.poisson(basket), 0)
    put = np.flatnonzero(looks.from_last < wanted[looks.visit])
    _, first = np.unique(looks.visit[put] * world.shelf.products + looks.product[put], return_index=True)
    return put[np.sort(first)]


def _at_till(world: World, visits: Visits, month: int, counter: Counter, rng: np.random.Generator) -> Batch:
    """Orders in the shop; who leaves without buying leaves no trace; who signs up at the till buys too."""
    signs_up = visits.why == SIGN_UP
    buying = visits.where(signs_up | (rng.random(len(visits)) < world.declaration.orders.shop_buys))
    count, shelf = len(buying), world.shelf
    basket = np.array([one.basket for one in world.declaration.behaviours])[buying.behaviour]
    many = 1 + rng.poisson(basket)
    visit = np.repeat(np.arange(count), many)
    product = draw_by_row(shelf.ladders[month], buying.behaviour[visit], rng)
    _, first = np.unique(visit * shelf.products + product, return_index=True)
    visit, product = visit[first], product[first]
    quantity = _quantities(shelf.most[product], rng)
    in_shop = shelf.property("shop") + world.population.shop[buying.person]
    new = buying.why == SIGN_UP
    accounts = batch(
        int(new.sum()), person=buying.person[new], known=True, at=buying.at[new], action=ACTION["account created"],
        channel=SHOP, properties=in_shop[new],
    )  # fmt: skip
    orders = _orders(
        world, buying, np.arange(count), buying.at + 60 * SECOND, visit, product, quantity, month, counter, rng,
        properties=in_shop,
    )  # fmt: skip
    return join([accounts, orders])


def _orders(
    world: World, visits: Visits, bought: Array, at: Ints, line_visit: Array, product: Array, quantity: Array,
    month: int, counter: Counter, rng: np.random.Generator, *, properties: Array, device: Array | None = None,
) -> Batch:  # fmt: skip
    """One event per visit in `bought`, with the lines that belong to it; lines come visit by visit, none empty."""
    lines = np.bincount(line_visit, minlength=len(visits))[bought]
    market = world.population.market[visits.person[line_visit]]
    price = _prices(world, product, market, visits.behaviour[line_visit], month, rng)
    begins = np.cumsum(lines, dtype=np.int64) - lines
    return batch(
        len(bought), person=visits.person[bought], device=-1 if device is None else device[bought],
        known=visits.known[bought], at=at[bought], action=ACTION["order completed"],
        value=np.add.reduceat(price * quantity, begins) if len(bought) else price,
        channel=visits.channel[bought], occasion=OCCASION["order"], number=counter.take("orders", len(bought)),
        properties=properties[bought], lines_from=begins, lines=lines,
        line_object=product, line_quantity=quantity, line_price=price,
    )  # fmt: skip


def _prices(
    world: World, product: Array, market: Array, behaviour: Array, month: int, rng: np.random.Generator
) -> Ints:
    """Unit prices in ten-thousandths of the market's currency, some reduced, rounded as the market rounds."""
    orders = world.declaration.orders
    bargains = np.array([one.bargains for one in world.declaration.behaviours])[behaviour]
    chance = 1 - (1 - bargains) * (1 - orders.sale_months.get(month + 1, 0.0))
    reduced = rng.random(len(product)) < chance
    cut = np.where(reduced, rng.choice(np.array(orders.reductions), len(product)), 0)
    rate, step = (
        np.array([getattr(one, name) for one in world.declaration.markets])[market] for name in ("rate", "rounding")
    )
    price: Floats = world.shelf.price[product] * rate * (100 - cut) / 100
    # nothing is free: a price below one step costs one step
    steps = np.maximum(np.round(price / step), 1).astype(np.int64)
    units: Ints = steps * np.round(step * UNIT).astype(np.int64)
    return units


def _quantities(most: Array, rng: np.random.Generator) -> Array:
    """How many of a product: nearly always one, seldom up to the most of it that people buy."""
    return np.minimum(1 + rng.poisson(0.25 * (most - 1) / np.maximum(most, 1)), most)
