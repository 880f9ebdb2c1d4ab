"""Which shapes events have: names and types of their properties, never a value."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from kundskab.lake.engine import connect
from kundskab.lake.reader import attach, pin
from kundskab.lake.tables import Lake

MOST_SHAPES = 20_000  # of one reading; a sender who puts numbers into names makes a shape an event


def shapes(lake: Lake, temp: Path, *, after: int, up_to: int) -> pa.Table:
    """Events stored with numbers in (after, up_to], by shape: source, action, shape, events, first_seen, last_seen.

    shape: a JSON object, property -> the engine's word for the type of its value; the commonest shapes first.
    """
    connection = connect(temp)
    attach(connection, "lake_events", pin(lake).files)
    return connection.sql(
        """
        SELECT source, action, json_structure(properties)::VARCHAR AS shape, count(*) AS events,
               min(received_at) AS first_seen, max(received_at) AS last_seen
        FROM lake_events WHERE ingested_seq > $after AND ingested_seq <= $up_to
        GROUP BY ALL ORDER BY events DESC LIMIT $most
        """,
        params={"after": after, "up_to": up_to, "most": MOST_SHAPES},
    ).to_arrow_table()
