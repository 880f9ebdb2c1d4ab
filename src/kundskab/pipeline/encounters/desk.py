"""What pages, the command line and the notebook may ask about encounters."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kundskab.pipeline.digest import digest
from kundskab.pipeline.encounters import reading
from kundskab.pipeline.encounters.declared import SOURCE, UNKNOWN, ready
from kundskab.pipeline.encounters.journaling import into_journal
from kundskab.pipeline.encounters.meeting import Meeting, Whom, check, whom
from kundskab.pipeline.encounters.reading import Encounter, Met
from kundskab.pipeline.home import Home
from kundskab.pipeline.views import Views
from kundskab.pipeline.writing import writing
from kundskab.types import Busy, KundskabError

log = logging.getLogger(__name__)

PURPOSE = "necessary"  # what an encounter serves first: whoever meets her next


@dataclass(frozen=True, slots=True)
class Logged:
    """An encounter that is on disk. kept: whether it stands now; None while it still waits to be digested."""

    id: str
    kept: bool | None


class Encounters:
    """Logs and reads encounters. Words are opened only through a view whose purpose permits their event."""

    def __init__(self, home: Home, views: Views, now: Callable[[], datetime]) -> None:
        self._home = home
        self._views = views
        self._now = now

    def log(self, meeting: Meeting, *, who: str) -> Logged:
        """Write down one encounter; it is on disk when this returns. The same id twice is one encounter.

        Raises KundskabError, with nothing kept, for a meeting that cannot be, and when the disk takes nothing.
        """
        self.log_many([meeting], who=who)
        self._digest_now()
        return Logged(meeting.id, self._is_kept(meeting.id))

    def log_many(self, meetings: Sequence[Meeting], *, who: str, source: str = SOURCE, audited: bool = True) -> int:
        """Write down many; the clock digests them. Those with nobody that we know go under their own source."""
        now = self._now()
        for meeting in meetings:
            check(meeting, now=now)
        self._refuse_unknown_tokens(meetings)
        ready(self._home, at=now)
        sourced = [(each, UNKNOWN if each.whom.kind == "nobody" else source) for each in meetings]
        return into_journal(self._home, sourced, received_at=now, by=who, audited=audited)

    def whom(self, text: str) -> Whom:
        """Read what was typed; a customer number that we know wins over what it looks like."""
        found = whom(text)
        if found.kind == "phone" and self._home.vault.find("user_id", text.strip()) is not None:
            return Whom("user_id", text.strip())
        return found

    def of_person(self, person: str, *, purpose: str = "analytics", who: str, limit: int = 50) -> list[Encounter]:
        """A person's encounters with their words, newest first, as far as the purpose allows; audited."""
        person = self._home.vault.person_of(person)
        self._audit("read encounters", person, purpose, who)
        with self._views.kept(purpose) as view:
            return reading.of_person(self._home, view, person, limit=limit)

    def latest(
        self,
        *,
        purpose: str = PURPOSE,
        who: str,
        limit: int = 50,
        skip: int = 0,
        words: bool = True,
    ) -> list[Encounter]:
        """The newest encounters, after the first `skip`, as far as the purpose allows; reading words is audited."""
        if words:
            self._audit("read encounters", "the latest ones we met", purpose, who)
        with self._views.kept(purpose) as view:
            return reading.latest(self._home, view, limit=limit, skip=skip, words=words)

    def count(self, *, purpose: str = PURPOSE) -> int:
        """How many encounters the purpose allows to be seen."""
        with self._views.kept(purpose) as view:
            return reading.count(view)

    def this_month(self, *, purpose: str = PURPOSE) -> Met:
        """How many of us met any customer this month, by the workspace's clock, and how often."""
        with self._views.kept(purpose) as view:
            return reading.met_since(view, reading.month_start(self._now(), self._home.zone))

    def notice(self) -> str:
        """What to read out before asking whether it may be used for research; empty where there is no such purpose."""
        with self._home.vault.reading() as tx:
            versions = {purpose.name: purpose.notice_version for purpose in self._home.vault.purposes(tx)}
        version = versions.get("research")
        return (self._home.vault.notice("research", version) or "") if version else ""

    def _refuse_unknown_tokens(self, meetings: Sequence[Meeting]) -> None:
        tokens = {meeting.whom.value for meeting in meetings if meeting.whom.kind == "person"}
        if not tokens:
            return
        with self._home.vault.reading() as tx:
            unknown = tokens.difference(self._home.vault.kinds_of(tx, tokens))
        if unknown:
            raise KundskabError("Nobody here has this token; give an e-mail, a phone or a customer number instead.")

    def _digest_now(self) -> None:
        """So that it is seen at once. It is safe already: whatever goes wrong here, the clock does it in a moment."""
        try:
            digest(self._home, now=self._now, wait_seconds=1.0)
        except Busy:
            pass
        except Exception:
            log.exception("an encounter is on disk and waits for the clock's digest")

    def _is_kept(self, event_id: str) -> bool | None:
        with self._home.vault.reading() as tx:
            return True if self._home.vault.encounters.of_events(tx, [event_id]) else None

    def _audit(self, action: str, subject: str, purpose: str, who: str) -> None:
        with writing(self._home, "audit") as tx:
            self._home.vault.audit(tx, who=who, action=action, subject=subject, purpose=purpose, at=self._now())
