"""Linking: which links make a person, undoing them, joining by hand, and deciding what was suggested.

Every change refreshes persons and permissions in the transaction that made it, so it holds for every view opened after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kundskab.people import USER
from kundskab.pipeline.evidence import why_apart, words_of
from kundskab.pipeline.home import Home
from kundskab.pipeline.permissions import around, limit_of, refresh_everybody, refresh_people
from kundskab.pipeline.suggesting import Found, Progress, find, nothing
from kundskab.pipeline.views import Views
from kundskab.pipeline.writing import writing
from kundskab.types import KundskabError
from kundskab.vault import Link, Suggested, Tx, Undoing


@dataclass(frozen=True, slots=True)
class Undone:
    """That a human undid a link."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class LinkOf:
    """One link of a person, seen from her side."""

    id: int
    mine: str  # her actor's token
    mine_kind: str  # of its identifier: user_id, anonymous_id, email ...
    other: str | None  # the other actor; None when it is somebody's who may not be seen for the purpose
    other_kind: str
    kind: str  # claimed | verified | suggested | manual
    words: str  # the evidence as a sentence
    source: str
    at: datetime
    by: str | None  # who of us, when a human made it
    joins: bool
    why_not: str  # when it does not join: one sentence
    undone: Undone | None


@dataclass(frozen=True, slots=True)
class Parted:
    """What undoing a link came to: the two ends' persons now."""

    persons: tuple[str, str]
    undone: tuple[int, ...]  # the links that were undone: all that stood between the same two actors

    @property
    def apart(self) -> bool:
        """False when other links still make them one person."""
        return self.persons[0] != self.persons[1]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two persons who may be one, for a human to decide."""

    id: int
    a: str
    b: str
    probability: float  # 0-1
    words: str  # what is alike, and how many of 100 such pairs are one person; no values
    purpose: str  # whose view showed the facts it was found by
    at: datetime


@dataclass(frozen=True, slots=True)
class SuggestionsPage:
    """The likeliest first; total counts all that wait."""

    rows: list[Suggestion]
    total: int
    page: int  # from 1
    size: int


class Linking:
    """Hangs on the desk as `desk.linking`."""

    def __init__(self, home: Home, now: Callable[[], datetime], views: Views | None = None) -> None:
        self._home = home
        self._now = now
        self._views = views or Views(home, now=now)

    def links(self, person: str, *, purpose: str = "analytics", who: str) -> list[LinkOf]:
        """The links of a person, standing and undone, oldest first; audited. Empty when nobody has this token."""
        vault = self._home.vault
        with writing(self._home, "audit") as tx:
            person = vault.person_of(person)
            actors = set(vault.members(person))
            if not vault.kinds_of(tx, actors):
                return []
            vault.audit(tx, who=who, action="read links", subject=person, purpose=purpose, at=self._now())
            undone = vault.undone_links_of(tx, actors)
            standing = vault.links_of(tx, actors)
            ends = actors | {end for link in (*standing, *(u.link for u in undone)) for end in (link.a, link.b)}
            kinds = vault.kinds_of(tx, ends)
            resolution = around(self._home, tx, actors).resolution
        shown = actors | self._seen(purpose, ends - actors)
        rows = [
            _row(link, actors, kinds, shown, why_apart(link, kinds, resolution, limit_of(self._home)))
            for link in standing
        ]
        rows += [_row(u.link, actors, kinds, shown, "A human undid it.", u) for u in undone]
        return sorted(rows, key=lambda row: row.id)

    def undo(self, link_id: int, *, who: str, reason: str) -> Parted:
        """Part what a link joined: both persons have their events, facts and consents back. Audited.

        Every standing link of the same two actors is undone with it, or one of them would join them at once again;
        and a suggestion that led to it is not made again. An undone link returns by no event, only by a human.
        Raises KundskabError when there is no such link, it is undone already, or the reason is empty.
        """
        _require(reason)
        vault = self._home.vault
        with writing(self._home, "undo a link") as tx:
            link = vault.graph.link(tx, link_id)
            together = [each.id for each in vault.graph.between(tx, link.a, link.b) if each.id is not None]
            if link_id not in together:
                raise KundskabError(
                    f"Link {link_id} was undone before; join the two by hand if they are one after all."
                )
            for each in together:
                vault.undo_link(tx, each, by=who, reason=reason, at=self._now())
            refresh_people(self._home, tx, linked={link.a, link.b})
            self._audit(tx, who, "undo link", link.a, f"link {link_id}: {reason}")
            self._audit(tx, who, "undo link", link.b, f"link {link_id}: {reason}")
            a, b = vault.map_rows(tx, [link.a, link.b])
        return Parted((a.person, b.person), tuple(together))

    def join(self, a: str, b: str, *, who: str, reason: str) -> str:
        """Make two persons one by hand; the only way two user ids become one person. Audited; returns the person.

        a, b: tokens of persons or of their actors.  Refusals of either hold for both from now on; grants stay with
        whom they were given by.  Raises KundskabError for unknown tokens, one person twice, or an empty reason.
        """
        _require(reason)
        with writing(self._home, "join") as tx:
            return self._join(tx, a, b, who=who, evidence=f"by hand: {reason.strip()}")

    def find_suggestions(self, *, purpose: str = "analytics", who: str, progress: Progress = nothing) -> Found:
        """Look for pairs that seem to be one person, by the facts that the purpose may use; audited.

        Slow (seconds per 10,000 persons), repeatable: what is known or was declined is not suggested again.
        """
        return find(self._home, self._views.open(purpose), who=who, now=self._now(), progress=progress)

    def suggestions(self, *, page: int = 1, size: int = 50) -> SuggestionsPage:
        """What waits for a human, the likeliest first."""
        vault = self._home.vault
        with vault.reading() as tx:
            found = vault.suggestions.waiting(tx, limit=size, offset=(page - 1) * size)
            total = vault.suggestions.count_waiting(tx)
            person_of = {
                row.actor: row.person for row in vault.map_rows(tx, [e for s in found for e in (s.link.a, s.link.b)])
            }
        rows = [
            Suggestion(
                id=each.link.id or 0,
                a=person_of[each.link.a],
                b=person_of[each.link.b],
                probability=each.probability,
                words=each.link.evidence,
                purpose=each.purpose,
                at=each.link.at,
            )
            for each in found
        ]
        return SuggestionsPage(rows, total, page, size)

    def accept(self, suggestion: int, *, who: str) -> str:
        """A human says that the two are one person; audited. Returns the person.

        Raises KundskabError when there is no such suggestion, or it is decided already.
        """
        with writing(self._home, "decide") as tx:
            found = self._waiting(tx, suggestion)
            return self._join(
                tx, found.link.a, found.link.b, who=who, evidence=f"suggestion {suggestion}: {found.link.evidence}"
            )

    def decline(self, suggestion: int, *, who: str, reason: str = "not the same person") -> None:
        """A human says that the two are not one person; the pair is never suggested again. Audited.

        Raises KundskabError when there is no such suggestion, or it is decided already.
        """
        with writing(self._home, "decide") as tx:
            link = self._waiting(tx, suggestion).link
            self._home.vault.undo_link(tx, suggestion, by=who, reason=reason, at=self._now())
            self._audit(tx, who, "decline suggestion", link.a, f"suggestion {suggestion}: {reason}")
            self._audit(tx, who, "decline suggestion", link.b, f"suggestion {suggestion}: {reason}")

    def rebuild(self, *, who: str) -> int:
        """Resolve everybody anew from links and ledger, as after a changed limit; audited. Returns how many changed."""
        with writing(self._home, "resolve everybody") as tx:
            changed = refresh_everybody(self._home, tx)
            self._audit(tx, who, "resolve everybody", f"{changed} rows", "rebuild")
        return changed

    def _waiting(self, tx: Tx, suggestion: int) -> Suggested:
        found = self._home.vault.suggestions.get(tx, suggestion)
        if found is None:
            raise KundskabError(f"There is no suggestion {suggestion}; the list shows those that wait.")
        kinds = {link.kind for link in self._home.vault.graph.between(tx, found.link.a, found.link.b)}
        if "suggested" not in kinds:
            raise KundskabError(f"Suggestion {suggestion} was declined before.")
        return found

    def _join(self, tx: Tx, a: str, b: str, *, who: str, evidence: str) -> str:
        vault = self._home.vault
        kinds = vault.kinds_of(tx, [a, b])
        for token in (a, b):
            if kinds.get(token) in (None, "group_id"):
                raise KundskabError(f"Nobody has the token {token!r}; copy it from the person's page.")
        first, second = vault.map_rows(tx, [a, b])
        if first.person == second.person:
            raise KundskabError("The two are one person already.")
        link = Link(a, b, "manual", evidence, None, self._now(), by=who)
        refresh_people(self._home, tx, linked=vault.add_links(tx, [link]))
        self._audit(tx, who, "join", a, f"with {b}, {evidence}")
        self._audit(tx, who, "join", b, f"with {a}, {evidence}")
        return vault.map_rows(tx, [a])[0].person

    def _audit(self, tx: Tx, who: str, action: str, subject: str, reason: str) -> None:
        self._home.vault.audit(tx, who=who, action=action, subject=subject, reason=reason, at=self._now())

    def _seen(self, purpose: str, actors: set[str]) -> set[str]:
        """Those of these actors that may be named: the purpose's view shows them doing something."""
        if not actors:
            return set()
        with self._views.kept(purpose) as view:
            events = view.events
            seen = events.filter(events.actor.isin(sorted(actors))).actor.as_table().distinct().to_pyarrow()
        return set(seen[0].to_pylist())


def _require(reason: str) -> None:
    if not reason.strip():
        raise KundskabError("Say why, in a few words; whoever looks at these persons later will want to know.")


def _row(
    link: Link, actors: set[str], kinds: dict[str, str], shown: set[str], why_not: str, undoing: Undoing | None = None
) -> LinkOf:
    mine, other = (link.a, link.b) if link.a in actors and kinds.get(link.b) == USER else (link.b, link.a)
    if mine not in actors:
        mine, other = other, mine
    return LinkOf(
        id=link.id or 0,
        mine=mine,
        mine_kind=kinds.get(mine, "?"),
        other=other if other in shown else None,
        other_kind=kinds.get(other, "?"),
        kind=link.kind,
        words=words_of(link),
        source=link.source or "",
        at=link.at,
        by=link.by,
        joins=not why_not,
        why_not=why_not,
        undone=Undone(undoing.at, undoing.by, undoing.reason) if undoing else None,
    )
