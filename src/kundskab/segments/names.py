"""Names that are proposed for segments, from what tells each from everybody, in the words of the behaviours.

No name or description states a sensitive trait: a behaviour that hints at health, religion, politics, ethnicity,
sexuality or a trade union is learnt from, as any other, and never said (GDPR Art. 9).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from kundskab.events.said import goods
from kundskab.segments.behaviours import BETWEEN
from kundskab.segments.patterns import Floats, Patterns

LONGEST = 60
_TOLD = 3  # behaviours in a description
_TELLING = 0.35  # of the first behaviour's weight, that the second must have to be in the name
_LEAST_LIFT = 1.2
# Plain verbs for what many sources call by the same names; {}: what it is done to, else said at the end.
_VERBS = {
    "product viewed": "looks at",
    "product list viewed": "looks through",
    "product clicked": "looks at",
    "product view": "looks at",
    "viewed": "looks at",
    "view": "looks at",
    "view item": "looks at",
    "page viewed": "reads",
    "page view": "reads",
    "pageview": "reads",
    "products searched": "searches for",
    "guide read": "reads guides to",
    "product added": "puts {} in the basket",
    "add to cart": "puts {} in the basket",
    "addtocart": "puts {} in the basket",
    "cart": "puts {} in the basket",
    "product removed": "takes {} out of the basket",
    "remove from cart": "takes {} out of the basket",
    "checkout started": "begins to pay for",
    "order completed": "buys",
    "ordered": "buys",
    "purchase": "buys",
    "transaction": "buys",
    "buy": "buys",
    "purchased": "buys",
    "bought": "buys",
    "order refunded": "returns",
    "returned": "returns",
    "order cancelled": "cancels",
    "cancelled": "cancels",
    "product reviewed": "reviews",
    "review written": "reviews",
    "product shared": "shares",
    "question asked": "asks about",
    "form viewed": "opens the {} form",
    "form submitted": "sends the {} form",
    "form abandoned": "gives up the {} form",
    "form error": "meets errors in the {} form",
    "encounter": "meets us ({})",
    "play": "plays",
    "watch": "watches",
    "listen": "listens to",
    "rating": "rates",
    "rate": "rates",
    "like": "likes",
    "played": "plays",
    "watched": "watches",
    "listened": "listens to",
    "listened to": "listens to",
    "rated": "rates",
    "liked": "likes",
    "read": "reads",
    "visited": "visits",
    "visit": "visits",
    "clicked": "clicks on",
    "click": "clicks on",
    "searched": "searches for",
    "opened": "opens",
    "booked": "books",
    "borrowed": "borrows",
    "rented": "rents",
    "downloaded": "downloads",
    "streamed": "streams",
    "reviewed": "reviews",
    "saved": "saves",
    "shared": "shares",
    "reordered": "orders again",
}
_ALONE = {
    "page viewed": "reads pages",
    "page view": "reads pages",
    "pageview": "reads pages",
    "products searched": "searches",
    "search": "searches",
    "guide read": "reads guides",
    "mailing opened": "opens letters",
    "email opened": "opens letters",
    "mailing clicked": "clicks in letters",
    "email link clicked": "clicks in letters",
    "application opened": "opens the app",
    "app opened": "opens the app",
    "account created": "makes an account",
    "checkout started": "begins a checkout",
    "cart viewed": "looks into the basket",
    "signed in": "signs in",
    "unsubscribed": "unsubscribes",
    "question asked": "asks questions",
    "form viewed": "opens forms",
    "form submitted": "sends forms",
    "form abandoned": "gives up forms",
    "form error": "meets errors in forms",
    "repair booked": "books repairs",
    "friend invited": "invites friends",
    "encounter": "meets us",
    "listened": "listens",
    "listen": "listens",
    "played": "plays",
    "play": "plays",
    "watched": "watches",
    "watch": "watches",
    "read": "reads",
    "visited": "comes by",
    "visit": "comes by",
    "clicked": "clicks",
    "click": "clicks",
    "searched": "searches",
    "called": "calls",
}
# Done to goods, which are sometimes called by whom they are for.
_TO_GOODS = frozenset(
    ("looks at", "looks through", "puts {} in the basket", "takes {} out of the basket", "begins to pay for", "buys",
     "returns", "cancels", "reviews", "shares", "rates", "likes", "orders again")
)  # fmt: skip
# Beginnings of words, in English, Swedish, Danish and German.
_SENSITIVE = re.compile(
    r"\b(health|medic|medizin|pharma|apotek|apothek|disease|illness|sjuk|syge|krank|diabet|cancer|krebs|pregnan|gravid"
    r"|schwanger|fertil|hiv|depress|anxi|therap|psych|hospital|doctor|clinic|disab|incontinen|insulin|allerg|addict"
    r"|religi|church|kyrk|kirke|mosque|synagog|templ|bibl|koran|quran|halal|kosher|ramadan|christia|krist|muslim|islam"
    r"|jewish|juda|hindu|buddh|catholic|protestant|prayer|bön|politic|politik|election|valkampanj|candidate|parliament"
    r"|ethnic|etnisk|racial|migra|refugee|asylum|indigen|roma\b|sámi|sami\b|sexual|sexuell|gay|lesb|queer|lgbt|hbtq"
    r"|homosex|bisex|transgender|erotic|erotik|condom|kondom|viagra|trade union|union member|fackförbund|fackfören"
    r"|fagforening|gewerkschaft|criminal|convict)",
    re.IGNORECASE,
)


def is_sensitive(behaviour: str) -> bool:
    """Whether a behaviour hints at something that no name may state."""
    return _SENSITIVE.search(behaviour.replace("_", " ").replace("-", " ")) is not None


def said(behaviour: str) -> str:
    """What somebody does who does this: "looks at tents", "opens letters"; what has no plain words, as it is called."""
    return _phrase(*_parts(behaviour))


def said_together(behaviours: Sequence[str]) -> str:
    """Several as one line: "looks at tents, stoves and skis; opens letters"; what is done to many things, once."""
    by_deed: dict[str, list[str]] = {}
    for behaviour in behaviours:
        did, what = _parts(behaviour)
        by_deed.setdefault(did, []).append(what)
    return "; ".join(
        _phrase(did, what)
        for did, whats in by_deed.items()
        for what in ([_listed(whats)] if all(whats) and not _is_fixed(did) else whats)
    )


def called(behaviour: str, name_of: Callable[[str], str | None]) -> str:
    """A behaviour with the name of its object instead of the object's id, where it has one."""
    did, _, what = behaviour.partition(BETWEEN)
    name = name_of(what) if what else None
    return f"{did}{BETWEEN}{name}" if name else behaviour


