"""What people of a fictitious company allowed: answers, changes of mind, and when mail may be sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from kundskab.synthetic.declaration import CHANNELS, VISITED, Answer, Declaration, Question
from kundskab.synthetic.people import APP_SLOT, SECOND_SLOT, Population
from kundskab.synthetic.rhythms import DAY, NEVER, Array, Floats, Ints, Story, days

STATUSES = ("grant", "refuse", "withdraw", "object")
GRANT, REFUSE, WITHDRAW, OBJECT = range(4)
# where a statement was made, and the proof that is kept of it
PLACES: dict[str, dict[str, str]] = {
    "cookie banner": {"shown": "banner on the first visit", "answered_by": "button"},
    "sign-up form": {"shown": "form for a new account", "answered_by": "tick box, not ticked beforehand"},
    "sign-up in the shop": {"shown": "form on the till's screen", "answered_by": "customer's own tap"},
    "account page": {"shown": "page 'what you allow'", "answered_by": "switch"},
    "cookie settings": {"shown": "page 'cookies'", "answered_by": "switch"},
    "unsubscribe link": {"shown": "foot of a mailing", "answered_by": "link"},
    "letter to us": {"shown": "the customer wrote by herself", "answered_by": "e-mail to support"},
}
PLACE_NAMES = tuple(PLACES)
PROOFS = tuple(json.dumps(proof, sort_keys=True) for proof in PLACES.values())
# one person's answers lean the same way: this share of the variance of each answer is the person's
_LEANING = 0.5
_COLUMNS = ("person", "device", "purpose", "status", "at", "place", "channel")
_UNSUBSCRIBES = 0.7  # of withdrawals of marketing by members, how many go by the link in a mailing


@dataclass(frozen=True)
class Statements:
    """Statements of consent, one entry each, in time order: by a person's account, or by a device."""

    person: Array  # number of the account; -1 when the device speaks
    device: Array  # -1 when the account speaks
    purpose: Array  # number in `purposes`
    status: Array  # number in STATUSES
    at: Ints
    place: Array  # number in PLACE_NAMES
    channel: Array  # number in CHANNELS
    purposes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class Permissions:
    """When mailings may be sent to each person: from (inclusive) and until (exclusive)."""

    mail_from: Ints
    mail_until: Ints
    unsubscribed: Array  # the permission ended by the link in a mailing


def state(
    declaration: Declaration, population: Population, story: Story, rng: np.random.Generator
) -> tuple[Statements, Permissions]:
    """All statements until the end of the story, and the mail permissions that follow from them."""
    purposes = _purposes(declaration.consents.banner, declaration.consents.sign_up)
    leaning = rng.normal(size=len(population))
    parts = [
        *_asked_on_devices(declaration, population, leaning, purposes, rng),
        *_asked_at_sign_up(declaration, population, leaning, purposes, rng),
        *_asked_a_second_time(declaration, population, leaning, purposes, rng),
        _objected(declaration, population, purposes, rng),
    ]
    everything = _joined(parts, purposes)
    told = _chosen(everything, np.flatnonzero(everything.at < story.until))
    return told, _mail_permissions(told, len(population))


def _purposes(*questions: Question) -> tuple[str, ...]:
    names = [answer.purpose for question in questions for answer in question.answers]
    return tuple(dict.fromkeys([*names, "marketing"]))


def _asked_on_devices(
    declaration: Declaration,
    population: Population,
    leaning: Floats,
    purposes: tuple[str, ...],
    rng: np.random.Generator,
) -> list[Statements]:
    devices = np.arange(len(population.device_owner), dtype=np.int32)
    in_app = population.device[population.device_owner, APP_SLOT] == devices
    channel = np.where(in_app, VISITED.index("app"), VISITED.index("web")).astype(np.int8)
    asked = Statements(
        np.full(len(devices), -1, np.int32),
        devices,
        _same(devices, 0),
        _same(devices, GRANT),
        population.device_at,
        _same(devices, PLACE_NAMES.index("cookie banner")),
        channel,
        purposes,
    )
    changes = _same(devices, PLACE_NAMES.index("cookie settings"))
    return _answers(declaration.consents.banner, asked, leaning[population.device_owner], changes, rng)


def _asked_at_sign_up(
    declaration: Declaration,
    population: Population,
    leaning: Floats,
    purposes: tuple[str, ...],
    rng: np.random.Generator,
) -> list[Statements]:
    members = np.flatnonzero(population.signed_up_at < NEVER).astype(np.int32)
    in_shop = population.signed_up_in[members] == VISITED.index("shop")
    form = np.where(in_shop, PLACE_NAMES.index("sign-up in the shop"), PLACE_NAMES.index("sign-up form"))
    asked = Statements(
        members,
        np.full(len(members), -1, np.int32),
        _same(members, 0),
        _same(members, GRANT),
        population.signed_up_at[members],
        form.astype(np.int8),
        population.signed_up_in[members].astype(np.int8),
        purposes,
    )
    changes = _same(members, PLACE_NAMES.index("account page"))
    return _answers(declaration.consents.sign_up, asked, leaning[members], changes, rng)


