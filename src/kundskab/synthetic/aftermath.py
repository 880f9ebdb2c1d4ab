"""What follows from orders and visits days later: returns and refunds, reviews, and tickets at support."""

from __future__ import annotations

import numpy as np

from kundskab.synthetic.batch import ACTION, OCCASION, Batch, batch, choose, join
from kundskab.synthetic.declaration import CHANNELS
from kundskab.synthetic.forms import by_the_web, fill_in, lost
from kundskab.synthetic.rhythms import DAY, HOUR, SECOND, Array, Floats, Ints, days, draw, waits
from kundskab.synthetic.visits import SHOP
from kundskab.synthetic.world import Counter, World

_LINE_SENT_BACK = 0.6  # of the further lines of an order that is sent back, how many go along
_SHOP_HOURS, _OFFICE_HOURS = (10, 19), (8, 17)  # when refunds are made and tickets answered
_AWAKE = (7, 23)  # when people fill in forms at home
_EMAIL, _SUPPORT = CHANNELS.index("email"), CHANNELS.index("support")


def follow(world: World, happened: Batch, weights: Floats, counter: Counter, rng: np.random.Generator) -> Batch:
    """Everything that follows from a week's events; much of it lies in later weeks."""
    orders = choose(happened, np.flatnonzero(happened.action == ACTION["Order Completed"]))
    return join(
        [
            _refunds(world, orders, weights, counter, rng),
            _reviews(world, orders, rng),
            _tickets(world, happened, counter, rng),
        ]
    )


def _refunds(world: World, orders: Batch, weights: Floats, counter: Counter, rng: np.random.Generator) -> Batch:
    returns = weights[orders.person] @ np.array([one.returns for one in world.declaration.behaviours])
    fate = rng.random(len(orders))
    back = choose(orders, np.flatnonzero(fate < returns))
    # some would send theirs back and are defeated by the form
    kept = choose(orders, np.flatnonzero((fate >= returns) & (fate < returns * (1 + lost(world, "returns")))))
    sent = rng.random(len(back.line_object)) < _LINE_SENT_BACK
    sent[back.lines_from] = True
    order_of_line = np.repeat(np.arange(len(back)), back.lines)[sent]
    quantity, price = -back.line_quantity[sent], back.line_price[sent]
    lines = np.bincount(order_of_line, minlength=len(back))
    begins = np.cumsum(lines) - lines
    has_shop = back.known & (world.population.shop[back.person] >= 0)
    in_shop = (back.channel == SHOP) | (has_shop & (rng.random(len(back)) < world.declaration.orders.refunded_in_shop))
    at = back.at + 2 * DAY + days(world.declaration.orders.refunded_after_days, len(back), rng)
    at = np.where(in_shop, world.story.opened(at, *_SHOP_HOURS, rng), world.story.opened(at, *_OFFICE_HOURS, rng))
    forms = _return_forms(world, back, at, kept, in_shop, counter, rng)
    refunds = batch(
        len(back), person=back.person, second=back.second,
        # we book the refund, not a browser; only a guest is still nothing but her device
        device=np.where(back.known, -1, back.device), known=back.known, at=at,
        action=ACTION["Order Refunded"], value=np.add.reduceat(price * quantity, begins) if len(back) else price,
        channel=np.where(in_shop, SHOP, back.channel), occasion=back.occasion, number=back.number,
        lines_from=begins, lines=lines, line_object=back.line_object[sent], line_quantity=quantity, line_price=price,
    )  # fmt: skip
    return join([forms, refunds])


def _return_forms(
    world: World, back: Batch, refunded_at: Ints, kept: Batch, in_shop: Array, counter: Counter,
    rng: np.random.Generator,
) -> Batch:  # fmt: skip
    """What is not brought back to a shop begins with a form, somewhere between the order and its refund."""
    online = np.flatnonzero(~in_shop)
    waited = (refunded_at[online] - back.at[online]) * rng.uniform(0.1, 0.4, len(online))
    sent_at = back.at[online] + waited.astype(np.int64)
    given_up_at = kept.at + DAY + days(3, len(kept), rng)
    at = world.story.opened(np.concatenate([sent_at, given_up_at]) // SECOND * SECOND, *_AWAKE, rng)
    person = np.concatenate([back.person[online], kept.person])
    sent = np.arange(len(person)) < len(online)
    return fill_in(world, "returns", by_the_web(world, person, at, 600, sent, counter, rng), rng)


def _reviews(world: World, orders: Batch, rng: np.random.Generator) -> Batch:
    plan = world.declaration.orders
    told = choose(orders, np.flatnonzero(orders.known & (rng.random(len(orders)) < plan.reviewed)))
    product = told.line_object[told.lines_from]
    stars = draw(np.array(plan.ratings), len(told), rng)
    return batch(
        len(told), person=told.person, device=told.device, known=True, second=told.second,
        at=told.at + 4 * DAY + days(plan.reviewed_after_days, len(told), rng),
        action=ACTION["Review Written"], object=product, category=world.shelf.category_of[product],
        # bought in the shop: the question comes by mail and is answered there
        channel=np.where(told.channel == SHOP, _EMAIL, told.channel),
        occasion=told.occasion, number=told.number, properties=world.shelf.property("rating") + stars,
    )  # fmt: skip


def _tickets(world: World, happened: Batch, counter: Counter, rng: np.random.Generator) -> Batch:
    plan = world.declaration.support
    chance = np.zeros(len(happened))
    chance[happened.action == ACTION["Order Completed"]] = plan.per_order
    chance[np.isin(happened.action, (ACTION["page viewed"], ACTION["Application Opened"]))] = plan.per_visit
    # support asks who is calling: strangers do not get so far
    asks = np.flatnonzero(happened.known & (rng.random(len(happened)) < chance))
    topics = list(plan.topics)
    topic = draw(np.array([plan.topics[name] for name in topics]), len(asks), rng)
    category = world.shelf.category(topics[0]) + topic
    number = counter.take("tickets", len(asks))
    office = (*_OFFICE_HOURS, rng)
    opened_at = happened.at[asks] + HOUR // 4 + days(3, len(asks), rng)
    worked_on = opened_at + HOUR // 12 + waits(plan.answered_after_hours * HOUR, len(asks), rng)
    answered_at = world.story.opened(worked_on, *office)
    closed_at = world.story.opened(answered_at + HOUR // 6 + waits(1.5 * DAY, len(asks), rng), *office)

    def events(at: Array, action: str, properties: Array | int = 0) -> Batch:
        return batch(
            len(asks), person=happened.person[asks], known=True, second=happened.second[asks],
            at=at, action=ACTION[action], category=category,
            channel=_SUPPORT, occasion=OCCASION["ticket"], number=number, properties=properties,
        )  # fmt: skip

    gives_up = rng.random(len(asks)) < lost(world, "support")
    given_up = opened_at[gives_up] + DAY + days(2, int(gives_up.sum()), rng)
    person = happened.person[asks]
    wrote = by_the_web(
        world, np.concatenate([person, person[gives_up]]), np.concatenate([opened_at - SECOND, given_up]), 240,
        np.arange(len(asks) + len(given_up)) < len(asks), counter, rng,
    )  # fmt: skip
    return join(
        [
            fill_in(world, "support", wrote, rng),
            events(opened_at, "Ticket Opened"),
            events(answered_at, "Ticket Answered", world.shelf.wait(answered_at - opened_at)),
            events(closed_at, "Ticket Closed"),
        ]
    )
