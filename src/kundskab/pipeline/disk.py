"""A full or failing disk in one sentence, for those who may not ask the lake."""

from kundskab.lake.full import DiskTrouble, plain

__all__ = ["DiskTrouble", "plain"]