def lifts(patterns: Patterns) -> Floats:
    """How many times as large a part of what each segment does as of what all do: shape (segments, behaviours)."""
    everybody = patterns.counts.sum(axis=0) + patterns.smoothing
    lifted: Floats = (patterns.profiles() / (everybody / everybody.sum())).astype(np.float32)
    return lifted


def proposed(patterns: Patterns, behaviours: Sequence[str], ids: Sequence[str]) -> list[tuple[str, str]]:
    """A name and a description for each segment, in order; every name is another.

    The name says one or two behaviours that weigh most in telling the segment from everybody (share × log of lift).
    """
    profiles, lifted = patterns.profiles(), lifts(patterns)
    weight = profiles * np.log(np.maximum(lifted, 1e-9))
    allowed = np.array([not is_sensitive(name) for name in behaviours], bool)
    weight[:, ~allowed] = -np.inf
    taken: set[str] = set()
    found = []
    for row, segment in enumerate(ids):
        order = [int(n) for n in np.argsort(-weight[row])[: _TOLD + 3] if lifted[row, n] >= _LEAST_LIFT and allowed[n]]
        told = [behaviours[n] for n in order]
        strong = [
            name for n, name in zip(order, told, strict=True) if weight[row, n] >= _TELLING * weight[row, order[0]]
        ]
        name = next(
            (one for one in _names(strong, told) if one.casefold() not in taken), f"A pattern of its own, {segment}"
        )
        taken.add(name.casefold())
        more = "; ".join(f"{behaviours[n]}: {lifted[row, n]:.1f} times as often as others" for n in order[:_TOLD])
        found.append((name, more))
    return found


def _names(strong: list[str], told: list[str]) -> list[str]:
    """From the best to the plainest that still tells it from another's."""
    if not told:
        return []
    pairs = [(strong[0], other) for other in strong[1:]] + [(told[0], other) for other in told[1:]]
    several = [_both(*pair) for pair in pairs]
    first = said(told[0])
    ordered = [*several[:1], first, *several[1:]] if len(strong) > 1 else [first, *several]
    return [_shortened(name[:1].upper() + name[1:]) for name in ordered]


def _both(one: str, other: str) -> str:
    (did, what), (did_too, what_too) = _parts(one), _parts(other)
    if what and what_too and did == did_too and not _is_fixed(did):
        return _phrase(did, f"{what} and {what_too}")
    verb, verb_too = _VERBS.get(_key(did)), _VERBS.get(_key(did_too))
    if what and what == what_too and verb and verb_too:
        return f"{verb} and {verb_too} {what}" if "{}" not in verb + verb_too else f"{said(one)} and {_again(verb_too)}"
    if what and what == what_too:
        return f"{what}: {did} and {did_too}"
    return f"{said(one)}, and {said(other)}"


def _again(verb: str) -> str:
    """The same thing for the second time: "buys some", "sends it"."""
    if "the {} form" in verb:
        return verb.replace("the {} form", "it")
    return verb.format("some") if "{}" in verb else f"{verb} some"


def _phrase(did: str, what: str) -> str:
    """What somebody does, in plain words where they are known."""
    verb = _VERBS.get(_key(did))
    if not any(sign.isalpha() for sign in did):  # a number as an action's name
        return f"does “{did}”" + (f" with {what}" if what else "")
    if what:
        return f"{did.lower()}: {what}" if verb is None else verb.format(what) if "{}" in verb else f"{verb} {what}"
    alone = _ALONE.get(_key(did))
    return alone or (did.lower() if verb is None else verb.format("things") if "{}" in verb else f"{verb} things")


def _is_fixed(did: str) -> bool:
    """Whether its words take one thing at a time: the size guide form, and the checkout form."""
    return any(sign in _VERBS.get(_key(did), "") for sign in ("form", "("))


def _key(did: str) -> str:
    return did.casefold().replace("_", " ")


def _listed(things: Sequence[str]) -> str:
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"


def _parts(behaviour: str) -> tuple[str, str]:
    did, _, what = behaviour.partition(BETWEEN)
    return did, goods(what) if _VERBS.get(_key(did)) in _TO_GOODS else what


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip(" ,") + "…"
