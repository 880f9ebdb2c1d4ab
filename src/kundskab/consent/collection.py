"""What an event may be kept for, judged where it is collected: its source's declaration less what the person refuses.

The door judges with the event's own signal alone; the digest judges again and knows the ledger too. One rule for both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from kundskab.consent.purposes import GPC_OBJECTS_TO

CONSENT = "consent"
SIGNAL = "signal"  # the event itself said yes, or its source declares that it sends only what was consented to

# A person may refuse consent and object to an interest; a contract or a law does not ask her.
OBJECTABLE = frozenset({CONSENT, SIGNAL, "legitimate_interests", "public_task"})


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a source may be used for: purpose -> lawful basis, and what to do without or against a signal.

    no_signal: "no_grant" (silence grants nothing) or "declared" (this source sends only what was consented to).
    on_refusal: "strip" (keep for what is left) or "drop" (keep nothing once no refusable purpose is left).
    categories: the site's own consent categories -> our purposes, where the names differ.
    """

    purposes: Mapping[str, str]
    no_signal: str = "no_grant"
    on_refusal: str = "strip"
    categories: Mapping[str, str] = field(default_factory=dict)


def preferences_by_purpose(preferences: Mapping[str, bool], declaration: Declaration) -> dict[str, bool]:
    """The signal in our words. "*" speaks of every purpose; where two categories meet in a purpose, the no wins."""
    everything = preferences.get("*")
    spoken = {} if everything is None else dict.fromkeys(declaration.purposes, everything)
    for category, allowed in preferences.items():
        purpose = declaration.categories.get(category, category)
        spoken[purpose] = allowed and spoken.get(purpose, True)
    spoken.pop("*", None)
    return spoken


def grounds(
    declaration: Declaration, preferences: Mapping[str, bool], *, gpc: bool, denied: Collection[str] = ()
) -> dict[str, str]:
    """purpose -> the ground on which this event may be kept for it; empty: it must not be kept at all.

    denied: purposes that the ledger says this person refuses; her newer yes in the same event beats them.
    """
    spoken = preferences_by_purpose(preferences, declaration)
    kept = {}
    for purpose, basis in declaration.purposes.items():
        answer = spoken.get(purpose)
        refused = answer is False or (gpc and purpose in GPC_OBJECTS_TO) or (purpose in denied and answer is not True)
        if refused and basis in OBJECTABLE:
            continue
        trusted = answer is True or declaration.no_signal == "declared"
        kept[purpose] = SIGNAL if basis == CONSENT and trusted else basis
    only_unrefusable_left = not any(basis in OBJECTABLE for basis in kept.values())
    lost_something = len(kept) < len(declaration.purposes)
    if declaration.on_refusal == "drop" and lost_something and only_unrefusable_left:
        return {}
    return kept
