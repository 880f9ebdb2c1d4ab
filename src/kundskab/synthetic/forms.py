"""Forms people fill in: what goes wrong, who gives up, and what we ask for although we know it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundskab.synthetic.batch import ACTION, OCCASION, Batch, batch, choose, join
from kundskab.synthetic.declaration import VISITED, Form
from kundskab.synthetic.rhythms import SECOND, Array, Ints, draw
from kundskab.synthetic.world import Counter, World

_MOST_ERRORS = 6
_WEB = VISITED.index("web")


@dataclass(frozen=True)
class Filling:
    """People in front of one form, one entry each: `who` says who, where and in which visit.

    begin, end: when they see it, and when they send it or leave it.  sent: False for those who give up.
    """

    who: Batch
    begin: Ints
    end: Ints
    sent: Array


def fill_in(world: World, name: str, filling: Filling, rng: np.random.Generator) -> Batch:
    """The events of people filling in the form `name`; none when the company has no such form."""
    form = form_of(world, name)
    if form is None or not len(filling.begin):
        return batch(0)
    errors, errors_at = _errors(form, filling, rng)
    field = world.shelf.property(f"{name} fields") + draw(np.array(list(form.fields.values())), len(errors), rng)
    anew = np.flatnonzero(rng.random(len(errors)) < form.anew)
    everybody = np.arange(len(filling.begin))
    ends = np.where(filling.sent, ACTION["Form Submitted"], ACTION["Form Abandoned"])

    def events(rows: Array, at: Ints, action: str | Array, properties: Array | None = None) -> Batch:
        who = choose(filling.who, rows)
        return batch(
            len(rows), person=who.person, device=who.device, known=who.known, second=who.second, at=at,
            action=ACTION[action] if isinstance(action, str) else action, object=world.shelf.form(name),
            category=world.shelf.category("form"), channel=who.channel, occasion=who.occasion, number=who.number,
            properties=who.properties if properties is None else properties,
        )  # fmt: skip

    asked = [
        events(rows, filling.begin[rows] + 2 * SECOND, "Question Asked", known)
        for rows, known in _questions(world, form, filling.who, rng)
    ]
    return join(
        [
            events(everybody, filling.begin, "Form Viewed"),
            *asked,
            events(errors, errors_at, "Form Error", field),
            events(errors[anew], errors_at[anew] + 3 * SECOND, "Form Viewed"),
            events(everybody, filling.end, ends),
        ]
    )


def by_the_web(
    world: World, person: Array, end: Ints, seconds: int, sent: Array, counter: Counter, rng: np.random.Generator
) -> Filling:
    """Members who come to fill in a form and nothing else, on their first device; without one they call or write."""
    population = world.population
    begin = end - rng.integers(seconds // 2, seconds, len(end)) * SECOND
    here = (population.first_at[person, 0] <= begin) & (end < population.left_at[person])
    here = np.flatnonzero(here & (begin >= world.story.start))
    person, begin, end, sent = person[here], begin[here], end[here], sent[here]
    device = population.device[person, 0]
    who = batch(
        len(person), person=person, device=device, known=population.signed_in_at[person, 0] <= begin, channel=_WEB,
        occasion=OCCASION["visit"], number=counter.take("visits", len(person)),
        properties=world.shelf.property("device") + population.device_kind[device],
    )  # fmt: skip
    return Filling(who, begin, end, sent)


def form_of(world: World, name: str) -> Form | None:
    return next((form for form in world.declaration.forms if form.name == name), None)


def lost(world: World, name: str) -> float:
    """For each form that is sent, how many more are given up after an error (mean); 0 without such a form."""
    form = form_of(world, name)
    return 0.0 if form is None else form.errors * form.gives_up / (1 - form.errors)


def _errors(form: Form, filling: Filling, rng: np.random.Generator) -> tuple[Array, Ints]:
    """(rows, times): as many errors as attempts failed, spread evenly over the time in front of the form."""
    count = len(filling.begin)
    again = form.errors * np.where(filling.sent, 1 - form.gives_up, 1.0)
    many = np.minimum(rng.geometric(1 - again, count) - 1, _MOST_ERRORS)
    rows = np.repeat(np.arange(count), many)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many) + 1
    share = place / (many[rows] + 1)
    at = filling.begin[rows] + (share * (filling.end - filling.begin)[rows]).astype(np.int64)
    return rows, at // SECOND * SECOND


def _questions(world: World, form: Form, who: Batch, rng: np.random.Generator) -> list[tuple[Array, Array]]:
    """Per question: who is asked it, and the property that says whether we knew the answer."""
    asked = []
    for place, (fact, share) in enumerate(form.asks.items()):
        rows = np.flatnonzero(rng.random(len(who)) < share)
        knew = who.known[rows] & world.told.knows(fact, who.person[rows])
        asked.append((rows, world.shelf.property(f"{form.name} asks") + 2 * place + knew))
    return asked
