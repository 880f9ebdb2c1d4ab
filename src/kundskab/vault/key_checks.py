"""Are these the keys of this vault? It remembers its workspace, and a sealed word for every key pair it knows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from kundskab.types import KundskabError
from kundskab.vault.keyfile import KeyFile
from kundskab.vault.sealing import Sealer

_WORD = b"kundskab"


def passed(tx: Connection, sealer: Sealer, key_file: KeyFile, path: Path) -> bool:
    """Whether all is known and right; False when the vault is new or the active pair is.

    Raises KundskabError when the vault is another workspace's, or was sealed by keys that the file does not hold.
    """
    workspace = tx.exec_driver_sql("SELECT value FROM meta WHERE name = 'workspace_id'").scalar()
    if workspace not in (None, key_file.workspace_id):
        raise KundskabError(
            f"The vault {path} belongs to workspace {workspace} and the key file {key_file.path} to "
            f"{key_file.workspace_id}; point $KUNDSKAB_KEYS at the right one."
        )
    checks = tx.exec_driver_sql("SELECT key_id, sealed FROM key_checks").fetchall()
    for key_id, sealed in checks:
        sealer.open(key_id, sealed, _place(key_id))
    return workspace is not None and sealer.key_id in {key_id for key_id, _ in checks}


def write(tx: Connection, sealer: Sealer, key_file: KeyFile, path: Path) -> None:
    """Remember the workspace and the active key pair, unless they are known."""
    if not passed(tx, sealer, key_file, path):
        row = (sealer.key_id, sealer.seal(_WORD, _place(sealer.key_id)))
        tx.exec_driver_sql("INSERT INTO key_checks VALUES (?, ?) ON CONFLICT (key_id) DO NOTHING", row)
        tx.exec_driver_sql("INSERT OR REPLACE INTO meta VALUES ('workspace_id', ?)", (key_file.workspace_id,))


def _place(key_id: str) -> str:
    return f"key check:{key_id}"
