"""The digest: what the collector acknowledged becomes rows, once each.

Order of deeds, so that a crash anywhere is harmless: ids are put down with the place of their first sighting, then the
vault (every write idempotent by place), then one lake commit that carries rows, positions and books together. Until
that commit nothing has happened; a new digest reads the same places and does the same again.
"""

from kundskab.pipeline.digest.deed import BATCH_EVENTS, Digested, digest, digest_all
from kundskab.pipeline.digest.replaying import replay

__all__ = ["BATCH_EVENTS", "Digested", "digest", "digest_all", "replay"]
