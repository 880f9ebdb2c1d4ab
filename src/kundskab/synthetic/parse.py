"""Reads a declaration from a YAML page and checks every field; what is wrong is told in one sentence."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from kundskab.synthetic.declaration import (
    VISITED,
    Behaviour,
    Category,
    Declaration,
    Devices,
    Mailings,
    Market,
    Orders,
    Population,
    Rhythms,
    Support,
)
from kundskab.synthetic.parse_consents import consents_of
from kundskab.synthetic.parse_meeting import encounters_of, facts_of, forms_of
from kundskab.synthetic.parse_planted import driver_of, undervalued_of
from kundskab.synthetic.reading import DeclarationError, Section

_FJALLHANDEL = Path(__file__).with_name("fjallhandel.yaml")
_RATE = 100.0  # upper limit of anything per year or month: keeps a slip of the finger from filling the disk


def fjallhandel() -> Declaration:
    """The demo company."""
    return read(_FJALLHANDEL)


def read(path: Path) -> Declaration:
    """Reads a declaration from a YAML file; raises DeclarationError with one sentence when it cannot be used."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(f"The declaration {path} cannot be read: {error}.") from error
    return parse(text)


def parse(text: str) -> Declaration:
    """Reads a declaration from YAML text; raises DeclarationError naming the field at fault and what it should be."""
    try:
        top = Section(yaml.safe_load(text))
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f" at line {place.line + 1}" if place else ""
        raise DeclarationError(
            f"The declaration is not valid YAML{where}: {getattr(error, 'problem', error)}."
        ) from error
    top.whole("schema", 1, 1)
    rhythms = _rhythms(top.section("rhythms"))
    catalogue = tuple(_category(name, one, rhythms) for name, one in top.sections("catalogue").items())
    behaviours = tuple(_behaviour(n, one, rhythms, catalogue) for n, one in top.sections("behaviours").items())
    declaration = Declaration(
        name=top.text("name"),
        about=top.text("about"),
        timezone=_timezone(top),
        people=top.whole("people", 1, 10_000_000),
        months=top.whole("months", 1, 240),
        markets=tuple(_market(name, one) for name, one in top.sections("markets").items()),
        population=_population(top.section("population")),
        devices=_devices(top.section("devices")),
        behaviours=behaviours,
        rhythms=rhythms,
        orders=_orders(top.section("orders")),
        mailings=_mailings(top.section("mailings")),
        support=_support(top.section("support")),
        consents=consents_of(top.section("consents")),
        facts=facts_of(top.section("facts")),
        forms=forms_of(top.section("forms")),
        encounters=encounters_of(top.section("encounters"), [one.name for one in behaviours]),
        driver=driver_of(top.section("driver")),
        undervalued=undervalued_of(top.section("undervalued")),
        pages=top.weights("pages"),
        catalogue=catalogue,
        source=text,
    )
    top.finish()
    _sums_to_something("markets", [one.share for one in declaration.markets])
    _sums_to_something("behaviours", [one.share for one in declaration.behaviours])
    return declaration


def _timezone(top: Section) -> str:
    name = top.text("timezone")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise DeclarationError(f"timezone must be a name such as Europe/Stockholm, not {name!r}.") from error
    return name


def _market(name: str, part: Section) -> Market:
    market = Market(
        name=name,
        share=part.share("share"),
        currency=_currency(part),
        rate=part.number("rate", 1e-6, 1e6),
        rounding=part.number("rounding", 0.01, 1e6),
        shops=part.texts("shops"),
    )
    part.finish()
    return market


def _currency(part: Section) -> str:
    code = part.text("currency")
    if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        raise DeclarationError(f"{part.at('currency')} must be three capital letters such as SEK, not {code!r}.")
    return code


def _population(part: Section) -> Population:
    population = Population(
        user_id_prefix=part.text("user_id_prefix"),
        existing=part.share("existing"),
        sign_up=part.share("sign_up"),
        sign_up_after_days=part.number("sign_up_after_days", 0, 3650),
        sign_up_in=_by_channel(part, "sign_up_in"),
        stranger_activity=part.share("stranger_activity"),
        activity_spread=part.number("activity_spread", 0.05, 1000),
        mixture=part.number("mixture", 0.01, 1000),
        drift_per_month=part.number("drift_per_month", 0, 10),
        second_account=part.share("second_account"),
    )
    part.finish()
    return population


def _devices(part: Section) -> Devices:
    names = ("second", "third", "app", "shared", "signs_in", "stays_signed_in")
    devices = Devices(*(part.share(name) for name in names))
    part.finish()
    return devices


