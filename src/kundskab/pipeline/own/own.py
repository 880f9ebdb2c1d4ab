"""What the customer's own page may ask for: read, say, correct, ask. All of it about the visitor and nobody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson

from kundskab.consent.own import own_events
from kundskab.pipeline.catalogue import Catalogue
from kundskab.pipeline.grounds import Declared, declared
from kundskab.pipeline.home import Home
from kundskab.pipeline.own import copying
from kundskab.pipeline.own.answers import Did, Known, Looked, OwnPage, Recorded, Use
from kundskab.pipeline.own.door import Visitor, enter, link_for
from kundskab.pipeline.permissions import refresh_people
from kundskab.pipeline.proven import proven_actors
from kundskab.pipeline.writing import writing
from kundskab.types import KundskabError
from kundskab.vault import Fact, MapRow, Purpose, Statement, Tx

WHO = "the customer herself"
MOST_SIGNS = 1_000  # of a corrected value or of what she writes to us
_NOT_HERS = frozenset({"contract", "legal_obligation", "vital_interests", "public_task"})
_LOOKS = frozenset({"read person", "reveal", "find", "read profile"})
_LATEST = 10


class OwnPages:
    """Hangs on the desk as `desk.own`."""

    def __init__(self, home: Home, now: Callable[[], datetime]) -> None:
        self._home = home
        self._now = now
        self._catalogue = Catalogue(home)

    def enter(self, link: str) -> Visitor:
        """Who holds this link. Raises NoEntry with a sentence for her when it opens nothing."""
        return enter(self._home, link, self._now())

    def link_for(self, person: str, *, days: int = 14, who: str) -> str:
        """A link to a person's own page, for staff to send her; audited. Raises KundskabError for a strange token."""
        with writing(self._home, "audit") as tx:
            if not self._home.vault.kinds_of(tx, [person]):
                raise KundskabError(f"Nobody here has the token {person}; open the person's page and try from there.")
            self._home.vault.audit(tx, who=who, action="own page link", subject=person, at=self._now())
        return link_for(self._home, person, days=days, now=self._now())

    def page(self, visitor: Visitor) -> OwnPage:
        """Everything on her page; nothing of it is limited by purpose, since it is about herself."""
        vault = self._home.vault
        with vault.reading() as tx:
            purposes = vault.purposes(tx)
            if visitor.actor is None:
                return OwnPage(
                    [], _uses(self._home, tx, None, purposes, {}, {}), _recorded([], self._catalogue), [], []
                )
            actors = proven_actors(self._home, tx, visitor.actor)
            labels = {source.name: source.label for source in vault.sources(tx)}
            requests = vault.requests.of(tx, actors)
        events = own_events(self._home.lake, actors, temp=self._home.temp)
        history = vault.fact_history_of(actors)
        named = {*events["permission"].to_pylist(), *(fact.permission for fact in history)}
        with vault.reading() as tx:
            uses = _uses(self._home, tx, visitor.actor, purposes, declared(self._home, tx, named), labels)
        return OwnPage(
            known=_known(history, labels),
            uses=uses,
            recorded=_recorded(
                events.select(["action", "object", "channel", "occurred_at"]).to_pylist(), self._catalogue.current()
            ),
            looked=_looked(self._home, actors),
            requests=requests,
        )

    def say(self, visitor: Visitor, purpose: str, *, allow: bool) -> None:
        """Her yes or no to one purpose. Raises KundskabError where it is not hers to choose."""
        with writing(self._home, "consent") as tx:
            named = {each.name: each for each in self._home.vault.purposes(tx)}
            if purpose not in named:
                raise KundskabError(f"There is no purpose {purpose!r} here.")
            if named[purpose].basis in _NOT_HERS:
                raise KundskabError(f"We need this for {purpose} to keep our agreement with you; it cannot be chosen.")
            self._state(tx, visitor, [named[purpose]], allow=allow)

    def leave_alone(self, visitor: Visitor) -> None:
        """No to everything that is hers to choose."""
        with writing(self._home, "consent") as tx:
            chosen = [each for each in self._home.vault.purposes(tx) if each.basis not in _NOT_HERS]
            self._state(tx, visitor, chosen, allow=False)

    def correct(self, visitor: Visitor, name: str, value: str) -> None:
        """Give a fact another value, under the permission of the old one; the history stays.

        Raises KundskabError for a fact that we do not have, or a value that is empty or too long.
        """
        value = value.strip()
        if not 0 < len(value) <= MOST_SIGNS:
            raise KundskabError(f"Please write between 1 and {MOST_SIGNS} signs.")
        now = self._now()
        with writing(self._home, "correction") as tx:
            actors = proven_actors(self._home, tx, visitor.actor) if visitor.actor else []
            old = next((fact for fact in self._home.vault.facts_of(actors) if fact.name == name), None)
            if old is None:
                raise KundskabError(f"We do not know {name!r} of you, so there is nothing to correct.")
            corrected = Fact(
                actor=old.actor,
                name=name,
                value=_alike(value, old.value),
                how="given",
                source=visitor.source,
                occurred_at=now,
                received_at=now,
                position=f"own:{uuid4().hex}",
                permission=old.permission,
            )
            self._home.vault.add_facts(tx, [corrected])
            self._home.vault.audit(tx, who=WHO, action="correct", subject=old.actor, reason=name, at=now)

    def ask(self, visitor: Visitor, kind: str, words: str = "") -> int:
        """Record a request (copy, forget, correct, restrict, human); to be forgotten also stops all use at once."""
        if len(words) > MOST_SIGNS:
            raise KundskabError(f"Please write at most {MOST_SIGNS} signs.")
        now = self._now()
        with writing(self._home, "request") as tx:
            actor = self._actor(tx, visitor)
            number = self._home.vault.requests.add(
                tx, actor, kind, at=now, source=visitor.source, details={"words": words.strip()}
            )
            self._home.vault.audit(tx, who=WHO, action="request", subject=actor, reason=kind, at=now)
            if kind in ("forget", "restrict"):
                chosen = [each for each in self._home.vault.purposes(tx) if each.basis not in _NOT_HERS]
                self._state(tx, visitor, chosen, allow=False)
        return number

    def copy(self, visitor: Visitor) -> dict[str, Any]:
        """Everything we keep about her as one JSON-able object; asking for it is recorded, and answered by itself."""
        number = self.ask(visitor, "copy")
        with writing(self._home, "request") as tx:
            self._home.vault.requests.settle(
                tx, number, by=WHO, outcome="Downloaded from her own page.", at=self._now()
            )
            actor = self._actor(tx, visitor)
            actors = proven_actors(self._home, tx, actor)
            statements = self._home.vault.statements_of(tx, actors)
            met = self._home.vault.encounters.of_actors(tx, actors)
        page = self.page(visitor)
        events = own_events(self._home.lake, actors, temp=self._home.temp).to_pylist()
        return {
            "company": self._home.settings.name,
            "fictitious": self._home.settings.fictitious,
            "made_at": self._now().isoformat(),
            "known_as": visitor.value or None,
            "what_we_know": [copying.fact(fact) for fact in self._home.vault.fact_history_of(actors)],
            "what_you_said_of_its_use": [
                {
                    "purpose": s.purpose, "said": s.status, "at": s.at.isoformat(), "source": s.source,
                    "notice_version": s.notice_version, "proof": dict(s.proof or {}),
                }
                for s in statements
            ],
            "what_we_recorded": [copying.event(row) for row in events],
            "what_was_said_when_we_met": [copying.meeting(said) for said in met],
            "who_looked": [
                {"at": look.at.isoformat(), "what": look.action, "purpose": look.purpose, "reason": look.reason}
                for look in page.looked
            ],
            "what_you_asked": [
                {"what": r.kind, "at": r.at.isoformat(), "words": r.details.get("words") or None, "outcome": r.outcome}
                for r in page.requests
            ],
        }  # fmt: skip

    def _actor(self, tx: Tx, visitor: Visitor) -> str:
        """Her actor; somebody we have not heard of becomes known by what she says here."""
        if visitor.actor is not None:
            return visitor.actor
        [actor] = self._home.vault.tokens(tx, [(visitor.kind, visitor.value)], self._now())
        return actor

    def _state(self, tx: Tx, visitor: Visitor, purposes: list[Purpose], *, allow: bool) -> None:
        now, actor = self._now(), self._actor(tx, visitor)
        said = [
            Statement(
                actor=actor,
                purpose=purpose.name,
                status=_status(purpose, allow=allow),
                strength="verified",  # the company's own server, or we, vouch for who holds the link
                basis=purpose.basis,
                notice_version=purpose.notice_version,
                source=visitor.source,
                channel="own page",
                occurred_at=now,
                received_at=now,
                position=f"own:{uuid4().hex}",
                proof={"by": "own page", "signed_by": visitor.source, "known_as": visitor.kind},
            )
            for purpose in purposes
        ]
        refresh_people(self._home, tx, spoke=self._home.vault.add_statements(tx, said))
        self._home.vault.audit(
            tx, who=WHO, action="consent", subject=actor, at=now,
            reason=", ".join(f"{s.status} {s.purpose}" for s in said),
        )  # fmt: skip


