"""Names that are proposed for segments, from what tells each from everybody, in the words of the behaviours.

No name or description states a sensitive trait: a behaviour that hints at health, religion, politics, ethnicity,
sexuality or a trade union is learnt from, as any other, and never said (GDPR Art. 9).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from kundskab.segments.behaviours import BETWEEN
from kundskab.segments.patterns import Floats, Patterns

LONGEST = 60
_TOLD = 3  # behaviours in a description
_TELLING = 0.35  # of the first behaviour's weight, that the second must have to be in the name
_LEAST_LIFT = 1.2
# Plain verbs for what many sources call by the same names.
_VERBS = {
    "product viewed": "looks at",
    "product list viewed": "looks through",
    "product clicked": "looks at",
    "product_view": "looks at",
    "viewed": "looks at",
    "page viewed": "reads",
    "product added": "puts in the basket",
    "add_to_cart": "puts in the basket",
    "product removed": "takes out of the basket",
    "order completed": "buys",
    "ordered": "buys",
    "purchase": "buys",
    "purchased": "buys",
    "bought": "buys",
    "order refunded": "returns",
    "returned": "returns",
    "order cancelled": "cancels",
    "cancelled": "cancels",
    "product reviewed": "reviews",
    "product shared": "shares",
}
_ALONE = {
    "page viewed": "reads pages",
    "products searched": "searches",
    "search": "searches",
    "mailing opened": "opens letters",
    "email opened": "opens letters",
    "mailing clicked": "clicks in letters",
    "application opened": "opens the app",
    "account created": "makes an account",
    "checkout started": "begins a checkout",
    "cart viewed": "looks into the basket",
    "signed in": "signs in",
    "unsubscribed": "unsubscribes",
}
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
        said = [behaviours[n] for n in order]
        strong = [
            name for n, name in zip(order, said, strict=True) if weight[row, n] >= _TELLING * weight[row, order[0]]
        ]
        name = next(
            (one for one in _names(strong, said) if one.casefold() not in taken), f"a pattern of its own, {segment}"
        )
        taken.add(name.casefold())
        told = "; ".join(f"{behaviours[n]}: {lifted[row, n]:.1f} times as often as others" for n in order[:_TOLD])
        found.append((name, told))
    return found


def _names(strong: list[str], said: list[str]) -> list[str]:
    """From the best to the plainest that still tells it from another's."""
    if not said:
        return []
    pairs = [(strong[0], other) for other in strong[1:]] + [(said[0], other) for other in said[1:]]
    several = [_both(*pair) for pair in pairs]
    first = f"mostly {_phrase(*_parts(said[0]))}"
    ordered = [*several[:1], first, *several[1:]] if len(strong) > 1 else [first, *several]
    return [_shortened(name) for name in ordered]


def _both(one: str, other: str) -> str:
    (did, what), (did_too, what_too) = _parts(one), _parts(other)
    if what and what_too and did == did_too:
        return f"mostly {_phrase(did, f'{what} and {what_too}')}"
    verb, verb_too = _VERBS.get(did.casefold()), _VERBS.get(did_too.casefold())
    if what and what == what_too:
        return f"mostly {verb} and {verb_too} {what}" if verb and verb_too else f"mostly {what}: {did} and {did_too}"
    return f"mostly {_phrase(did, what)}, and {_phrase(did_too, what_too)}"


def _phrase(did: str, what: str) -> str:
    """What somebody does, in plain words where they are known."""
    key = did.casefold()
    if what:
        return f"{_VERBS[key]} {what}" if key in _VERBS else f"{did.lower()}: {what}"
    return _ALONE.get(key) or (f"{_VERBS[key]} things" if key in _VERBS else did.lower())


def _parts(behaviour: str) -> tuple[str, str]:
    did, _, what = behaviour.partition(BETWEEN)
    return did, what


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip(" ,") + "…"
