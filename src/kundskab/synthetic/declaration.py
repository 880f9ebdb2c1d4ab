"""What a fictitious company is assumed to be, as frozen records; `parse.py` reads them from a YAML page.

`fjallhandel.yaml` beside this file is the demo and the manual: each field is explained there.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

CHANNELS = ("web", "app", "shop", "email", "support")
VISITED = CHANNELS[:3]  # the channels people come to; the other two are for writing


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
    birth_year_given: float


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
    pages: dict[str, float]
    catalogue: tuple[Category, ...]
    source: str

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
