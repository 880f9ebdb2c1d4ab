"""The vault: names, links, facts, consents and keys. The lake holds tokens; only here do they become people."""

from kundskab.vault.asked import AskedCount
from kundskab.vault.audit import AuditRow
from kundskab.vault.facts import Fact
from kundskab.vault.graph import Everything
from kundskab.vault.keyfile import KeyFile, KeyPair, path_for
from kundskab.vault.keys import KeyInfo, hash_of
from kundskab.vault.ledger import Said, Statement
from kundskab.vault.links import Link, Undoing
from kundskab.vault.people_map import MapRow
from kundskab.vault.permissions import Permission
from kundskab.vault.purposes import BASES, Purpose
from kundskab.vault.quarantine import Bad
from kundskab.vault.read_keys import ReadKey
from kundskab.vault.requests import Request
from kundskab.vault.sources import Source
from kundskab.vault.suggestions import Suggested
from kundskab.vault.vault import Tx, Vault

__all__ = [
    "BASES",
    "AskedCount",
    "AuditRow",
    "Bad",
    "Everything",
    "Fact",
    "KeyFile",
    "KeyInfo",
    "KeyPair",
    "Link",
    "MapRow",
    "Permission",
    "Purpose",
    "ReadKey",
    "Request",
    "Said",
    "Source",
    "Statement",
    "Suggested",
    "Tx",
    "Undoing",
    "Vault",
    "hash_of",
    "path_for",
]
