"""What a person may always see: the rows about herself, whatever anybody may use them for (the right of access).

The one way past a purpose. It takes the actors of somebody who has proven who she is, never a search.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pyarrow as pa

from kundskab.lake import Lake
from kundskab.lake.engine import connect, quoted
from kundskab.lake.reader import attach, pin

_COLUMNS = (
    "event_id, action, object, category, quantity, value, currency, channel, occasion, items, occurred_at, "
    "received_at, source, properties, permission"
)


def own_events(lake: Lake, actors: Collection[str], *, temp: Path) -> pa.Table:
    """Every stored event of these actors, oldest first; properties are JSON text.

    Rows of a shared device that name somebody else as the actor are hers, not theirs, and are not among them.
    """
    if not actors:
        actors = [""]  # nobody's token: an empty answer with the right columns
    connection = connect(temp)
    attach(connection, "lake_events", pin(lake).files)
    mine = ", ".join(quoted(actor) for actor in sorted(actors))
    sql = f"SELECT {_COLUMNS} FROM lake_events WHERE actor IN ({mine}) ORDER BY occurred_at, ingested_seq"
    return connection.sql(sql).to_arrow_table()
