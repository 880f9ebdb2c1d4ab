"""The sweep: what no commit names any more goes, after readers had time to finish.

Neither PyIceberg's delete nor expire_snapshots unlinks a file; a crash leaves files that no commit ever named.
Both hold people, so both are removed here, by the one writer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from pyiceberg.table.snapshots import Snapshot

from kundskab.lake import derived
from kundskab.lake.fileio import local_path
from kundskab.lake.tables import Lake

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)  # a view lives five minutes; its last query may run five more


def sweep(lake: Lake, *, lease: timedelta = LEASE) -> int:
    """Forget commits replaced before the lease, then unlink files that no kept commit names and that are older too.

    Returns the number of files removed. The caller holds the writer lock, so an unnamed file is nobody's work in
    progress. The newest commit is always kept.
    """
    removed = 0
    before = time.time() - lease.total_seconds()
    for name in ("events", "objects", *derived.names_on_disk(lake)):
        table = lake.table(name)
        if old := replaced_before(table.metadata.snapshots, before):
            table.maintenance.expire_snapshots().by_ids(old).commit()
        removed += _unlink_unnamed(lake, name, before)
    if removed:
        log.info("swept files=%d", removed)
    return removed


def replaced_before(snapshots: Sequence[Snapshot], before: float) -> list[int]:
    """The ids of the commits that another one had replaced by `before` (seconds since 1970).

    A commit's own age tells nothing: of a lake at rest the newest may be days old when compaction replaces it, and a
    reader may have pinned it a moment earlier.
    """
    in_order = sorted(snapshots, key=lambda snapshot: snapshot.sequence_number or 0)
    return [old.snapshot_id for old, new in pairwise(in_order) if new.timestamp_ms <= before * 1000]


def named_files(lake: Lake, name: str) -> set[Path]:
    """Every file that a kept commit of the table needs: metadata, manifest lists, manifests and data."""
    table = lake.table(name)
    named = {local_path(table.metadata_location)}
    named |= {local_path(entry.metadata_file) for entry in table.metadata.metadata_log}
    for snapshot in table.metadata.snapshots:
        named.add(local_path(snapshot.manifest_list))
        for manifest in snapshot.manifests(table.io):
            named.add(local_path(manifest.manifest_path))
            named |= {
                local_path(e.data_file.file_path) for e in manifest.fetch_manifest_entry(table.io, discard_deleted=True)
            }
    return named


def _unlink_unnamed(lake: Lake, name: str, before: float) -> int:
    named = named_files(lake, name)
    removed = 0
    for path in local_path(lake.table(name).location()).rglob("*"):
        if path.is_file() and path not in named and path.stat().st_mtime < before:
            path.unlink()
            removed += 1
    return removed
