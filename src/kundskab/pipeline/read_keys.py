"""Read keys as pages, the command line and the API use them: made, rotated, revoked; known again when shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from kundskab.pipeline.home import Home
from kundskab.pipeline.writing import writing
from kundskab.types import KundskabError
from kundskab.vault import ReadKey

REMEMBERED_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ReadKeyRow:
    """One read key as a page shows it."""

    id: int
    name: str
    purposes: tuple[str, ...]
    may_record: bool  # may also write consents down
    last4: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    is_valid: bool


class ReadKeys:
    """The read keys of a workspace."""

    def __init__(self, home: Home, now: Callable[[], datetime]) -> None:
        self._home = home
        self._now = now
        self._shown: dict[str, tuple[float, ReadKey]] = {}

    def every(self) -> list[ReadKeyRow]:
        """All ever made, oldest first, without their secrets."""
        with self._home.vault.reading() as tx:
            keys = self._home.vault.read_keys.every(tx)
        return [_row(key, self._now()) for key in keys]

    def create(self, name: str, *, purposes: Sequence[str], may_record: bool = False, who: str) -> str:
        """A new key that reads for these purposes; returned in the clear this once.

        name: who uses it; the audit tells it.  Raises KundskabError for a purpose the workspace does not know.
        """
        with writing(self._home, "settings") as tx:
            known = [purpose.name for purpose in self._home.vault.purposes(tx)]
            unknown = [purpose for purpose in purposes if purpose not in known]
            if unknown:
                raise KundskabError(
                    f"There is no purpose {unknown[0]!r} here; this workspace knows {', '.join(known)}."
                )
            return self._home.vault.read_keys.create(
                tx, name, purposes=purposes, may_record=may_record, by=who, at=self._now()
            )

    def rotate(self, key_id: int, *, overlap_days: int = 7, who: str) -> str:
        """A new key with the same rights beside the old one, which works for overlap_days more."""
        overlap = timedelta(days=overlap_days)
        self._shown.clear()
        with writing(self._home, "settings") as tx:
            return self._home.vault.read_keys.rotate(tx, key_id, overlap=overlap, by=who, at=self._now())

    def revoke(self, key_id: int, *, who: str) -> None:
        """Stop a key at once."""
        with writing(self._home, "settings") as tx:
            self._home.vault.read_keys.revoke(tx, key_id, by=who, at=self._now())
        self._shown.clear()

    def shown(self, plain: str) -> ReadKey | None:
        """The key that somebody shows, when it is valid now; a key revoked by another process, for a second more."""
        remembered = self._shown.get(plain)
        if remembered is not None and monotonic() - remembered[0] < REMEMBERED_SECONDS:
            return remembered[1] if remembered[1].is_valid(self._now()) else None
        with self._home.vault.reading() as tx:
            key = self._home.vault.read_keys.by_plaintext(tx, plain, self._now())
        if key is not None:  # only valid ones, so that nobody fills our memory with guesses
            self._shown[plain] = monotonic(), key
        return key


def _row(key: ReadKey, now: datetime) -> ReadKeyRow:
    return ReadKeyRow(
        id=key.id,
        name=key.name,
        purposes=key.purposes,
        may_record=key.may_record,
        last4=key.last4,
        created_at=key.created_at,
        created_by=key.created_by,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
        is_valid=key.is_valid(now),
    )
