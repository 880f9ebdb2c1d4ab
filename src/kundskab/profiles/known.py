"""What we already know of a person and may use, so that nobody asks her twice.

    what we were told of one question (now: day 0)                     | answer
    --------------------------------------------------------------------+----------------------------
    nothing, or we were told that there is nothing any more             | unknown
    a value, younger than the question allows                           | known
    a value, older than that                                            | confirm: old
    two sources, each with another value, within 30 days of each other  | confirm: conflicting
    one source: this, then that, then this again within 30 days         | confirm: conflicting
    one source: this, and later that                                    | known: that (she corrected it)
    only what we inferred                                               | confirm: inferred
    the newest is a claim of a browser that nobody signed               | confirm: claimed
    an inferred value beside a told one                                 | as if it were not there
    the question must always be asked                                   | unknown: always asked

"Told" is given by her or observed; an inference of ours is never knowledge, at best something to confirm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from kundskab.profiles.names import canonical, matching

OLD_AFTER_DAYS = 730.0  # when a question says nothing else; two years, since people move, grow and change their minds
LASTING = frozenset({"birth_date", "birth_year"})  # these do not change, so they do not grow old
CONFLICT = timedelta(days=30)  # how near in time two sources disagree rather than tell of a change

KNOWN, CONFIRM, UNKNOWN = "known", "confirm", "unknown"
OLD, CONFLICTING, INFERRED, ALWAYS_ASKED = "old", "conflicting", "inferred", "always asked"
CLAIMED = "claimed"


class Fact(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def how(self) -> str: ...
    @property
    def source(self) -> str | None: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def claimed(self) -> bool: ...


class Facts(Protocol):
    """A view, or a close-up: what may be used for its purpose."""

    @property
    def opened_at(self) -> datetime: ...
    @property
    def at(self) -> datetime | None: ...
    def histories_of(self, persons: Collection[str]) -> Mapping[str, Sequence[Fact]]: ...


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know. name: a fact's, in any spelling.  synonyms: further names of facts that answer it.

    max_age_days: older answers are to be confirmed; None: 730, and never for what does not change.
    """

    name: str
    max_age_days: float | None = None
    always_ask: bool = False
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What we know of one question. value, how, source, at and age_days are None where it is unknown."""

    question: str
    state: str  # known | confirm | unknown
    why: str | None = None  # of confirm: old | conflicting | inferred | claimed; of unknown: always asked
    value: Any = None
    how: str | None = None  # given | observed | inferred
    source: str | None = None
    at: datetime | None = None
    age_days: float | None = None


def known(view: Facts, person: str | None, questions: Sequence[str | Question]) -> list[Answer]:
    """One answer per question, same order: which of these we know and may use for the view's purpose.

    person: a token; None, or somebody the view may not show, gives everything unknown.  Ages are counted at the view's
    `at`, or when it was opened.
    """
    facts = view.histories_of([person]).get(person, ()) if person is not None else ()
    by_name = _by_name(facts)
    now = view.at or view.opened_at
    return [_answer(one if isinstance(one, Question) else Question(one), by_name, now) for one in questions]


def _answer(question: Question, by_name: Mapping[str, Sequence[Fact]], now: datetime) -> Answer:
    if question.always_ask:
        return Answer(question.name, UNKNOWN, ALWAYS_ASKED)
    names = matching(question.name, question.synonyms)
    facts = sorted((fact for name in names for fact in by_name.get(name, ())), key=lambda fact: fact.occurred_at)
    facts = [fact for fact in facts if fact.occurred_at <= now + timedelta(days=1)]  # a clock may run ahead
    told = [fact for fact in facts if fact.how != INFERRED]
    if told and _is_empty(told[-1].value):
        return Answer(question.name, UNKNOWN)
    told = [fact for fact in told if not _is_empty(fact.value)]
    guessed = [fact for fact in facts if fact.how == INFERRED and not _is_empty(fact.value)]
    if told:
        return _from_told(question, told, now)
    return _said(question, CONFIRM, INFERRED, guessed[-1], now) if guessed else Answer(question.name, UNKNOWN)


def _from_told(question: Question, told: Sequence[Fact], now: datetime) -> Answer:
    newest = told[-1]
    if newest.claimed:  # anybody can send one; no form may take a stranger's word for hers
        return _said(question, CONFIRM, CLAIMED, newest, now)
    if _is_conflicting(told):
        return _said(question, CONFIRM, CONFLICTING, newest, now)
    if _age_days(newest, now) > _max_age_days(question):
        return _said(question, CONFIRM, OLD, newest, now)
    return _said(question, KNOWN, None, newest, now)


def _is_conflicting(told: Sequence[Fact]) -> bool:
    """Whether other words than the newest, not taken back by who said them, lie near it in time. told: oldest first."""
    newest = told[-1]
    near = [fact for fact in told if newest.occurred_at - fact.occurred_at <= CONFLICT]
    last_words = {fact.source: fact for fact in near}
    if any(not _same(fact.value, newest.value) for fact in last_words.values()):
        return True
    own = [fact.value for fact in near if fact.source == newest.source]
    while own and _same(own[-1], newest.value):
        own.pop()
    return any(_same(value, newest.value) for value in own)


def _said(question: Question, state: str, why: str | None, fact: Fact, now: datetime) -> Answer:
    age = round(_age_days(fact, now), 1)
    return Answer(question.name, state, why, fact.value, fact.how, fact.source, fact.occurred_at, age)


def _age_days(fact: Fact, now: datetime) -> float:
    return max(0.0, (now - fact.occurred_at) / timedelta(days=1))


def _max_age_days(question: Question) -> float:
    if question.max_age_days is not None:
        return question.max_age_days
    return float("inf") if canonical(question.name) in LASTING else OLD_AFTER_DAYS


def _by_name(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """Canonical name -> facts, with what lies inside an object under `object.part` too."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        for part in _parts(fact):
            found.setdefault(canonical(part.name), []).append(part)
    return found


def _parts(fact: Fact) -> Iterator[Fact]:
    yield fact
    if isinstance(fact.value, Mapping):
        for name, value in fact.value.items():
            yield _Part(f"{canonical(fact.name)}.{canonical(str(name))}", value, fact)


@dataclass(frozen=True, slots=True)
class _Part:
    """One field of a fact that is an object, such as the city of an address."""

    name: str
    value: Any
    whole: Fact

    @property
    def how(self) -> str:
        return self.whole.how

    @property
    def source(self) -> str | None:
        return self.whole.source

    @property
    def occurred_at(self) -> datetime:
        return self.whole.occurred_at

    @property
    def claimed(self) -> bool:
        return self.whole.claimed


def _is_empty(value: Any) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())


def _same(a: Any, b: Any) -> bool:
    """42 is "42", and "Lund " is "lund": who types an answer again rarely types it alike."""
    return bool(_plain(a) == _plain(b))


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    text = " ".join(str(value).casefold().split())
    return text.removesuffix(".0")
