"""What somebody did, as a plain sentence: "viewed Tarn 2 tent in tents", "ordered 3 things"."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N

from kundskab.pipeline.answers import EventRow
from kundskab.web.base.templatetags.say import count

# What we did to them: part of their timeline, not of their rhythm.
OURS = {"mailing sent", "email sent", "email delivered", "push notification sent", "ticket answered", "ticket closed"}

# By the action in lower case: how it is said with an object, and without one. Names are those of the
# Segment spec, of our own generated ones, and of files that people commonly import.
SAYINGS: dict[str, tuple[str, str]] = {
    "page viewed": (N("opened the page {object}"), N("opened a page")),
    "screen viewed": (N("opened the screen {object}"), N("opened a screen")),
    "app opened": (N("opened the app {object}"), N("opened the app")),
    "application opened": (N("opened the app {object}"), N("opened the app")),
    "application installed": (N("installed the app {object}"), N("installed the app")),
    "account created": (N("made an account: {object}"), N("made an account")),
    "signed up": (N("signed up for {object}"), N("signed up")),
    "signed in": (N("signed in to {object}"), N("signed in")),
    "signed out": (N("signed out of {object}"), N("signed out")),
    "identified": (N("said who they are: {object}"), N("said who they are")),
    "aliased": (N("was joined with {object}"), N("was joined with an earlier trace")),
    "joined group": (N("joined {object}"), N("joined a group")),
    "search made": (N("searched for {object}"), N("searched")),
    "products searched": (N("searched for {object}"), N("searched")),
    "product list viewed": (N("looked through {object}"), N("looked through a list")),
    "product list filtered": (N("narrowed down {object}"), N("narrowed down a list")),
    "product clicked": (N("chose {object}"), N("chose a product")),
    "product viewed": (N("viewed {object}"), N("viewed a product")),
    "product shared": (N("shared {object}"), N("shared a product")),
    "product added": (N("put {object} in the cart"), N("put something in the cart")),
    "product added to cart": (N("put {object} in the cart"), N("put something in the cart")),
    "product added to wishlist": (N("wished for {object}"), N("wished for something")),
    "product removed": (N("took {object} out of the cart"), N("took something out of the cart")),
    "cart viewed": (N("looked into the cart {object}"), N("looked into the cart")),
    "checkout started": (N("went to the checkout {object}"), N("went to the checkout")),
    "payment info entered": (N("gave payment details for {object}"), N("gave payment details")),
    "coupon applied": (N("used the coupon {object}"), N("used a coupon")),
    "order completed": (N("ordered {object}"), N("ordered")),
    "order updated": (N("changed the order of {object}"), N("changed an order")),
    "order cancelled": (N("cancelled the order of {object}"), N("cancelled an order")),
    "order refunded": (N("sent back {object}"), N("was refunded")),
    "purchase": (N("bought {object}"), N("bought something")),
    "visit": (N("visited {object}"), N("visited")),
    "review written": (N("reviewed {object}"), N("wrote a review")),
    "product reviewed": (N("reviewed {object}"), N("wrote a review")),
    "mailing sent": (N("was sent {object}"), N("was sent a mailing")),
    "mailing opened": (N("opened {object}"), N("opened a mailing")),
    "mailing clicked": (N("followed a link in {object}"), N("followed a link in a mailing")),
    "unsubscribed": (N("unsubscribed from {object}"), N("unsubscribed")),
    "ticket opened": (N("asked for help with {object}"), N("asked for help")),
    "ticket answered": (N("got an answer about {object}"), N("got an answer")),
    "ticket closed": (N("had their matter settled: {object}"), N("had their matter settled")),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """A sentence with holes: pattern.format(action=..., object=..., category=...) says it."""

    pattern: str
    action: str
    object: str
    category: str

    def __str__(self) -> str:
        return self.pattern.format(action=self.action, object=self.object, category=self.category)


def tell(event: EventRow) -> Deed:
    """One event as a sentence without its subject, its money or its time."""
    # Somebody who looked through tents did so even when no product was named.
    thing = _thing(event) or event.category or ""
    aside = event.category if event.object and _is_shelf(event) else ""
    pattern = _pattern(event.action, bool(thing)) + (_(" in {category}") if aside else "")
    return Deed(pattern, event.action.lower(), thing, aside or "")


def _is_shelf(event: EventRow) -> bool:
    """Whether the category says where the object stands; "page" of a page viewed only repeats the action."""
    return (
        bool(event.category)
        and event.category != event.object
        and event.category.casefold() not in event.action.casefold()
    )


def _pattern(action: str, has_thing: bool) -> str:
    with_thing, without = SAYINGS.get(action.casefold(), ("{action}: {object}", "{action}"))
    return _(with_thing) if has_thing else _(without)


def _thing(event: EventRow) -> str:
    many = abs(event.quantity or 1)
    if name := event.object_name or event.object:
        return name if many == 1 else f"{count(many)} × {name}"
    if event.quantity:
        return _("one thing") if many == 1 else _("{n} things").format(n=count(many))
    return ""
