"""What a fictitious company is assumed to be, as frozen records; `parse.py` reads them from a YAML page.

`fjallhandel.yaml` beside this file is the demo and the manual: each field is explained there.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

CHANNELS = ("web", "app", "shop", "email", "support", "visit", "phone", "letter", "workshop", "chat")
VISITED = CHANNELS[:3]  # the channels people come to; the next two are for writing, the others for meeting
# the ways in which staff meet a customer, and the channel each happens in
MEETINGS = {
    "visit": "visit",
    "call": "phone",
    "letter": "letter",
    "shop floor": "shop",
    "co-creation": "workshop",
    "chat": "chat",
}
RESEARCH = ("yes", "no", "not asked")  # may what was said be used for research
FORMS = ("checkout", "account", "returns", "support", "size guide")
# what people may tell about themselves besides their name and their e-mail
TOLD = ("phone", "birth_year", "city", "shoe_size", "clothing_size", "favourite_activity", "newsletter_topics")


@dataclass(frozen=True, slots=True)
class Market:
    name: str
    share: float
    currency: str
    rate: float  # of the first market's currency
    rounding: float
    shops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Population:
    user_id_prefix: str
    existing: float
    sign_up: float
    sign_up_after_days: float
    sign_up_in: tuple[float, ...]  # weights of VISITED
    stranger_activity: float
    activity_spread: float
    mixture: float
    drift_per_month: float
    second_account: float


@dataclass(frozen=True, slots=True)
class Devices:
    second: float
    third: float
    app: float
    shared: float
    signs_in: float
    stays_signed_in: float


@dataclass(frozen=True, slots=True)
class Behaviour:
    name: str
    share: float
    visits_per_month: float
    leaves_per_year: float
    season: str
    hours: str
    weekdays: str
    channels: tuple[float, ...]  # weights of VISITED
    categories: dict[str, float]  # every category of the catalogue
    taste: float
    depth: float
    cart: float
    checkout: float
    order: float
    basket: float
    bargains: float
    returns: float


@dataclass(frozen=True, slots=True)
class Rhythms:
    seasons: dict[str, tuple[float, ...]]  # 12 months
    hours: dict[str, tuple[float, ...]]  # 24 hours
    weekdays: dict[str, tuple[float, ...]]  # 7 days, Monday first
    shop_hours: str
    shop_weekdays: str


@dataclass(frozen=True, slots=True)
class Orders:
    guest: float
    shop_buys: float
    reductions: tuple[int, ...]  # per cent
    sale_months: dict[int, float]
    refunded_after_days: float
    refunded_in_shop: float
    reviewed: float
    ratings: tuple[float, ...]
    reviewed_after_days: float


@dataclass(frozen=True, slots=True)
class Mailings:
    every_weeks: int
    weekday: int
    hour: int
    opened: float
    clicked: float
    keen_spread: float


@dataclass(frozen=True, slots=True)
class Support:
    per_order: float
    per_visit: float
    answered_after_hours: float
    topics: dict[str, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """How people answer one question of consent."""

    purpose: str
    grant: float
    withdraw_per_year: float
    later_per_year: float


@dataclass(frozen=True, slots=True)
class Question:
    """One place where consent is asked for."""

    answered: float
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Consents:
    notices: tuple[tuple[str, int], ...]  # (version, from month of the story), rising
    banner: Question
    sign_up: Question
    objects_to_marketing: float


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    search: str
    season: str
    most: int
    products: tuple[tuple[str, float], ...]  # (name, price in the first market's currency)


@dataclass(frozen=True, slots=True)
class Facts:
    told: dict[str, float]  # every name of TOLD
    changes_per_year: float
    activities: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """How hard one form is: chances per attempt, and what it asks for whether we know it or not."""

    name: str
    errors: float
    anew: float
    gives_up: float
    fields: dict[str, float]
    asks: dict[str, float]  # the name of a fact -> how often it is asked for


@dataclass(frozen=True, slots=True)
class Staff:
    name: str
    meets: dict[str, float]  # every name of MEETINGS


@dataclass(frozen=True, slots=True)
class Said:
    """Something customers say, and what whoever heard it read into it; {product} stands for a product."""

    words: str
    reading: str


@dataclass(frozen=True, slots=True)
class Encounters:
    per_year: dict[str, dict[str, float]]  # behaviour -> kind of meeting -> rate
    fewer_per_year: float
    research: tuple[float, ...]  # weights of RESEARCH
    staff: tuple[Staff, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Driver:
    """A deed that makes people stay: reading the guide for what they bought soon after their first purchase."""

    name: str
    strength: float
    within_days: int
    soon: float
    later: float
    in_passing: float


@dataclass(frozen=True, slots=True)
class Undervalued:
    """A group that is worth little today and much tomorrow, known only by what it does."""

    name: str
    share: float
    strength: float
    spends_now: float
    mends_for_months: float
    repairs_per_year: float
    invites_per_year: float
    others_repairs_per_year: float
    others_invites_per_year: float


@dataclass(frozen=True, slots=True)
class Declaration:
    """All assumptions behind one fictitious company; `source` is the page they were read from, comments and all."""

    name: str
    about: str
    timezone: str
    people: int
    months: int
    markets: tuple[Market, ...]
    population: Population
    devices: Devices
    behaviours: tuple[Behaviour, ...]
    rhythms: Rhythms
    orders: Orders
    mailings: Mailings
    support: Support
    consents: Consents
    facts: Facts
    forms: tuple[Form, ...]
    encounters: Encounters
    driver: Driver
    undervalued: Undervalued
    pages: dict[str, float]
    catalogue: tuple[Category, ...]
    source: str

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
