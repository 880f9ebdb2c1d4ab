"""Drivers: behaviours that say something about a later outcome beyond the obvious."""

from kundskab.drivers.deeds import Deeds, read
from kundskab.drivers.finding import Finding, findings, trials
from kundskab.drivers.joint import Joint, joint
from kundskab.drivers.trial import Candidate, Trial

__all__ = ["Candidate", "Deeds", "Finding", "Joint", "Trial", "findings", "joint", "read", "trials"]
