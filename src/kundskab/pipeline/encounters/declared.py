"""What an encounter may be used for: the two internal sources and what they declare.

See the decision "An encounter serves the person first".
"""

from __future__ import annotations

from datetime import datetime

from kundskab.pipeline.home import Home
from kundskab.pipeline.sources import settings_for
from kundskab.pipeline.writing import writing

SOURCE = "encounters"
UNKNOWN = "encounters-unknown"  # with somebody we do not know: nobody's rows, so they ask for nobody's consent
PURPOSES = ("necessary", "analytics", "research")
_INTEREST = "legitimate_interests"
# Necessary rests on an interest here, not on the contract: so that her refusal beats it too.
BASIS = {"necessary": _INTEREST}
_BASES = {SOURCE: BASIS, UNKNOWN: {"necessary": _INTEREST, "analytics": _INTEREST}}
_LABELS = {SOURCE: "Encounters", UNKNOWN: "Encounters with somebody we do not know"}


def ready(home: Home, *, at: datetime) -> None:
    """See to it that the two sources are there; what an owner changed about them stays."""
    with home.vault.reading() as tx:
        there = {source.name for source in home.vault.sources(tx)}
    missing = [name for name in _LABELS if name not in there]
    if not missing:
        return
    with writing(home, "settings") as tx:
        known = {purpose.name: purpose for purpose in home.vault.purposes(tx)}
        for name in missing:
            settings = settings_for([p for p in PURPOSES if p in known], _BASES[name], known)
            home.vault.put_source(tx, name, kind="live", label=_LABELS[name], settings=settings, at=at)
            home.vault.audit(tx, who="kundskab", action="put_source", subject=name, at=at)
