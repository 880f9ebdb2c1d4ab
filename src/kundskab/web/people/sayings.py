"""Actions as people say them: in the past, without the subject."""

from __future__ import annotations

from django.utils.translation import gettext_noop as N

# By the action's words in lower case: how it is said with an object, and without one. Names are those of the
# Segment spec, of Google Analytics 4, of our own generated ones, and of files that people commonly import.
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
    "guide read": (N("read the guide {object}"), N("read a guide")),
    "repair booked": (N("booked a repair of {object}"), N("booked a repair")),
    "friend invited": (N("invited a friend to {object}"), N("invited a friend")),
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
    "form viewed": (N("opened the form {object}"), N("opened a form")),
    "form error": (N("met an error in the form {object}"), N("met an error in a form")),
    "form submitted": (N("sent the form {object}"), N("sent a form")),
    "form abandoned": (N("gave up on the form {object}"), N("gave up on a form")),
    "question asked": (N("was asked something by the form {object}"), N("was asked something")),
    "help requested": (N("asked for help with {object}"), N("asked for help")),
    "encounter": (N("met one of us ({object})"), N("met one of us")),
    "support ticket opened": (N("asked for help with {object}"), N("asked for help")),
    "support ticket answered": (N("got an answer about {object}"), N("got an answer")),
    "support ticket closed": (N("had their matter settled: {object}"), N("had their matter settled")),
    "ticket opened": (N("asked for help with {object}"), N("asked for help")),
    "ticket answered": (N("got an answer about {object}"), N("got an answer")),
    "ticket closed": (N("had their matter settled: {object}"), N("had their matter settled")),
}
_SAME = {
    "page view": "page viewed",
    "screen view": "screen viewed",
    "search": "search made",
    "view search results": "search made",
    "view item list": "product list viewed",
    "filter results": "product list filtered",
    "select item": "product clicked",
    "view item": "product viewed",
    "product view": "product viewed",
    "add to cart": "product added",
    "remove from cart": "product removed",
    "add to wishlist": "product added to wishlist",
    "wishlist add": "product added to wishlist",
    "view cart": "cart viewed",
    "begin checkout": "checkout started",
    "add payment info": "payment info entered",
    "refund": "order refunded",
    "sign up": "signed up",
    "login": "signed in",
    "logout": "signed out",
}
SAYINGS.update({name: SAYINGS[same] for name, same in _SAME.items()})


def plain(action: str) -> str:
    """An action as words in lower case, however it is spelt: product_view, Product View -> product view."""
    return " ".join(action.casefold().replace("_", " ").split())