def _status(purpose: Purpose, *, allow: bool) -> str:
    if allow:
        return "grant"
    return "withdraw" if purpose.basis == "consent" else "object"


def _uses(
    home: Home, tx: Tx, actor: str | None, purposes: list[Purpose], grounds: dict[str, Declared], labels: dict[str, str]
) -> list[Use]:
    """Every purpose, and whether it holds for her now. grounds: what was declared of her rows; labels: of sources."""
    row = home.vault.map_rows(tx, [actor])[0] if actor else MapRow("", "")
    said = home.vault.statements_of(tx, [actor]) if actor else []
    return [
        _use(
            purpose, row, said, home.vault.notice(purpose.name, purpose.notice_version),
            grounds.get(purpose.name), labels,
        )
        for purpose in purposes
    ]  # fmt: skip


def _use(
    purpose: Purpose,
    row: MapRow,
    said: list[Statement],
    notice: str | None,
    ground: Declared | None,
    labels: dict[str, str],
) -> Use:
    about = [statement for statement in said if statement.purpose == purpose.name]
    newest = max(about, key=lambda statement: statement.at, default=None)
    denied, granted = bool(row.denied & purpose.mask), bool(row.granted & purpose.mask)
    if denied or granted or purpose.basis != "consent":
        ground = None  # it holds, or does not, whatever was declared
    return Use(
        purpose=purpose.name,
        description=purpose.description,
        notice=notice or "",
        basis=ground.basis if ground else purpose.basis,
        allowed=not denied and (granted or ground is not None or purpose.basis != "consent"),
        status=newest.status if newest else None,
        since=newest.at if newest else None,
        declared=tuple(labels.get(name, name) for name in ground.sources) if ground else (),
        is_her_choice=purpose.basis not in _NOT_HERS,
    )