def _asked_a_second_time(
    declaration: Declaration,
    population: Population,
    leaning: Floats,
    purposes: tuple[str, ...],
    rng: np.random.Generator,
) -> list[Statements]:
    """The form for a second account; as numbers, second accounts follow on those of all humans, in their order."""
    who = np.flatnonzero(population.second)
    account = (len(population) + np.arange(len(who))).astype(np.int32)
    asked = Statements(
        account,
        np.full(len(who), -1, np.int32),
        _same(who, 0),
        _same(who, GRANT),
        population.signed_in_at[who, SECOND_SLOT],
        _same(who, PLACE_NAMES.index("sign-up form")),
        _same(who, VISITED.index("web")),
        purposes,
    )
    changes = _same(who, PLACE_NAMES.index("account page"))
    return _answers(declaration.consents.sign_up, asked, leaning[who], changes, rng)


def _answers(
    question: Question, asked: Statements, leaning: Floats, changed_in: Array, rng: np.random.Generator
) -> list[Statements]:
    """First answers and later changes of mind, purpose by purpose; who closes the banner closes it for all purposes."""
    answered = rng.random(len(asked)) < question.answered
    return [
        part for answer in question.answers for part in _answers_for(answer, asked, answered, leaning, changed_in, rng)
    ]


def _answers_for(
    answer: Answer, asked: Statements, answered: Array, leaning: Floats, changed_in: Array, rng: np.random.Generator
) -> list[Statements]:
    granted = _grants(answer.grant, leaning, rng)
    purpose = _same(asked.at, asked.purposes.index(answer.purpose))
    first = replace(asked, purpose=purpose, status=np.where(granted, GRANT, REFUSE).astype(np.int8))

    count = len(asked)
    rate = np.where(granted, answer.withdraw_per_year, answer.later_per_year)
    later = asked.at + DAY + days(365.25 / np.maximum(rate, 1e-9), count, rng)
    place, channel = changed_in.copy(), np.where(asked.channel == VISITED.index("shop"), 0, asked.channel)
    if answer.purpose == "marketing":
        by_link = granted & (asked.person >= 0) & (rng.random(count) < _UNSUBSCRIBES)
        place[by_link] = PLACE_NAMES.index("unsubscribe link")
        channel = np.where(by_link, CHANNELS.index("email"), channel)
    status = np.where(granted, WITHDRAW, GRANT).astype(np.int8)
    second = replace(first, status=status, at=later, place=place, channel=channel.astype(np.int8))
    return [_chosen(part, np.flatnonzero(answered)) for part in (first, second)]


def _grants(share: float, leaning: Floats, rng: np.random.Generator) -> Array:
    """True with probability `share` for each, the more likely the more the person leans to trust."""
    if share in (0.0, 1.0):
        return np.full(len(leaning), share == 1.0)
    own = rng.normal(size=len(leaning))
    granted: Array = np.sqrt(_LEANING) * leaning + np.sqrt(1 - _LEANING) * own < NormalDist().inv_cdf(share)
    return granted


def _objected(
    declaration: Declaration, population: Population, purposes: tuple[str, ...], rng: np.random.Generator
) -> Statements:
    members = np.flatnonzero(population.signed_up_at < NEVER)
    who = members[rng.random(len(members)) < declaration.consents.objects_to_marketing].astype(np.int32)
    return Statements(
        who,
        np.full(len(who), -1, np.int32),
        _same(who, purposes.index("marketing")),
        _same(who, OBJECT),
        population.signed_up_at[who] + DAY + days(365, len(who), rng),
        _same(who, PLACE_NAMES.index("letter to us")),
        _same(who, CHANNELS.index("support")),
        purposes,
    )


def _mail_permissions(told: Statements, people: int) -> Permissions:
    # mail goes to first accounts only
    about_mail = (told.person >= 0) & (told.person < people) & (told.purpose == told.purposes.index("marketing"))
    mail_from, mail_until = np.full(people, NEVER), np.full(people, NEVER)
    grants = np.flatnonzero(about_mail & (told.status == GRANT))
    mail_from[told.person[grants]] = told.at[grants]
    ends = np.flatnonzero(about_mail & ((told.status == WITHDRAW) | (told.status == OBJECT)))
    # statements lie in time order: written backwards, the earliest end stays
    mail_until[told.person[ends[::-1]]] = told.at[ends[::-1]]
    unsubscribed = np.zeros(people, bool)
    by_link = ends[told.place[ends] == PLACE_NAMES.index("unsubscribe link")]
    unsubscribed[told.person[by_link]] = mail_until[told.person[by_link]] == told.at[by_link]
    return Permissions(mail_from, mail_until, unsubscribed)


def notice_versions(declaration: Declaration, story: Story, at: Ints) -> Array:
    """The number (in consents.notices) of the notice that was shown at each time."""
    starts = np.array([story.months_in(month) for _, month in declaration.consents.notices])
    return np.maximum(np.searchsorted(starts, at, side="right") - 1, 0)


def _joined(parts: list[Statements], purposes: tuple[str, ...]) -> Statements:
    def all_of(name: str) -> Array:
        return np.concatenate([getattr(part, name) for part in parts])

    everything = Statements(**{name: all_of(name) for name in _COLUMNS}, purposes=purposes)
    return _chosen(everything, np.argsort(everything.at, kind="stable"))


def _chosen(part: Statements, rows: Array) -> Statements:
    return replace(part, **{name: getattr(part, name)[rows] for name in _COLUMNS})


def _same(like: Array, value: int) -> Array:
    return np.full(len(like), value, np.int8)
