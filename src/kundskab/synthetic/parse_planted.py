"""Reads what is planted in a declaration: the driver of staying and the undervalued group."""

from __future__ import annotations

from kundskab.synthetic.declaration import Driver, Undervalued
from kundskab.synthetic.reading import Section

_RATE = 100.0  # a year, as for every other rate


def driver_of(part: Section) -> Driver:
    driver = Driver(
        name=part.text("name"),
        strength=part.number("strength", 0, 0.95),
        within_days=part.whole("within_days", 2, 365),
        soon=part.share("soon"),
        later=part.share("later"),
        in_passing=part.share("in_passing"),
    )
    part.finish()
    return driver


def undervalued_of(part: Section) -> Undervalued:
    rates = ("repairs_per_year", "invites_per_year", "others_repairs_per_year", "others_invites_per_year")
    group = Undervalued(
        part.text("name"),
        part.share("share"),
        part.number("strength", 0, 20),
        part.share("spends_now"),
        part.number("mends_for_months", 0, 240),
        *(part.number(name, 0, _RATE) for name in rates),
    )
    part.finish()
    return group
