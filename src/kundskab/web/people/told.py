"""What a person told us, as sentences and as evidence: value, source, day, and what they had said before."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.pipeline.answers import FactRow
from kundskab.pipeline.stories import Answer, Told
from kundskab.profiles.known import CONFIRM, CONFLICTING, INFERRED, KNOWN, OLD
from kundskab.profiles.known import Answer as Known
from kundskab.web.base.templatetags.say import day, listed, words

# Facts that say who somebody is. A page about a pseudonymous person does not show them.
IDENTIFYING = {
    "email", "phone", "name", "first_name", "last_name", "given_name", "family_name", "full_name", "username",
    "user_name", "nick", "nickname", "address", "street", "birthday", "date_of_birth", "birth_date", "national_id",
    "avatar",
}  # fmt: skip
IN_A_SENTENCE = 5  # more is a list, and the list stands beside it
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*[+Z].*")
WHY = {OLD: "it is old", CONFLICTING: "we were told different things", INFERRED: "we only concluded it"}
HOW = {"given": "they told us", "observed": "we saw it", "inferred": "we concluded it"}


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    value: str
    whence: str
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """said, changed, again (what to ask again): sentences or "".

    withheld: names of facts that we know and that would say who the person is.
    """

    said: str
    changed: str
    again: str
    rows: tuple[Row, ...]
    withheld: tuple[str, ...]


def telling(facts: Sequence[Told], answers: Sequence[Known] = ()) -> Telling:
    """What they told us, as the page tells it. answers: which of it we know, and which is to be confirmed."""
    shown = [fact for fact in facts if not is_identifying(fact.name)]
    given = [fact for fact in shown if fact.now.how == "given"]
    return Telling(
        _said(given),
        _changed([fact for fact in shown if fact.before]),
        _again(answers),
        tuple(Row(fact.name, value(fact.now.value), _whence(fact.now), _before(fact)) for fact in shown),
        tuple(fact.name for fact in facts if is_identifying(fact.name)),
    )


def from_rows(facts: Sequence[FactRow]) -> list[Told]:
    """The newest of each alone, for a desk that keeps no history."""
    return [Told(fact.name, Answer(fact.value, fact.how, fact.source, fact.occurred_at)) for fact in facts]


def is_identifying(name: str) -> bool:
    """firstName, First Name and first-name are one name, and it says who somebody is."""
    plain = re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())).lower()
    return plain in IDENTIFYING


def value(given: Any) -> str:
    """Any JSON value as plain words; a time is said as its day."""
    if isinstance(given, bool):
        return _("yes") if given else _("no")
    if isinstance(given, list):
        return listed(value(each) for each in given)
    if isinstance(given, str):
        return day(datetime.fromisoformat(given)) if _TIME.fullmatch(given) else given
    return json.dumps(given, ensure_ascii=False)


def _said(given: Sequence[Told]) -> str:
    """They told us: country Sweden, home shop Stockholm and shoe size 43."""
    if not given:
        return ""
    named = [f"{words(fact.name)} {value(fact.now.value)}" for fact in given[:IN_A_SENTENCE]]
    if len(given) > IN_A_SENTENCE:
        more = len(given) - IN_A_SENTENCE
        named.append(ngettext("%(n)d thing more", "%(n)d things more", more) % {"n": more})
    return _("They told us: %(named)s.") % {"named": listed(named)}


def _changed(changed: Sequence[Told]) -> str:
    said = listed(
        _("%(name)s from %(before)s to %(now)s")
        % {"name": words(fact.name), "before": value(fact.before[0].value), "now": value(fact.now.value)}
        for fact in changed[:IN_A_SENTENCE]
    )
    return _("What changed: %(said)s.") % {"said": said} if said else ""


def _again(answers: Sequence[Known]) -> str:
    """Nobody needs to ask them again, save for what is old."""
    confirm = [answer for answer in answers if answer.state == CONFIRM]
    known = sum(answer.state == KNOWN for answer in answers)
    if not known and not confirm:
        return ""
    if not confirm:
        return _("None of this needs to be asked again.")
    named = listed(
        _("%(name)s (%(why)s)") % {"name": words(answer.question), "why": _(WHY[answer.why or OLD])}
        for answer in confirm
    )
    return _("Ask them to confirm %(named)s; the rest needs no asking.") % {"named": named}


def _whence(answer: Answer) -> str:
    """They told us, web, 3 March 2026."""
    how = _(HOW.get(answer.how, answer.how))
    return ", ".join(part for part in (how, answer.source, day(answer.at)) if part)


def _before(fact: Told) -> tuple[str, ...]:
    return tuple(
        _("before that %(value)s, %(source)s, %(day)s")
        % {"value": value(earlier.value), "source": earlier.source, "day": day(earlier.at)}
        for earlier in fact.before
    )
