"""The settings of a workspace, its sources and its notices, as the pages show and change them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from kundskab.pipeline.choices import Choices
from kundskab.pipeline.home import Home, Settings, write_settings
from kundskab.pipeline.writing import writing
from kundskab.types import KundskabError
from kundskab.vault import Source
from kundskab.vault.purposes import notices_of

_WORD = re.compile(r"[a-z0-9][a-z0-9 _-]{0,39}")
_LONGEST_NAME = 120
SLOWEST_DAYS = 3_650  # a half-life: ten years
_FEWEST_TOGETHER, _MOST_TOGETHER = 2, 10_000


@dataclass(frozen=True, slots=True)
class SettingsNow:
    """What holds now. has_events: then time zone and currency stand, since stored days and amounts follow them."""

    name: str
    timezone: str
    currency: str
    fictitious: bool
    has_events: bool
    choices: Choices


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """All that is set for one live source. basis: purpose -> lawful basis. categories: banner's word -> purpose."""

    name: str
    label: str
    purposes: tuple[str, ...]
    basis: Mapping[str, str]
    on_refusal: str
    no_signal: str
    categories: Mapping[str, str]
    events_per_second: float | None
    has_plan: bool


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One version of what people were shown, and since when."""

    version: str
    text: str
    at: datetime


class WorkspaceSettings:
    """Hangs on the desk as `desk.settings`."""

    def __init__(self, home: Home, now: Callable[[], datetime]) -> None:
        self._home = home
        self._now = now

    def read(self) -> SettingsNow:
        now = self._home.settings
        return SettingsNow(now.name, now.timezone, now.currency, now.fictitious, self._has_events(), now.choices)

    @property
    def choices(self) -> Choices:
        """What the company chose, without asking the lake whether it has events."""
        return self._home.settings.choices

    def change(self, *, who: str, **asked: Any) -> None:
        """Change what is named: name, timezone, currency, human_channels, shared_device_limit, half_life_days,
        second_step_roles.

        Raises KundskabError for a value that cannot be, and for a time zone or currency once there are events.
        """
        with writing(self._home, "settings") as tx:
            before = self._home.settings
            after = _checked(_changed(before, asked))
            if (before.timezone, before.currency) != (after.timezone, after.currency) and self._has_events():
                raise KundskabError(
                    "Time zone and currency stand once there are events: their days and amounts follow them. "
                    "Make a new workspace to begin otherwise."
                )
            if after == before:
                return
            changed = ", ".join(_differences(before, after))
            self._home.vault.audit(
                tx, who=who, action="change workspace", subject=before.workspace_id, reason=changed, at=self._now()
            )
            # Last: when the file cannot be written, the audit does not say that it was.
            write_settings(self._home.folder, after)

    def note(self, who: str, action: str, subject: str, reason: str | None = None) -> None:
        """Write down a deed of somebody who works here: one line in what changed."""
        with writing(self._home, "settings") as tx:
            self._home.vault.audit(tx, who=who, action=action, subject=subject, reason=reason, at=self._now())

    def source(self, name: str) -> SourceSettings | None:
        """A live source with all its settings, or None."""
        found = self._home.vault.source(name)
        return None if found is None or found.kind != "live" else _settings_of(found)

    def notices(self, purpose: str) -> list[NoticeRow]:
        """Every version of a purpose's notice, newest first."""
        with self._home.vault.reading() as tx:
            return [NoticeRow(*row) for row in notices_of(tx, purpose)]

    def _has_events(self) -> bool:
        return any(counted.stored for counted in self._home.lake.state().books.values())


def _settings_of(source: Source) -> SourceSettings:
    return SourceSettings(
        name=source.name,
        label=source.label,
        purposes=source.purposes,
        basis=source.basis,
        on_refusal=source.on_refusal,
        no_signal=source.no_signal,
        categories=source.categories,
        events_per_second=source.settings.get("events_per_second"),
        has_plan=bool(source.settings.get("plan")),
    )


def _changed(before: Settings, asked: Mapping[str, Any]) -> Settings:
    own = {name: value for name, value in asked.items() if name in ("name", "timezone", "currency")}
    chosen = {name: value for name, value in asked.items() if name not in own}
    return replace(before, **own, choices=replace(before.choices, **chosen))


def _checked(asked: Settings) -> Settings:
    """The same, spelled as we keep it. Raises KundskabError for what cannot be."""
    name = asked.name.strip()
    if not 0 < len(name) <= _LONGEST_NAME:
        raise KundskabError(f"A workspace needs a name of at most {_LONGEST_NAME} signs.")
    if asked.timezone not in available_timezones():
        raise KundskabError(f"{asked.timezone!r} is no time zone; give one like 'Europe/Stockholm'.")
    if not re.fullmatch("[A-Za-z]{3}", asked.currency):
        raise KundskabError(f"{asked.currency!r} is no currency; give its three letters, like EUR.")
    channels = tuple(dict.fromkeys(word.strip().lower() for word in asked.choices.human_channels if word.strip()))
    for word in channels:
        if not _WORD.fullmatch(word):
            raise KundskabError(f"{word!r} is no channel; give words as events carry them, like shop or phone.")
    limit = asked.choices.shared_device_limit
    if limit is not None and not _FEWEST_TOGETHER <= limit <= _MOST_TOGETHER:
        raise KundskabError(f"The limit for a shared device lies between {_FEWEST_TOGETHER} and {_MOST_TOGETHER:,}.")
    if not 1 <= asked.choices.half_life_days <= SLOWEST_DAYS:
        raise KundskabError(f"What somebody did counts half after 1 to {SLOWEST_DAYS:,} days.")
    choices = replace(asked.choices, human_channels=channels)
    return replace(asked, name=name, currency=asked.currency.upper(), choices=choices)


def _differences(before: Settings, after: Settings) -> list[str]:
    """What was changed, in words for the list of changes."""
    return [
        f"{name.replace('_', ' ')}: {_said(value)}"
        for name, value in (_plain(after)).items()
        if value != _plain(before)[name]
    ]


def _plain(settings: Settings) -> dict[str, Any]:
    return {
        "name": settings.name,
        "timezone": settings.timezone,
        "currency": settings.currency,
        **settings.choices.as_json(),
    }


def _said(value: Any) -> str:
    return " ".join(value) or "nobody" if isinstance(value, tuple) else "the usual" if value is None else str(value)