def _behaviour(name: str, part: Section, rhythms: Rhythms, catalogue: tuple[Category, ...]) -> Behaviour:
    behaviour = Behaviour(
        name=name,
        share=part.share("share"),
        visits_per_month=part.number("visits_per_month", 0, _RATE),
        leaves_per_year=part.number("leaves_per_year", 0, _RATE),
        season=part.one_of("season", rhythms.seasons),
        hours=part.one_of("hours", rhythms.hours),
        weekdays=part.one_of("weekdays", rhythms.weekdays),
        channels=_by_channel(part, "channels"),
        categories=_by_category(part, catalogue),
        taste=part.number("taste", -1, 1),
        depth=part.number("depth", 1, 30),
        cart=part.share("cart"),
        checkout=part.share("checkout"),
        order=part.share("order"),
        basket=part.number("basket", 0, 20),
        bargains=part.share("bargains"),
        returns=part.share("returns"),
    )
    part.finish()
    return behaviour


def _by_channel(part: Section, name: str) -> tuple[float, ...]:
    weights = part.weights(name)
    for channel in weights:
        if channel not in VISITED:
            raise DeclarationError(f"{part.at(name)}.{channel} must be one of {', '.join(VISITED)}.")
    return tuple(weights.get(channel, 0.0) for channel in VISITED)


def _by_category(part: Section, catalogue: tuple[Category, ...]) -> dict[str, float]:
    weights = part.weights("categories")
    other = weights.pop("other", 0.0)
    names = [category.name for category in catalogue]
    for name in weights:
        if name not in names:
            raise DeclarationError(f"{part.at('categories')}.{name} is no category of the catalogue.")
    return {name: weights.get(name, other) for name in names}


def _rhythms(part: Section) -> Rhythms:
    def series(name: str, length: int) -> dict[str, tuple[float, ...]]:
        inner = part.section(name)
        return {one: inner.series(one, length) for one in inner.names}

    seasons, hours, weekdays = series("seasons", 12), series("hours", 24), series("weekdays", 7)
    shop = part.section("shop")
    rhythms = Rhythms(seasons, hours, weekdays, shop.one_of("hours", hours), shop.one_of("weekdays", weekdays))
    shop.finish()
    part.finish()
    return rhythms


def _orders(part: Section) -> Orders:
    months = part.section("sale_months")
    orders = Orders(
        guest=part.share("guest"),
        shop_buys=part.share("shop_buys"),
        reductions=_reductions(part),
        sale_months={_month(months, name): months.share(name) for name in months.names},
        refunded_after_days=part.number("refunded_after_days", 0, 365),
        refunded_in_shop=part.share("refunded_in_shop"),
        reviewed=part.share("reviewed"),
        ratings=part.series("ratings", 5),
        reviewed_after_days=part.number("reviewed_after_days", 0, 365),
    )
    part.finish()
    return orders


def _reductions(part: Section) -> tuple[int, ...]:
    value = part.take("reductions")
    whole = isinstance(value, list) and all(type(one) is int and 0 < one < 100 for one in value)
    if not whole or not value:
        raise DeclarationError(
            f"{part.at('reductions')} must be a list of whole per cents from 1 to 99, not {value!r}."
        )
    return tuple(value)


def _month(part: Section, name: str) -> int:
    if not (name.isdecimal() and 1 <= int(name) <= 12):
        raise DeclarationError(f"{part.at(name)} must be a month from 1 to 12.")
    return int(name)


def _mailings(part: Section) -> Mailings:
    mailings = Mailings(
        every_weeks=part.whole("every_weeks", 1, 520),
        weekday=part.whole("weekday", 0, 6),
        hour=part.whole("hour", 0, 23),
        opened=part.share("opened"),
        clicked=part.share("clicked"),
        keen_spread=part.number("keen_spread", 0, 10),
    )
    part.finish()
    return mailings


def _support(part: Section) -> Support:
    support = Support(
        per_order=part.share("per_order"),
        per_visit=part.share("per_visit"),
        answered_after_hours=part.number("answered_after_hours", 0, 1000),
        topics=part.weights("topics"),
    )
    part.finish()
    return support


def _category(name: str, part: Section, rhythms: Rhythms) -> Category:
    products = part.section("products")
    category = Category(
        name=name,
        search=part.text("search"),
        season=part.one_of("season", rhythms.seasons),
        most=part.whole("most", 1, 1000),
        products=tuple((one, products.number(one, 0.01, 1e6)) for one in products.names),
    )
    part.finish()
    if not category.products:
        raise DeclarationError(f"{products.path} must name at least one product.")
    return category


def _sums_to_something(path: str, shares: list[float]) -> None:
    if not sum(shares) > 0:
        raise DeclarationError(f"{path} need at least one share above 0.")
