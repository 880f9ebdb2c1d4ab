"""What was acknowledged, durable and in order: written by the collector, read by the digest.

One SQLite file per collector worker (a *slot*), each with exactly one process that writes it, ever: the holder
of the slot's lock. Positions count events, not requests, so that the books can be read off them.
"""

from kundskab.journal.group import GroupCommit
from kundskab.journal.reader import journals, read, received
from kundskab.journal.trimming import trim
from kundskab.journal.types import Entry, JournalFull, Stored
from kundskab.journal.writer import Journal

__all__ = ["Entry", "GroupCommit", "Journal", "JournalFull", "Stored", "journals", "read", "received", "trim"]
