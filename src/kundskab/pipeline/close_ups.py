"""Opening close-ups, with what of the vault never changes kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from kundskab.consent.close_up import CloseUp, close_up
from kundskab.pipeline.home import Home
from kundskab.pipeline.proven import Proven
from kundskab.types import KundskabError
from kundskab.vault import Tx


class CloseUps:
    """Opens close-ups. Bits of purposes and declarations are only ever added, so what was read once stays true."""

    def __init__(self, home: Home, now: Callable[[], datetime]) -> None:
        self._home = home
        self._now = now
        self._masks: dict[str, int] = {}
        self._declared: dict[int, Mapping[str, str]] = {}

    def open(self, tx: Tx, found: Proven | None, purpose: str, *, at: datetime | None = None) -> CloseUp:
        """A close-up of what was proven; of nobody an empty one. Raises KundskabError for an unknown purpose."""
        mask = self._mask(tx, purpose)
        if found is None:
            return CloseUp("", purpose, self._now(), (), at)
        return close_up(
            self._home.vault,
            tx,
            found.person,
            found.actors,
            purpose=purpose,
            mask=mask,
            grounds=lambda permission: self._declaration(tx, permission).get(purpose),
            at=at,
            now=self._now(),
        )

    def _mask(self, tx: Tx, purpose: str) -> int:
        if purpose not in self._masks:
            self._masks = {each.name: each.mask for each in self._home.vault.purposes(tx)}
        if purpose not in self._masks:
            known = ", ".join(sorted(self._masks))
            raise KundskabError(f"There is no purpose {purpose!r} here; this workspace knows {known}.")
        return self._masks[purpose]

    def _declaration(self, tx: Tx, permission: int) -> Mapping[str, str]:
        if permission not in self._declared:
            self._declared = {each.id: each.purposes for each in self._home.vault.permissions(tx)}
        return self._declared.get(permission, {})
