"""Reading people through a view: one person, timelines, the tail. A page's worth of rows leaves the engine, no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import ibis
import orjson

from kundskab.consent.view import View
from kundskab.pipeline.answers import ConsentRow, EventRow, FactRow, LineRow, LinkRow, PersonPage
from kundskab.pipeline.catalogue import Catalogue
from kundskab.pipeline.grounds import Declared, declared
from kundskab.pipeline.home import Home
from kundskab.pipeline.writing import writing
from kundskab.vault import MapRow, Purpose, Statement

_EVENT = tuple(name for name in EventRow.__dataclass_fields__ if name not in {"object_name", "lines"})

_COMMON = 8  # actions that a page names


@dataclass(frozen=True, slots=True)
class Place:
    """Between two events of a person, when she did several things at the same moment."""

    occurred_at: datetime
    ingested_seq: int


def tail(view: View, catalogue: Catalogue, *, limit: int) -> list[EventRow]:
    """The newest by arrival, newest first."""
    events = view.events
    # First their numbers alone, which is one narrow column; then the few files that hold them, with all columns.
    newest = events.select("ingested_seq").order_by(ibis.desc("ingested_seq")).limit(limit).to_pyarrow()
    if not newest.num_rows:
        return []
    chosen = events.filter(events.ingested_seq >= newest["ingested_seq"][-1].as_py())
    return _event_rows(chosen.order_by(ibis.desc("ingested_seq")), catalogue)


def timeline(view: View, catalogue: Catalogue, person: str, *, before: datetime | None, limit: int) -> list[EventRow]:
    """One person's events, newest first by when they happened."""
    rows = view.timeline_of(person, (*_EVENT, "items"), before=before, limit=limit)
    return [_event_row(row, row.pop("items"), catalogue) for row in rows]


def events_of(
    view: View, catalogue: Catalogue, person: str, actors: Collection[str], *, before: Place | None, limit: int
) -> list[EventRow]:
    """The events of some of a person's actors, newest first, those behind a place."""
    events = view.of_person(person)
    events = events.filter(events.actor.isin(sorted(actors)))
    if before is not None:
        same = (events.occurred_at == before.occurred_at) & (events.ingested_seq < before.ingested_seq)
        events = events.filter((events.occurred_at < before.occurred_at) | same)
    newest = events.order_by(ibis.desc("occurred_at"), ibis.desc("ingested_seq")).limit(limit)
    return _event_rows(newest, catalogue)


def person(home: Home, view: View, person: str, *, purpose: str, who: str, at: datetime) -> PersonPage | None:
    """Everything a page shows of one person; None when no actor has this token.

    Facts and events only as far as the purpose allows; consents and links always, since they decide what is allowed.
    A link to somebody else's actor is left out where that one may not be seen for the purpose.
    """
    vault = home.vault
    used = view.permissions_of(vault.person_of(person))
    with writing(home, "audit") as tx:
        person = vault.person_of(person)  # an actor that was joined to somebody since leads to her
        actors = vault.members(person)
        kinds = vault.kinds_of(tx, actors)
        if set(kinds.values()) <= {"group_id"}:  # a company is nobody
            return None
        vault.audit(tx, who=who, action="read person", subject=person, purpose=purpose, at=at)
        links = vault.links_of(tx, actors)
        said = vault.statements_of(tx, actors)
        rows = vault.map_rows(tx, actors)
        purposes = vault.purposes(tx)
        grounds = declared(home, tx, used | {fact.permission for fact in vault.fact_history_of(actors)})
    did = view.events_of(person)
    actions = sorted(Counter(event.action or "" for event in did).items(), key=lambda each: (-each[1], each[0]))
    known = view.facts_of_person(person).sort_by("name").to_pylist()
    may_be_named = {*actors, *_seen(view, {end for link in links for end in (link.a, link.b)}.difference(actors))}
    return PersonPage(
        person=person,
        actors=[(actor, kinds.get(actor, "?")) for actor in actors],
        links=[
            LinkRow(
                a=link.a,
                b=link.b,
                kind=link.kind,
                evidence=link.evidence,
                at=link.at,
                source=link.source or "",
                shared=not {link.a, link.b} <= set(actors),
            )
            for link in links
            if {link.a, link.b} <= may_be_named
        ],
        facts=[
            FactRow(row["name"], _plain(row["value"]), row["how"], row["source"] or "", row["occurred_at"], purpose)
            for row in known
        ],
        consents=[
            _with_declared(consent_row(p, said, rows), grounds.get(p.name), denied=_denies(p, rows)) for p in purposes
        ],
        first_seen=did[0].occurred_at if did else None,
        last_seen=did[-1].occurred_at if did else None,
        events=len(did),
        common_actions=actions[:_COMMON],
    )


def _seen(view: View, actors: set[str]) -> set[str]:
    """Those of these actors that the view shows doing something."""
    if not actors:
        return set()
    events = view.events
    return set(events.filter(events.actor.isin(sorted(actors))).actor.as_table().distinct().to_pyarrow()[0].to_pylist())


def consent_row(purpose: Purpose, said: list[Statement], rows: list[MapRow]) -> ConsentRow:
    """What holds for one purpose now, and the newest thing that was said about it."""
    about = [statement for statement in said if statement.purpose == purpose.name]
    newest = max(about, key=lambda statement: statement.at, default=None)
    denied = _denies(purpose, rows)
    granted = any(row.granted & purpose.mask for row in rows)
    return ConsentRow(
        purpose=purpose.name,
        allowed=not denied and (granted or purpose.basis != "consent"),
        status=newest.status if newest else None,
        since=newest.at if newest else None,
        source=newest.source if newest else None,
        basis=purpose.basis,
        notice_version=newest.notice_version if newest else None,
    )


def _with_declared(row: ConsentRow, ground: Declared | None, *, denied: bool) -> ConsentRow:
    """What holds, with what was declared of their rows: an imported order may be in use though nobody was asked.

    A yes that a browser claims is told as such, and not as our declaration.
    """
    if ground is None or row.allowed or denied or row.status is not None:
        return row
    return replace(row, allowed=True, basis=ground.basis, declared=ground.sources)


def _denies(purpose: Purpose, rows: list[MapRow]) -> bool:
    return any(row.denied & purpose.mask for row in rows)


def _event_rows(events: ibis.Table, catalogue: Catalogue) -> list[EventRow]:
    rows = events.select(*_EVENT, "items").to_pyarrow().to_pylist()
    return [_event_row(row, row.pop("items"), catalogue) for row in rows]


def _event_row(row: dict[str, Any], items: list[dict[str, Any]] | None, catalogue: Catalogue) -> EventRow:
    """An order without a quantity of its own is as many things as its lines."""
    if row["quantity"] is None and items:
        row["quantity"] = sum(item["quantity"] or 1.0 for item in items)
    name = catalogue.name_of(row["object"], row["occurred_at"])
    lines = [LineRow(**item, object_name=catalogue.name_of(item["object"], row["occurred_at"])) for item in items or ()]
    return EventRow(**row, object_name=name, lines=tuple(lines))


def _plain(value: str) -> Any:
    return orjson.loads(value)
