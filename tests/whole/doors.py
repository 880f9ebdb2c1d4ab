"""Every door to people that the desk has, driven with somebody's own words: what comes out, as text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from typing import Any

from tests.house import House

from kundskab.metrics.trend import TrendQuery
from kundskab.pipeline.listing import ORDERS, Wanted
from kundskab.pipeline.profiles import Asker
from kundskab.pipeline.proven import Who
from kundskab.profiles import Question
from kundskab.types import KundskabError

ASKER = Asker("a server")


def of_everybody(house: House, words: Collection[str], *, purpose: str = "analytics") -> Iterator[str]:
    """Explore with its picture, ease, distance, encounters, lists, suggestions, news.

    words: what may name an action, a property, a fact or a flow of somebody who is not to be seen.
    """
    from kundskab.charts.trend import figure

    desk = house.desk
    for action in (None, *words):
        yield str(desk.explore.choices(action, purpose=purpose))
    for query in _questions(house, words):
        trend = desk.explore.trend(query, purpose=purpose)
        yield _told([trend, figure(trend, theme="light").to_json()], query)
    yield _answer(lambda: desk.explore.who(query, purpose=purpose))
    yield str([desk.ease.read(purpose=purpose), desk.ease.weeks(purpose=purpose)])
    for flow in words:
        yield _answer(lambda flow=flow: desk.ease.people("form", flow, purpose=purpose), asked=flow)
    for by in ("category", *(f"fact:{word}" for word in words if word == "nick" or word.endswith("_trait"))):
        yield str(desk.distance.read(by=by, purpose=purpose))
    yield str([desk.encounters.latest(purpose=purpose, who="Bo"), desk.encounters.count(purpose=purpose)])
    yield str([desk.people(purpose=purpose, wanted=Wanted(order=order), who="Bo") for order in ORDERS])
    yield str([desk.channels(purpose=purpose), desk.forms.counts(purpose=purpose), desk.news()])
    desk.linking.find_suggestions(purpose=purpose, who="Bo")
    yield str(desk.linking.suggestions())
    yield str([(row.action, row.subject, row.reason) for row in house.home.vault.audit_rows(limit=1_000)])


def of_one(house: House, person: str, *, purpose: str = "analytics") -> Iterator[str]:
    """Everything that is told of one person by their token."""
    desk = house.desk
    yield str(desk.stories.of(person, purpose=purpose))
    yield str(desk.ease.of_person(person, purpose=purpose, who="Bo"))
    yield str(desk.distance.of_person(person, purpose=purpose, who="Bo"))
    yield str(desk.encounters.of_person(person, purpose=purpose, who="Bo"))
    yield str(desk.linking.links(person, purpose=purpose, who="Bo"))
    yield _answer(lambda: desk.stories.reveal(person, purpose=purpose, reason="they called us today", who="Bo"))


def of_an_identifier(
    house: House, who: Who, questions: Collection[str], *, purpose: str = "analytics"
) -> Iterator[str]:
    """Everything that is told to a company's server which knows this identifier."""
    desk, asked = house.desk, [Question(name) for name in questions]
    yield str(desk.profiles.profile(who, purpose=purpose, asker=ASKER))
    yield str(desk.profiles.facts(who, purpose=purpose, asker=ASKER))
    yield str(desk.profiles.events(who, purpose=purpose, asker=ASKER))
    known = desk.profiles.known(who, asked, purpose=purpose, asker=ASKER)
    yield str([(answer.state, answer.why, answer.value, answer.source) for answer in known[1]] if known else None)
    plan = desk.forms.plan("checkout", who, asked, purpose=purpose, asker=ASKER, signed_in=True)
    yield str([(one.do, one.why, one.value, one.source) for one in plan.questions])
    assert {one.do for one in plan.questions} == {"ask"}, "it tells what we may not use"


def _questions(house: House, words: Collection[str]) -> Iterator[TrendQuery]:
    until = house.now.date()
    for measure, by in [
        ("persons", "object"),
        ("value", "action"),
        ("events", "category"),
        *(("events", f"property:{word}") for word in words if word.endswith("_key")),
        ("persons", None),
    ]:
        yield TrendQuery(until - timedelta(days=40), until, None, measure, by, "week")


def _told(answer: Any, query: TrendQuery) -> str:
    """The answer without the question, which says what was asked for."""
    return str(answer).replace(str(query), "").replace(str(query.by), "")


def _answer(ask: Callable[[], Any], *, asked: str = "") -> str:
    """What is answered or why not; of what was asked only what is more than the question."""
    try:
        answered = str(ask())
    except KundskabError as refusal:
        answered = str(refusal)
    return answered.replace(asked, "") if asked else answered
