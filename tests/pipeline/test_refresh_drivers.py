"""A segment's one thing: what they do so much more of than everybody."""

from __future__ import annotations

import pyarrow as pa

from kundskab.pipeline.refresh.drivers import _of_segments


def test_of_what_is_as_unusual_the_commonest_is_told() -> None:
    shares = {"rare": (0.03, 15.1), "common": (0.4, 15.1), "usual": (0.5, 1.2), "too rare": (0.01, 90.0)}
    rows = [{"segment": "s1", "behaviour": name, "share": s, "lift": lift} for name, (s, lift) in shares.items()]

    [told] = _of_segments(pa.Table.from_pylist(rows[::-1]))

    assert told["behaviour"] == "common"


def test_the_order_of_rows_decides_nothing() -> None:
    rows = [{"segment": "s1", "behaviour": name, "share": 0.4, "lift": 2.0} for name in ("tents", "boots", "maps")]

    told = [_of_segments(pa.Table.from_pylist(order))[0]["behaviour"] for order in (rows, rows[::-1])]

    assert told == ["boots", "boots"]
