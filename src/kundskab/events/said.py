"""What people did, in plain words: the past, without the subject, so that it stands after "people who" and "they".

`segments.names` says the same in the present, as a segment is called.
"""

from __future__ import annotations

import re

BETWEEN = " · "  # an action and what it was done to
# By the action in lower case: with what it was done to at {}, and without it. Names as many sources give them.
_PAST = {
    "product viewed": ("looked at {}", "looked at things"),
    "product list viewed": ("looked through {}", "looked through lists"),
    "product clicked": ("looked at {}", "looked at things"),
    "page viewed": ("read {}", "read pages"),
    "screen viewed": ("opened {}", "opened screens"),
    "products searched": ("searched for {}", "searched"),
    "guide read": ("read guides to {}", "read guides"),
    "product added": ("put {} in the basket", "put things in the basket"),
    "product added to wishlist": ("wished for {}", "wished for things"),
    "product removed": ("took {} out of the basket", "took things out of the basket"),
    "cart viewed": ("looked into the basket with {}", "looked into the basket"),
    "checkout started": ("began to pay for {}", "began a checkout"),
    "coupon applied": ("used a coupon for {}", "used a coupon"),
    "order completed": ("bought {}", "bought something"),
    "order refunded": ("returned {}", "returned things"),
    "order cancelled": ("cancelled {}", "cancelled an order"),
    "product reviewed": ("reviewed {}", "wrote reviews"),
    "product shared": ("shared {}", "shared things"),
    "question asked": ("were asked something by the {} form", "were asked something by a form"),
    "form viewed": ("opened the {} form", "opened forms"),
    "form submitted": ("sent the {} form", "sent forms"),
    "form abandoned": ("gave up the {} form", "gave up forms"),
    "form error": ("met errors in the {} form", "met errors in forms"),
    "encounter": ("met us ({})", "met us"),
    "mailing sent": ("got letters about {}", "got letters from us"),
    "mailing opened": ("opened letters about {}", "opened letters"),
    "mailing clicked": ("clicked in letters about {}", "clicked in letters"),
    "application opened": ("opened the app ({})", "opened the app"),
    "account created": ("made an account ({})", "made an account"),
    "signed in": ("signed in ({})", "signed in"),
    "unsubscribed": ("unsubscribed from {}", "unsubscribed"),
    "repair booked": ("booked repairs of {}", "booked repairs"),
    "friend invited": ("invited friends to {}", "invited friends"),
    "ticket opened": ("asked for help with {}", "asked for help"),
    "ticket answered": ("got an answer about {}", "got an answer"),
    "ticket closed": ("had a matter settled ({})", "had a matter settled"),
    "listened": ("listened to {}", "listened"),
    "played": ("played {}", "played"),
    "watched": ("watched {}", "watched"),
    "read": ("read {}", "read"),
    "clicked": ("clicked on {}", "clicked"),
    "searched": ("searched for {}", "searched"),
    "rated": ("rated {}", "rated things"),
    "visited": ("visited {}", "came by"),
    "booked": ("booked {}", "booked something"),
    "called": ("called about {}", "called"),
    "opened": ("opened {}", "opened something"),
}
_SAME = {
    "viewed": "product viewed", "view item": "product viewed", "product view": "product viewed",
    "page view": "page viewed", "pageview": "page viewed", "search": "products searched",
    "add to cart": "product added", "remove from cart": "product removed", "view cart": "cart viewed",
    "add to wishlist": "product added to wishlist", "begin checkout": "checkout started", "ordered": "order completed",
    "purchase": "order completed", "purchased": "order completed", "bought": "order completed",
    "returned": "order refunded", "refund": "order refunded", "cancelled": "order cancelled",
    "review written": "product reviewed", "email sent": "mailing sent", "email opened": "mailing opened",
    "email link clicked": "mailing clicked", "app opened": "application opened", "sign up": "account created",
    "signed up": "account created", "login": "signed in", "support ticket opened": "ticket opened",
    "support ticket answered": "ticket answered", "support ticket closed": "ticket closed",
    "listen": "listened", "listened to": "listened", "play": "played", "watch": "watched", "stream": "streamed",
    "click": "clicked", "rate": "rated", "rating": "rated", "visit": "visited", "open": "opened",
}  # fmt: skip
# Deeds done to goods.
_GOODS = frozenset(
    ("product viewed", "product list viewed", "product clicked", "product added", "product added to wishlist",
     "product removed", "checkout started", "order completed", "order refunded", "order cancelled",
     "product reviewed", "product shared")
)  # fmt: skip
# Categories that are called by whom or what their goods are for: nobody "buys children", and nobody "buys running".
_FOR_WHOM = re.compile(
    "adults|babies|baby|boys|cats|child|children|dogs|family|families|gentlemen|girls|horses|infants|juniors|kids"
    "|ladies|men|people|pets|seniors|teens|toddlers|unisex|women|youth"
    "|barn|bebis|damer|dam|flickor|herr|herrar|hundar|katter|kvinnor|män|pojkar"
    "|børn|dame|drenge|herre|herrer|hunde|katte|kvinder|mænd|piger"
    "|baking|boxing|camping|canoeing|caving|climbing|cooking|cycling|dancing|diving|fishing|gaming|gardening|golfing"
    "|hiking|hunting|kayaking|knitting|paddling|racing|riding|rowing|running|sailing|sewing|skating|skiing|surfing"
    "|swimming|training|travell?ing|trekking|walking|work|writing|yoga",
    re.IGNORECASE,
)


def goods(what: str) -> str:
    """What is looked at, bought or returned: "tents", "things for children", "things for running"."""
    return f"things for {what}" if _FOR_WHOM.fullmatch(what) else what


def did(behaviour: str) -> str:
    """ "read guides to tents" for "Guide Read · tents"; what has no plain words is quoted: did “Moon Phased”."""
    action, _, what = behaviour.partition(BETWEEN)
    key = " ".join(action.casefold().replace("_", " ").split())
    key = _SAME.get(key, key)
    known = _PAST.get(key)
    if known is None:
        return _as_called(key, what) or f"did “{behaviour}”"
    on_it, alone = known
    return on_it.format(goods(what) if key in _GOODS else what) if what else alone


def _as_called(key: str, what: str) -> str:
    """ "borrowed Emil" for "borrowed · Emil": one word that is a past by itself needs no quotes."""
    return f"{key} {what}".rstrip() if key.isalpha() and key.endswith("ed") else ""
