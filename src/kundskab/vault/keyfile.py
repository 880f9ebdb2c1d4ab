"""The key file: what turns the vault's ciphertext back into names, kept outside the data folder.

One JSON file per workspace, mode 0600: the id of the active key pair and every pair ever used. A pair holds a key for
sealing (AES-256-GCM) and a key for looking up (HMAC-SHA256). New values use the active pair; old values keep theirs.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kundskab.types import KundskabError

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyPair:
    """One generation of keys; `id` is stored beside everything it sealed."""

    id: str
    encrypt: bytes  # AES-256-GCM
    lookup: bytes  # HMAC-SHA256
    created_at: datetime

    def __repr__(self) -> str:  # a key must never reach a log by way of repr
        return f"KeyPair(id={self.id!r})"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The keys of one workspace, as read from disk."""

    path: Path
    workspace_id: str
    active_id: str
    pairs: tuple[KeyPair, ...]

    @classmethod
    def create(cls, path: Path, workspace_id: str, *, now: datetime | None = None) -> KeyFile:
        """Make a new key file, durable before this returns; never overwrites.

        Raises KundskabError when a file is already there or the folder cannot be written.
        """
        pair = _new_pair(now or datetime.now(UTC))
        made = cls(Path(path), workspace_id, pair.id, (pair,))
        _write_new(made.path, made._to_json())
        return made

    @classmethod
    def load(cls, path: Path, workspace_id: str) -> KeyFile:
        """Read the key file of this workspace.

        Raises KundskabError when it is missing, readable by others, damaged, or belongs to another workspace.
        """
        path = Path(path)
        _check_mode(path)
        loaded = _from_json(path, path.read_bytes())
        if loaded.workspace_id != workspace_id:
            raise KundskabError(
                f"The key file {path} belongs to workspace {loaded.workspace_id}, not to {workspace_id}; "
                "point $KUNDSKAB_KEYS at the right one."
            )
        return loaded

    @classmethod
    def load_or_create(cls, path: Path, workspace_id: str, *, now: datetime | None = None) -> KeyFile:
        """The key file of this workspace, made when there is none. For new workspaces only."""
        return cls.load(path, workspace_id) if Path(path).exists() else cls.create(path, workspace_id, now=now)

    @property
    def active(self) -> KeyPair:
        return self.pair(self.active_id)

    def pair(self, key_id: str) -> KeyPair:
        """The pair with this id. Raises KundskabError when the file does not hold it."""
        for pair in self.pairs:
            if pair.id == key_id:
                return pair
        raise KundskabError(f"The key {key_id} is not in {self.path}; restore the key file from its backup.")

    def with_new_pair(self, *, now: datetime | None = None) -> KeyFile:
        """Add a pair and make it the active one; older pairs stay, so everything sealed before can be read."""
        pair = _new_pair(now or datetime.now(UTC))
        renewed = KeyFile(self.path, self.workspace_id, pair.id, (*self.pairs, pair))
        _replace(self.path, renewed._to_json())
        return renewed

    def _to_json(self) -> bytes:
        keys = [
            {
                "id": p.id,
                "encrypt": p.encrypt.hex(),
                "lookup": p.lookup.hex(),
                "created_at": p.created_at.isoformat(),
            }
            for p in self.pairs
        ]
        content = {"workspace_id": self.workspace_id, "active": self.active_id, "keys": keys}
        return json.dumps(content, indent=2).encode() + b"\n"


def path_for(workspace_id: str, env: Mapping[str, str] | None = None) -> Path:
    """Where the key file of a workspace lies.

    $KUNDSKAB_KEYS names a file (it ends in .json or is one) or a folder; without it, the user's configuration folder.
    """
    env = os.environ if env is None else env
    name = f"{workspace_id}.json"
    wish = env.get("KUNDSKAB_KEYS")
    if not wish:
        config = env.get("XDG_CONFIG_HOME") or str(Path(env.get("HOME") or Path.home()) / ".config")
        return Path(config) / "kundskab" / name
    chosen = Path(wish).expanduser()
    is_file = chosen.is_file() or (chosen.suffix == ".json" and not chosen.is_dir())
    return chosen if is_file else chosen / name


def _new_pair(now: datetime) -> KeyPair:
    return KeyPair(secrets.token_hex(4), secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES), now)


def _check_mode(path: Path) -> None:
    try:
        mode = path.stat().st_mode & 0o777
    except FileNotFoundError:
        raise KundskabError(
            f"The key file {path} is missing, and without it nobody can be named; restore it from its backup "
            "or set $KUNDSKAB_KEYS to where it lies."
        ) from None
    if mode & 0o077:
        raise KundskabError(f"The key file {path} can be read by others (mode {mode:o}); run: chmod 600 {path}")


def _from_json(path: Path, content: bytes) -> KeyFile:
    try:
        raw = json.loads(content)
        pairs = tuple(
            KeyPair(
                str(k["id"]),
                bytes.fromhex(k["encrypt"]),
                bytes.fromhex(k["lookup"]),
                datetime.fromisoformat(k["created_at"]),
            )
            for k in raw["keys"]
        )
        keys = KeyFile(path, str(raw["workspace_id"]), str(raw["active"]), pairs)
    except (ValueError, KeyError, TypeError):
        raise KundskabError(f"The key file {path} is damaged; restore it from its backup.") from None
    if any(len(p.encrypt) != KEY_BYTES or len(p.lookup) != KEY_BYTES for p in pairs):
        raise KundskabError(f"The key file {path} is damaged; restore it from its backup.")
    keys.pair(keys.active_id)
    return keys


def _write_new(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = _write_draft(path, content)
        try:
            _link(draft, path)
        finally:
            os.unlink(draft)
        _sync_folder(path.parent)
    except OSError as error:
        raise KundskabError(
            f"The key file {path} could not be written ({error.strerror}); set $KUNDSKAB_KEYS to a folder you own."
        ) from None


def _link(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)  # unlike rename, link refuses to overwrite: two starters cannot destroy keys
    except FileExistsError:
        raise KundskabError(f"There is already a key file at {path}; it was left untouched.") from None


def _replace(path: Path, content: bytes) -> None:
    os.replace(_write_draft(path, content), path)
    _sync_folder(path.parent)


def _write_draft(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
