"""The words of a fictitious company: its objects, categories and properties, and which behaviour looks at what."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from kundskab.synthetic.declaration import MEETINGS, RESEARCH, Declaration
from kundskab.synthetic.people import DEVICE_KINDS
from kundskab.synthetic.rhythms import Array, Floats, Story

PAGE, MAILING, FORM = "page", "mailing", "form"
_TASTE_PULL = 1.3  # how much a taste of 1 prefers a product one standard deviation of log price dearer
_POPULARITY = 0.7  # exponent of the fall from a category's first product to its last
_WAITS_MINUTES = 30  # waits in properties are told in steps of so many minutes ...
_WAIT_STEPS = 400  # ... and no further than this many steps


@dataclass(frozen=True)
class Shelf:
    """Lists of words and the numbers by which events point into them.

    Products come first among the objects, then pages, one mailing per week of the story, one care guide per
    category of the catalogue, and the forms.
    """

    objects: tuple[tuple[str, str, str, float | None], ...]  # id, name, category, price in the first currency
    categories: tuple[str, ...]
    properties: tuple[str, ...]  # JSON objects; number 0 is the empty one
    products: int
    pages: int
    weeks: int
    forms: tuple[str, ...]
    category_of: Array  # per product
    most: Array  # per product: the most of it in one order
    price: Floats  # per product, first market's currency
    ladders: Floats  # (months, behaviours, products) cumulated weights
    in_category: Floats  # (categories of the catalogue, products) cumulated weights
    page_weights: Floats
    _properties_from: dict[str, int]

    def property(self, name: str) -> int:
        """The number of the first property of a family; its members follow in their order."""
        return self._properties_from[name]

    def wait(self, micros: Array) -> Array:
        """The property that tells a wait, rounded up to half hours."""
        steps = np.clip(-(-micros // (_WAITS_MINUTES * 60_000_000)), 1, _WAIT_STEPS)
        numbers: Array = self.property("waited") + steps - 1
        return numbers

    def mailing(self, week: int) -> int:
        return self.products + self.pages + week

    def guide(self, category: Array) -> Array:
        """The care guides for these categories of the catalogue."""
        guides: Array = self.products + self.pages + self.weeks + category.astype(np.int64)
        return guides

    def form(self, name: str) -> int:
        return len(self.objects) - len(self.forms) + self.forms.index(name)

    def category(self, name: str) -> int:
        return self.categories.index(name)


def stock(declaration: Declaration, story: Story, shops: tuple[str, ...]) -> Shelf:
    """Everything on the shelf of a declared company for the time of the story."""
    products = [
        (f"{category.name.replace(' ', '-')}-{place:02d}", name, category.name, price)
        for category in declaration.catalogue
        for place, (name, price) in enumerate(category.products, start=1)
    ]
    pages = [(f"page-{place:02d}", name, PAGE, None) for place, name in enumerate(declaration.pages, start=1)]
    mailings = [
        (f"mailing-{week + 1:03d}", f"Mailing of week {week + 1}", MAILING, None) for week in range(story.weeks)
    ]
    guides = [
        (f"guide-{one.name.replace(' ', '-')}", f"Care for {one.name}", one.name, None) for one in declaration.catalogue
    ]
    forms = [(one.name, one.name.capitalize(), FORM, None) for one in declaration.forms]
    families = _property_families(declaration, shops)
    firsts = np.cumsum([0] + [len(family) for family in families.values()])
    category_of = np.repeat(np.arange(len(declaration.catalogue)), [len(one.products) for one in declaration.catalogue])
    popular = _popularity(declaration)
    in_category = np.where(np.arange(len(declaration.catalogue))[:, None] == category_of, popular, 0.0)
    return Shelf(
        objects=(*products, *pages, *mailings, *guides, *forms),
        categories=(
            *(one.name for one in declaration.catalogue),
            PAGE,
            MAILING,
            FORM,
            *MEETINGS,
            *declaration.support.topics,
        ),
        properties=tuple(json.dumps(one, sort_keys=True, ensure_ascii=False) for f in families.values() for one in f),
        products=len(products),
        pages=len(pages),
        weeks=len(mailings),
        forms=tuple(one.name for one in declaration.forms),
        category_of=category_of.astype(np.int16),
        most=np.repeat(
            [one.most for one in declaration.catalogue], [len(one.products) for one in declaration.catalogue]
        ),
        price=np.array([price for *_, price in products], float),
        ladders=np.cumsum(_interest(declaration, category_of), axis=2),
        in_category=np.cumsum(in_category, axis=1),
        page_weights=np.array(list(declaration.pages.values())),
        _properties_from=dict(zip(families, firsts.tolist(), strict=False)),
    )


def _property_families(declaration: Declaration, shops: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    return {
        "none": [{}],
        "device": [{"device": kind} for kind in DEVICE_KINDS],
        "search": [{"query": one.search} for one in declaration.catalogue],
        "shop": [{"shop": shop} for shop in shops],
        "rating": [{"rating": stars} for stars in range(1, 6)],
        "staff": [
            {"staff": one.name, "research": answer} for one in declaration.encounters.staff for answer in RESEARCH
        ],
        **{f"{form.name} fields": [{"field": field} for field in form.fields] for form in declaration.forms},
        **{
            f"{form.name} asks": [{"question": fact, "known": known} for fact in form.asks for known in (False, True)]
            for form in declaration.forms
        },
        "waited": [{"waited_minutes": (step + 1) * _WAITS_MINUTES} for step in range(_WAIT_STEPS)],
    }


def _popularity(declaration: Declaration) -> Floats:
    """Within each category the product named first is the most looked at."""
    parts = [np.arange(1, len(one.products) + 1, dtype=float) ** -_POPULARITY for one in declaration.catalogue]
    return np.concatenate([part / part.sum() for part in parts])


def _interest(declaration: Declaration, category_of: Array) -> Floats:
    """(months, behaviours, products): weight of the category and its season, popularity, the pull of the price."""
    seasons = np.array([declaration.rhythms.seasons[one.season] for one in declaration.catalogue]).T[
        :, None, category_of
    ]
    wanted = np.array([list(one.categories.values()) for one in declaration.behaviours])[:, category_of]
    taste = np.array([one.taste for one in declaration.behaviours])
    pull = np.exp(_TASTE_PULL * np.outer(taste, _dearness(declaration)))
    # a floor: in a month in which nothing that somebody looks at has a season, they still look at something
    interest: Floats = np.maximum(seasons, 1e-6) * wanted * _popularity(declaration) * pull
    return interest


def _dearness(declaration: Declaration) -> Floats:
    """Log price of each product in standard deviations within its category."""
    parts = []
    for category in declaration.catalogue:
        logs = np.log([price for _, price in category.products])
        parts.append((logs - logs.mean()) / (logs.std() or 1.0))
    return np.concatenate(parts)
