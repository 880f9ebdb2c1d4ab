"""Group commit: many requests wait, one thread commits them all at once."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor

from kundskab.journal.types import Entry, JournalFull
from kundskab.journal.writer import Journal

_BYTES_AT_ONCE = 16 << 20
_TIDY_SECONDS = 1.0

log = logging.getLogger(__name__)


class GroupCommit:
    """The asyncio front of a Journal: `await append(entry)` returns once the entry is on disk.

    While one commit syncs, the next group gathers; so the disk sets the pace and no timer is needed.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._pending: list[tuple[Entry, asyncio.Future[int]]] = []
        self._wake = asyncio.Event()
        self._closing = False
        self._task = asyncio.create_task(self._run())
        self.waiting_bytes = 0  # handed over, not yet on disk

    async def append(self, entry: Entry) -> int:
        """The position of the entry's first event, once it is durable. Raises JournalFull when it is not kept."""
        if self._closing or self._task.done():
            raise JournalFull("the journal is closed; try again in a moment")
        kept: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._pending.append((entry, kept))
        self.waiting_bytes += len(entry.body)
        self._wake.set()
        return await kept

    @property
    def name(self) -> str:
        return self._journal.name

    @property
    def has_room(self) -> bool:
        """False when an append would be refused, as far as one can know without trying."""
        return self._journal.has_room and not self._task.done()

    async def close(self) -> None:
        """Commit what is pending, then close the journal."""
        self._closing = True
        self._wake.set()
        await self._task
        self._thread.shutdown()
        self._journal.close()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        tidied = time.monotonic()
        while self._pending or not self._closing:
            if self._pending:
                await self._commit(self._next_group())
            else:
                await self._wait_for_work()
            if time.monotonic() - tidied >= _TIDY_SECONDS:
                await loop.run_in_executor(self._thread, self._tidy)
                tidied = time.monotonic()

    def _tidy(self) -> None:
        try:
            self._journal.tidy()
        except Exception:  # untidy is bearable; senders waiting for ever are not
            log.exception("journal %s could not tidy up", self._journal.name)

    async def _wait_for_work(self) -> None:
        self._wake.clear()
        # A timer that wakes us costs a tenth of asyncio.wait_for, which starts a task each time.
        alarm = asyncio.get_running_loop().call_later(_TIDY_SECONDS, self._wake.set)
        await self._wake.wait()
        alarm.cancel()

    def _next_group(self) -> list[tuple[Entry, asyncio.Future[int]]]:
        size = count = 0
        for entry, _ in self._pending:
            size += len(entry.body)
            count += 1
            if size >= _BYTES_AT_ONCE:
                break
        group, self._pending = self._pending[:count], self._pending[count:]
        return group

    async def _commit(self, group: list[tuple[Entry, asyncio.Future[int]]]) -> None:
        entries = [entry for entry, _ in group]
        loop = asyncio.get_running_loop()
        try:
            positions = await loop.run_in_executor(self._thread, self._journal.append, entries)
        except Exception as error:  # whatever it is, nobody in this group may be told "kept"
            for _, kept in group:
                if not kept.done():
                    kept.set_exception(_as_full(error))
        else:
            for (_, kept), position in zip(group, positions, strict=True):
                if not kept.done():  # the client may have hung up meanwhile
                    kept.set_result(position)
        finally:
            self.waiting_bytes -= sum(len(entry.body) for entry in entries)


def _as_full(error: Exception) -> JournalFull:
    return error if isinstance(error, JournalFull) else JournalFull(f"the journal failed: {error!r}")
