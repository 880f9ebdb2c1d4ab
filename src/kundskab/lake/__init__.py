"""Iceberg tables on local disk, read by DuckDB. This floor alone knows the engine."""

from kundskab.lake.state import LakeState, SourceBooks
from kundskab.lake.tables import Lake

__all__ = ["Lake", "LakeState", "SourceBooks"]
