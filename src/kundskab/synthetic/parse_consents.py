"""Reads what people of a declared company are asked to allow, and how they answer."""

from __future__ import annotations

from kundskab.synthetic.declaration import Answer, Consents, Question
from kundskab.synthetic.reading import DeclarationError, Section

_RATE = 100.0  # a year, as for every other rate
_LONG_AGO = -600  # months before the story in which a notice may have begun to hold


def consents_of(part: Section) -> Consents:
    notices = part.section("notices")
    consents = Consents(
        notices=tuple(
            sorted(((one, notices.whole(one, _LONG_AGO, 240)) for one in notices.names), key=lambda pair: pair[1])
        ),
        banner=_question(part.section("banner")),
        sign_up=_question(part.section("sign_up")),
        objects_to_marketing=part.share("objects_to_marketing"),
    )
    part.finish()
    if not consents.notices or consents.notices[0][1] > 0:
        raise DeclarationError("consents.notices needs a version that holds from month 0 or before.")
    return consents


def _question(part: Section) -> Question:
    answered = part.share("answered")
    answers = tuple(_answer(purpose, one) for purpose, one in part.sections("purposes").items())
    part.finish()
    return Question(answered, answers)


def _answer(purpose: str, part: Section) -> Answer:
    rates = (part.number(name, 0, _RATE) for name in ("withdraw_per_year", "later_per_year"))
    answer = Answer(purpose, part.share("grant"), *rates)
    part.finish()
    return answer
