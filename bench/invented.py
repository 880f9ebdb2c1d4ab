"""Synthetic files of any size, made by the engine itself: what a shop's event export looks like."""

from __future__ import annotations

from pathlib import Path

import duckdb

MAPPING = {
    "event_id": "id", "actor": "customer", "occurred_at": "at", "action": "what", "object": "sku",
    "category": "category", "quantity": "quantity", "value": "amount", "currency": "currency", "channel": "channel",
    "occasion": "order_id",
}  # fmt: skip

# Ten events a person; who, what and when are hashes of the row number, so that the same rows come every time.
_ROWS = """
    SELECT
        'e' || i AS id,
        'customer-' || (hash(i) % {persons}) AS customer,
        strftime(TIMESTAMP '2024-01-01' + INTERVAL 1 SECOND * (i * {seconds} // {events}), '%Y-%m-%d %H:%M:%S') AS at,
        ['view', 'view', 'view', 'view', 'search', 'add to basket', 'purchase', 'return']
            [(1 + hash(i + 1) % 8)::INT] AS what,
        'sku-' || (hash(i + 2) % 5000) AS sku,
        'category ' || (hash(i + 2) % 40) AS category,
        1 + hash(i + 3) % 3 AS quantity,
        (hash(i + 4) % 200000)::DECIMAL(12, 2) / 100 AS amount,
        'SEK' AS currency,
        ['web', 'shop', 'app'][(1 + hash(i + 5) % 3)::INT] AS channel,
        'order-' || (i // 4) AS order_id
    FROM range({events}) rows(i)
"""


def write_csv(path: Path, *, events: int) -> None:
    """events rows of events / 10 persons over two years, in order of time, about 105 bytes each."""
    rows = _ROWS.format(persons=max(1, events // 10), seconds=2 * 365 * 86_400, events=events)
    duckdb.connect().execute(f"COPY ({rows}) TO '{path}' (FORMAT csv, HEADER)")


def copy_to_parquet(csv: str, parquet: str, memory_limit: str) -> None:
    """In a process of its own: what the engine alone needs for the same rows (the peer of the import)."""
    connection = duckdb.connect(config={"threads": "2", "memory_limit": memory_limit})
    connection.execute(f"COPY (SELECT * FROM read_csv('{csv}')) TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)")
