"""The consent signal that an event carries itself.

It fails closed: only a plain `true` grants, and a consent object that cannot be read refuses everything.
"""

from __future__ import annotations

from typing import Any

from kundskab.events.limits import MAX_KEY_LENGTH, MAX_KEYS
from kundskab.events.types import Signal

EVERYTHING = "*"  # a preference for every purpose, in a signal that refuses them all

_NONE = Signal({}, gpc=False)
_GPC = Signal({}, gpc=True)


def read_signal(context: dict[str, Any], gpc: bool) -> Signal:
    """Segment's `context.consent`, Rudder's `context.consentManagement`, and Global Privacy Control.

    gpc: whether the request carried `Sec-GPC: 1`.
    """
    gpc = gpc or context.get("gpc") is True
    consent = context.get("consent")
    managed = context.get("consentManagement")
    if consent is None and managed is None:
        return _GPC if gpc else _NONE
    preferences = _segment(consent) if consent is not None else {}
    if managed is not None:
        for purpose, granted in _rudder(managed).items():
            preferences[purpose] = granted and preferences.get(purpose, True)
    return Signal(preferences, gpc)


def _segment(consent: Any) -> dict[str, bool]:
    categories = consent.get("categoryPreferences", {}) if isinstance(consent, dict) else None
    if not isinstance(categories, dict) or not _believable(categories):
        return {EVERYTHING: False}
    return {purpose: granted is True for purpose, granted in categories.items()}


def _rudder(managed: Any) -> dict[str, bool]:
    if not isinstance(managed, dict):
        return {EVERYTHING: False}
    allowed, denied = managed.get("allowedConsentIds") or [], managed.get("deniedConsentIds") or []
    if not (isinstance(allowed, list) and isinstance(denied, list) and _believable([*allowed, *denied])):
        return {EVERYTHING: False}
    return dict.fromkeys(allowed, True) | dict.fromkeys(denied, False)


def _believable(names: Any) -> bool:
    return len(names) <= MAX_KEYS and all(type(name) is str and len(name) <= MAX_KEY_LENGTH for name in names)