def _known(history: list[Fact], labels: dict[str, str]) -> list[Known]:
    """The newest value of each name, by name; history: oldest first."""
    newest = {fact.name: fact for fact in history}
    times = Counter(fact.name for fact in history)
    return [
        Known(name, fact.value, fact.how, labels.get(fact.source or "", fact.source or ""), fact.occurred_at,
              times[name] - 1)
        for name, fact in sorted(newest.items())
    ]  # fmt: skip


def _recorded(rows: list[dict[str, Any]], catalogue: Catalogue) -> Recorded:
    """rows: oldest first."""
    channels = Counter(row["channel"] or "elsewhere" for row in rows)
    latest = (
        Did(
            r["action"], catalogue.name_of(r["object"], r["occurred_at"]) or r["object"], r["channel"], r["occurred_at"]
        )
        for r in rows[: -_LATEST - 1 : -1]
    )
    return Recorded(
        events=len(rows),
        first=rows[0]["occurred_at"] if rows else None,
        last=rows[-1]["occurred_at"] if rows else None,
        channels=tuple(channels.most_common()),
        latest=tuple(latest),
    )


def _looked(home: Home, actors: list[str]) -> list[Looked]:
    rows = [row for actor in actors for row in home.vault.audit_rows(subject=actor, limit=50) if row.action in _LOOKS]
    return [Looked(r.at, r.action, r.purpose, r.reason) for r in sorted(rows, key=lambda row: -row.seq)]


def _alike(text: str, old: object) -> object:
    """The corrected value in the shape of the old one, where it has that shape: a year stays a number."""
    if isinstance(old, bool):
        return {"yes": True, "true": True, "no": False, "false": False}.get(text.lower(), text)
    if isinstance(old, int | float):
        try:
            number = orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
        return number if isinstance(number, int | float) and not isinstance(number, bool) else text
    return text
