"""One home folder: where everything of a workspace lies, and the handles to it."""

from __future__ import annotations

import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import orjson

from kundskab.consent.purposes import install_defaults
from kundskab.lake import Lake
from kundskab.pipeline.choices import Choices, choices_from
from kundskab.pipeline.ids import IdIndex
from kundskab.types import KundskabError, utc_now
from kundskab.vault import Vault
from kundskab.vault.keyfile import KeyFile, path_for

SCHEMA_VERSION = 1
_BEGUN = "workspace.begun"


@dataclass(frozen=True, slots=True)
class Settings:
    """What workspace.json says."""

    workspace_id: str
    name: str
    timezone: str
    currency: str
    fictitious: bool
    created_at: datetime
    choices: Choices = field(default_factory=Choices)


class Home:
    """A workspace on disk. Handles open when first asked for; close() shuts those that were."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self._settings, self._stamp = settings, _stamp(folder)
        self.journal = folder / "journal"
        self.run = folder / "run"
        self.temp = folder / "run" / "temp"
        self.web_database = folder / "web.sqlite"

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        name: str | None = None,
        timezone: str = "UTC",
        currency: str = "EUR",
        fictitious: bool = False,
        now: datetime | None = None,
    ) -> Home:
        """Make a new workspace: folder, key file, settings. Raises KundskabError when there is one already."""
        folder = folder.expanduser().resolve()
        if (folder / "workspace.json").exists():
            raise KundskabError(f"There is already a workspace in {folder}; open it, or choose another folder.")
        if timezone not in _time_zones():
            raise KundskabError(f"{timezone!r} is no time zone; give one like 'Europe/Stockholm'.")
        if not re.fullmatch("[A-Za-z]{3}", currency):
            raise KundskabError(f"{currency!r} is no currency; give its three letters, like EUR.")
        for part in ("journal", "lake", "run"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        os.chmod(folder, 0o700)
        # Nobody real can be harmed in a fictitious company: a second step is offered there, not asked for.
        choices = Choices(second_step_roles=()) if fictitious else Choices()
        settings = Settings(
            _begun(folder), name or folder.name, timezone, currency.upper(), fictitious, now or utc_now(), choices
        )
        KeyFile.load_or_create(path_for(settings.workspace_id), settings.workspace_id, now=settings.created_at)
        home = cls(folder, settings)
        home.lake.state()  # makes the tables
        with home.vault.transaction() as tx:
            install_defaults(home.vault, tx, at=settings.created_at)
        write_settings(folder, settings)  # last: without it there is no workspace yet
        (folder / _BEGUN).unlink()
        return home

    @classmethod
    def open(cls, folder: Path) -> Home:
        """Open an existing workspace. Raises KundskabError when there is none, or one of a newer program."""
        folder = folder.expanduser().resolve()
        return cls(folder, _read(folder))

    @property
    def settings(self) -> Settings:
        """What workspace.json says now: several processes read it, and any of them may change it."""
        stamp = _stamp(self.folder)
        if stamp != self._stamp and stamp is not None:
            self._settings, self._stamp = _read(self.folder), stamp
        return self._settings

    @cached_property
    def keys(self) -> KeyFile:
        return KeyFile.load(path_for(self.settings.workspace_id), self.settings.workspace_id)

    @cached_property
    def vault(self) -> Vault:
        return Vault.open(self.folder / "vault.sqlite", self.keys)

    @cached_property
    def lake(self) -> Lake:
        return Lake.open(self.folder / "lake")

    @cached_property
    def ids(self) -> IdIndex:
        return IdIndex(self.folder / "lake" / "ids.sqlite")

    @property
    def web_secret(self) -> str:
        """What signs the pages' sessions: from the first key pair, so that rotating keys signs nobody out."""
        return hmac.new(self.keys.pairs[0].lookup, b"the pages' sessions", "sha256").hexdigest()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.timezone)

    def close(self) -> None:
        for name in ("vault", "lake", "ids"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    def __enter__(self) -> Home:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())  # it walks through hundreds of files


def _begun(folder: Path) -> str:
    """The id of the workspace that is being made here; the same again when its making was interrupted."""
    note = folder / _BEGUN
    if not note.exists():
        draft = note.with_suffix(".new")
        draft.write_text(secrets.token_hex(8))
        os.replace(draft, note)
    return note.read_text()


def _damaged(folder: Path) -> KundskabError:
    return KundskabError(f"{folder / 'workspace.json'} is damaged; restore it from a backup.")


def _read(folder: Path) -> Settings:
    try:
        raw = orjson.loads((folder / "workspace.json").read_bytes())
    except FileNotFoundError:
        raise KundskabError(
            f"There is no workspace in {folder}; make one with: kundskab init --home {folder}"
        ) from None
    except orjson.JSONDecodeError:
        raise _damaged(folder) from None
    version = raw.pop("schema_version", None) if isinstance(raw, dict) else None
    if not isinstance(version, int):
        raise _damaged(folder)
    if version > SCHEMA_VERSION:
        raise KundskabError(f"The workspace in {folder} was made by a newer Kundskab; upgrade the program to open it.")
    try:
        raw["choices"] = choices_from(raw.get("choices", {}))
        return Settings(**{**raw, "created_at": datetime.fromisoformat(raw["created_at"])})
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _damaged(folder) from None


def _stamp(folder: Path) -> int | None:
    try:
        return (folder / "workspace.json").stat().st_mtime_ns
    except FileNotFoundError:
        return None


def write_settings(folder: Path, settings: Settings) -> None:
    """Write workspace.json so that it is the old one or the new one, whatever happens meanwhile."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "workspace_id": settings.workspace_id,
        "name": settings.name,
        "timezone": settings.timezone,
        "currency": settings.currency,
        "fictitious": settings.fictitious,
        "created_at": settings.created_at.isoformat(),
        "choices": settings.choices.as_json(),
    }
    path = folder / "workspace.json"
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
