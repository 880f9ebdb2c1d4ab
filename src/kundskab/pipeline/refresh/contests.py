"""The rows of the table contests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

import pyarrow as pa

from kundskab.lake import derived
from kundskab.predictions.standing import Standing


def contest_rows(kind: str, standings: Iterable[Standing]) -> pa.Table:
    """Every model that competed for this kind of prediction, beside the plain guess."""
    names = [field.name for field in fields(Standing)]
    rows = [{"kind": kind} | {name: getattr(one, name) for name in names} for one in standings]
    return pa.Table.from_pylist(rows, schema=derived.own_schema("contests"))
