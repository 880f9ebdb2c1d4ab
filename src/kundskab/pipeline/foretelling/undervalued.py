"""`desk.undervalued` and `ws.undervalued`: of whom more is to be expected than everybody sees; Moneyball."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa

from kundskab.consent.derived import NotComputed
from kundskab.consent.view import View
from kundskab.metrics.readings import FEWEST
from kundskab.pipeline.catalogue import Catalogue
from kundskab.pipeline.foretelling.answers import Find, Finds, GivenToday, GroupFind
from kundskab.pipeline.views import Views

SURE = 1.0  # the lower end of a ratio above this: more than luck
PEOPLE = "people"  # the kind of the group of those who would have been found a horizon ago


class Undervalued:
    """Computed by refresh, which keeps the finds alone; see `predictions.undervalued` for the method."""

    def __init__(self, views: Views, catalogue: Catalogue) -> None:
        self._views = views
        self._catalogue = catalogue

    def people(self, *, purpose: str = "analytics") -> pa.Table:
        """person, segment, present, expected, usual, ratio, low, high, why, currency, as_of of those found."""
        with self._views.kept(purpose) as view:
            names = ("person", "segment", "present", "expected", "usual", "ratio", "low", "high", "why", "currency")
            return view.derived("undervalued").select(*names, "as_of").to_pyarrow()

    def finds(self, *, page: int = 1, size: int = 25, purpose: str = "analytics") -> Finds:
        """Whose lower end is above what is usual, the surest first; and groups of at least five.

        Raises NotComputed before a refresh.
        """
        with self._views.kept(purpose) as view:
            rows = view.derived("undervalued")
            about = rows.agg(
                sure=(rows.low > SURE).sum(), as_of=rows.as_of.max(), snapshot=rows.snapshot.max(),
                currency=rows.currency.max(),
            )  # fmt: skip
            told = about.to_pyarrow().to_pylist()[0]
            everybody = _looked_at(view)
            counted = everybody.agg(
                persons=everybody.person.nunique(), as_of=everybody.as_of.max(), snapshot=everybody.snapshot.max()
            )
            [asked] = counted.to_pyarrow().to_pylist()  # where nobody is told of, only these say when it was
            ranked = rows.filter(rows.low > SURE).order_by(ibis.desc("low"), "person")
            people = ranked.limit(size, offset=(page - 1) * size).to_pyarrow().to_pylist()
            groups, today = (_rows(view, name) for name in ("undervalued_groups", "undervalued_given"))
        found = [
            GroupFind(
                **{name: row[name] for name in GroupFind.__dataclass_fields__ if name != "name"}, name=self._name(row)
            )
            for row in groups
            if row["persons"] >= FEWEST
        ]
        earlier = next((group for group in found if group.kind == PEOPLE), None)
        return Finds(
            as_of=told["as_of"] or asked["as_of"],
            rows=[Find(**{name: row.get(name) for name in Find.__dataclass_fields__}) for row in people],
            total=int(told["sure"] or 0),
            page=page,
            size=size,
            groups=tuple(sorted((one for one in found if one.kind != PEOPLE), key=lambda one: -one.low)),
            earlier=earlier,
            looked_at=int(asked["persons"]),
            currency=told["currency"],
            snapshot=told["snapshot"] or asked["snapshot"] or 0,
            given=tuple(
                GivenToday(**{name: row[name] for name in GivenToday.__dataclass_fields__})
                for row in today
                if row["persons"] >= FEWEST
            ),
        )

    def _name(self, row: dict[str, Any]) -> str:
        """What an object is called; other groups are called as they are."""
        if row["kind"] != "object":
            return str(row["group"])
        return self._catalogue.current().name_of(row["group"], row["as_of"]) or str(row["group"])


def _looked_at(view: View) -> ibis.Table:
    """Whose worth was foretold; where that could not be, all who were counted."""
    try:
        return view.derived("worth")
    except NotComputed:
        return view.derived("people")


def _rows(view: View, table: str) -> list[dict[str, Any]]:
    """All rows; none where this table is not computed yet."""
    try:
        rows: list[dict[str, Any]] = view.derived(table).to_pyarrow().to_pylist()
    except NotComputed:
        return []
    return rows
