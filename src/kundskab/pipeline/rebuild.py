"""The id index can always be made anew: from the lake's rows and the quarantine."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from kundskab.lake import LakeState
from kundskab.lake.reader import live_ids
from kundskab.pipeline.home import Home
from kundskab.pipeline.ids import Sighting

log = logging.getLogger(__name__)


def ensure_ids(home: Home, state: LakeState) -> None:
    """Rebuild the id index when the lake knows more than it does, as after its loss or a restored backup."""
    if not home.ids.covers(state.positions):
        log.warning("the id index is missing or behind; building it anew from the lake")
        home.ids.rebuild(_sightings(home), state.positions)


def _sightings(home: Home) -> Iterator[Sighting]:
    for source, event_id, journal, position in live_ids(home.lake, home.temp):
        yield Sighting(source, event_id, journal, position)
    for bad in home.vault.quarantine_ids():
        yield Sighting(*bad)
