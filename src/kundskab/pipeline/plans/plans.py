"""`desk.plans`: the tracking plan's inbox, and what people decide about what is in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kundskab.events import TrackingPlan
from kundskab.pipeline.home import Home
from kundskab.pipeline.plans.inbox import Finding, findings, suggested
from kundskab.pipeline.plans.seen import Seen
from kundskab.pipeline.plans.writing import with_event
from kundskab.pipeline.sources import plan_of
from kundskab.pipeline.writing import writing
from kundskab.types import KundskabError
from kundskab.vault import Source
from kundskab.vault.quarantine import by_help

AT_ONCE = 200_000  # events that a page may read to be up to date; the clock does the rest
_IGNORED = "plan_ignored"  # among a source's settings: actions that nobody wants to agree on
_NAMED = re.compile("“(.*?)”")  # the action, in what the plan says of an event that breaks it


@dataclass(frozen=True, slots=True)
class Inbox:
    """findings: what wants a decision first. plans: source -> whether it has one.  behind: events to count."""

    findings: tuple[Finding, ...]
    plans: dict[str, bool]
    behind: int


class Plans:
    """Tracking plans and what is really sent."""

    def __init__(self, home: Home, now: Callable[[], datetime]) -> None:
        self._home = home
        self._now = now
        self._seen = Seen(home)

    def inbox(self, source: str | None = None) -> Inbox:
        """Everything seen, of one source or of all; a few new events are counted first."""
        if 0 < self._seen.behind() <= AT_ONCE:
            self._seen.catch_up()
        sources = {each.name: each for each in self._home.vault.sources()}
        found = findings(
            [seen for seen in self._seen.actions() if source in (None, seen.source)],
            {name: plan_of(each) for name, each in sources.items()},
            {name: _ignored(each) for name, each in sources.items()},
            self._breaks(source),
        )
        plans = {name: bool(each.settings.get("plan")) for name, each in sources.items()}
        return Inbox(tuple(found), plans, self._seen.behind())

    def catch_up(self) -> int:
        """What the clock does: count all that is new. Returns how many events were read."""
        return self._seen.catch_up() if self._seen.behind() else 0

    def text(self, source: str) -> str:
        """The YAML of a source's plan; "" when it has none. Raises KundskabError when there is no such source."""
        return str(self._source(source).settings.get("plan") or "")

    def save(self, source: str, text: str, *, who: str) -> None:
        """Put a new plan in place of the old; an empty one takes it away. Raises PlanError, naming line and field."""
        self._change(source, lambda settings: _with_plan(settings, text), "changed the plan", who)

    def add(self, source: str, action: str, *, strict: bool = False, who: str) -> None:
        """Agree on an action as it is sent; strict: with what must be there, and nothing else."""
        finding = next((each for each in self.inbox(source).findings if each.action == action), None)
        if finding is None or not finding.events:
            raise KundskabError(
                f"{source} has stored no “{action[:100]}” yet; there is nothing to learn its shape from."
            )
        event = suggested(finding, strict=strict)

        def changed(settings: dict[str, object]) -> dict[str, object]:
            seen = _with_plan(settings, with_event(str(settings.get("plan") or ""), action, event))
            return seen | {_IGNORED: sorted(_names(settings) - {action})}

        self._change(source, changed, f"agreed on {action}" + (", strictly" if strict else ""), who)

    def ignore(self, source: str, action: str, *, again: bool = False, who: str) -> None:
        """Leave an action out of the inbox, or notice it again."""

        def changed(settings: dict[str, object]) -> dict[str, object]:
            names = _names(settings) - {action} if again else _names(settings) | {action[:100]}
            return settings | {_IGNORED: sorted(names)}

        self._change(source, changed, f"{'noticed' if again else 'ignored'} {action[:100]}", who)

    def _change(
        self, name: str, change: Callable[[dict[str, object]], dict[str, object]], reason: str, who: str
    ) -> None:
        with writing(self._home, "plan") as tx:
            before = self._home.vault.source(name, tx)
            if before is None:
                raise KundskabError(f"There is no source called {name[:100]}.")
            settings = change(dict(before.settings))
            self._home.vault.put_source(
                tx, name, kind=before.kind, label=before.label, settings=settings, at=self._now()
            )
            self._home.vault.audit(tx, who=who, action="put_plan", subject=name, reason=reason, at=self._now())

    def _source(self, name: str) -> Source:
        source = self._home.vault.source(name)
        if source is None:
            raise KundskabError(f"There is no source called {name[:100]}.")
        return source

    def _breaks(self, source: str | None) -> dict[tuple[str, str], dict[str, int]]:
        """(source, action) -> what the plan said -> events in quarantine for it."""
        found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        with self._home.vault.reading() as tx:
            rows = by_help(tx, "plan_violation")
        for of, said, events in rows:
            named = _NAMED.search(said)
            if named and source in (None, of):
                found[of, named.group(1)][said] = events
        return dict(found)


def _with_plan(settings: dict[str, object], text: str) -> dict[str, object]:
    if not text.strip():
        return {name: value for name, value in settings.items() if name != "plan"}
    TrackingPlan.from_yaml(text)
    return settings | {"plan": text.replace("\r\n", "\n")}


def _ignored(source: Source) -> frozenset[str]:
    return frozenset(_names(dict(source.settings)))


def _names(settings: dict[str, object]) -> set[str]:
    said = settings.get(_IGNORED)
    return {str(name) for name in said} if isinstance(said, list) else set()
