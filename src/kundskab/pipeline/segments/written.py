"""`desk.segments.written`: segments that people write by hand. Kept in segments.json, computed by every refresh."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import nan
from typing import Any

import ibis

from kundskab.consent.derived import NotComputed
from kundskab.consent.view import View
from kundskab.metrics.readings import FEWEST, Reading, wilson
from kundskab.pipeline.home import Home
from kundskab.pipeline.segments.answers import StayOf, WrittenCard, WrittenPage
from kundskab.pipeline.segments.kept import Written, read_kept, write_kept
from kundskab.pipeline.views import Views
from kundskab.pipeline.writing import writing
from kundskab.segments.written import condition, definitions, in_words, members, said
from kundskab.types import KundskabError

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Preview:
    """How many people a condition holds of now. inside: share of the people it was asked of."""

    words: str
    inside: Reading

    @property
    def persons(self) -> int:
        """How many people that is; 0 when they are too few to say."""
        return 0 if self.inside.hidden else round(self.inside.value * self.inside.n)


class WrittenSegments:
    """Conditions are said in JSON; see `kundskab.segments.written`."""

    def __init__(self, home: Home, views: Views, now: Callable[[], datetime]) -> None:
        self._home = home
        self._views = views
        self._now = now

    def every(self, *, purpose: str = "analytics") -> list[WrittenCard]:
        """Those that hold, by name, with how many are in each as of the last refresh."""
        held = sorted(read_kept(self._home).written.values(), key=lambda each: each.name.casefold())
        with self._views.kept(purpose) as view:
            inside, of, as_of = _inside(view)
        return [_card(each, inside, of, as_of) for each in held]

    def one(
        self, id: str, *, left: bool = False, page: int = 1, size: int = 50, purpose: str = "analytics"
    ) -> WrittenPage | None:
        """One of them with the people inside, the newest first; left: those who left instead. None: there is none.

        Fewer than five people are not listed: then rows are empty and total is 0.
        """
        held = read_kept(self._home).written.get(id)
        if held is None:
            return None
        with self._views.kept(purpose) as view:
            inside, of, as_of = _inside(view)
            card = _card(held, inside, of, as_of)
            if as_of is None:
                return WrittenPage(card, None, [], 0, page, size, 0, 0)
            table = view.derived("written_segments")
            table = table.filter(table.segment == id)
            counts = table.agg(
                entered=(table.entered_at == as_of).sum(), left=(table.left_at == as_of).sum()
            ).to_pyarrow().to_pylist()[0]  # fmt: skip
            rows, total = _stays(table, left=left, page=page, size=size)
        return WrittenPage(card, as_of, rows, total, page, size, _many(counts["entered"]), _many(counts["left"]))

    def count(self, when: Any, *, purpose: str = "analytics") -> Preview:
        """How many people a condition holds of now.  Raises KundskabError for one that cannot be."""
        asked = condition(when)
        with self._views.kept(purpose) as view:
            found = members(view, asked, as_of=self._now(), currency=self._home.settings.currency).table
            counted = found.agg(n=found.inside.sum(), of=found.count()).to_pyarrow().to_pylist()[0]
        return Preview(in_words(asked), _share(counted["n"] or 0, counted["of"]))

    def write(self, name: str, when: Any, *, id: str | None = None, who: str) -> str:
        """Write a new one, or with id write it anew; gives its id.  It is computed at the next refresh.

        Raises KundskabError for a condition or a name that cannot be, and for an id that there is not.
        """
        name = " ".join(name.split())
        if not 0 < len(name) <= LONGEST_NAME:
            raise KundskabError(f"A segment needs a name of at most {LONGEST_NAME} signs.")
        plain = said(condition(when))
        with writing(self._home, "segments") as tx:
            kept = read_kept(self._home)
            if id is not None and id not in kept.written:
                raise KundskabError(f"There is no hand-written segment {id!r}.")
            if name.casefold() in {each.name.casefold() for each in kept.written.values() if each.id != id}:
                raise KundskabError(f"There is already a hand-written segment called {name!r}; choose another name.")
            record = Written(id or f"w{len(kept.ever_written) + 1}", name, plain, who, self._now())
            after = replace(kept, writings=(*kept.writings, record))
            definitions(after.definitions())
            deed = "write segment" if id is None else "change segment"
            self._home.vault.audit(
                tx, who=who, action=deed, subject=name, reason=in_words(condition(plain)), at=record.at
            )
            # Last: when the file cannot be written, the audit does not say that it was.
            write_kept(self._home, after)
        return record.id

    def give_up(self, id: str, *, who: str) -> None:
        """It is no segment any more; who is inside leaves at the next refresh. Raises KundskabError: there is none."""
        with writing(self._home, "segments") as tx:
            kept = read_kept(self._home)
            held = kept.written.get(id)
            if held is None:
                raise KundskabError(f"There is no hand-written segment {id!r}.")
            record = replace(held, when=None, who=who, at=self._now())
            self._home.vault.audit(tx, who=who, action="give up segment", subject=held.name, at=record.at)
            write_kept(self._home, replace(kept, writings=(*kept.writings, record)))


def _inside(view: View) -> tuple[Mapping[str, int], int, datetime | None]:
    """segment -> people inside at the last refresh; how many people there were; as of when, None before the first."""
    try:
        table = view.derived("written_segments")
    except NotComputed:
        return {}, 0, None
    now = table.filter(table.left_at.isnull())
    counted = now.group_by("segment").agg(n=now.count()).to_pyarrow().to_pylist()
    as_of = table.as_of.max().to_pyarrow().as_py()
    people = view.derived("people")
    of = int(people.person.nunique().to_pyarrow().as_py())
    return {row["segment"]: row["n"] for row in counted}, of, as_of


def _card(held: Written, inside: Mapping[str, int], of: int, as_of: datetime | None) -> WrittenCard:
    assert held.when is not None
    # What was written after the last refresh has not been looked at; nobody inside is another thing.
    is_counted = as_of is not None and (held.id in inside or held.at <= as_of)
    share = _share(inside.get(held.id, 0), of) if is_counted else None
    return WrittenCard(held.id, held.name, in_words(condition(held.when)), held.when, held.who, held.at, share)


def _share(n: int, of: int) -> Reading:
    if 0 < n < FEWEST or 0 < of - n < FEWEST:  # either those inside or those outside would be given away
        return Reading.withheld("share")
    n = min(n, of)
    return Reading(n / of if of else nan, *wilson(n, of), of, "share")


def _many(n: int | None) -> int:
    return n if n is not None and n >= FEWEST else 0


def _stays(table: ibis.Table, *, left: bool, page: int, size: int) -> tuple[list[StayOf], int]:
    chosen = table.filter(table.left_at.notnull() if left else table.left_at.isnull())
    total = int(chosen.count().to_pyarrow().as_py())
    if total < FEWEST:
        return [], 0
    order = "left_at" if left else "entered_at"
    ranked = chosen.order_by(ibis.desc(order), "person").limit(size, offset=(page - 1) * size)
    rows = ranked.select("person", "entered_at", "left_at", "reason").to_pyarrow().to_pylist()
    return [StayOf(row["person"], row["entered_at"], row["left_at"], row["reason"] or "") for row in rows], total
