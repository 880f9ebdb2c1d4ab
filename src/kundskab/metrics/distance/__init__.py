"""Distance: how far a company is from its customers. Days since anyone met them, and the share of contacts in which a
human took part; per person, per group, month by month."""

from kundskab.metrics.distance.answer import LATELY_DAYS, Apart, Distance, Month, PersonDistance
from kundskab.metrics.distance.contacts import HUMAN_CHANNELS, contacts
from kundskab.metrics.distance.doubt import Sums, clustered_share, median
from kundskab.metrics.distance.reading import distance, distance_of

__all__ = [
    "HUMAN_CHANNELS",
    "LATELY_DAYS",
    "Apart",
    "Distance",
    "Month",
    "PersonDistance",
    "Sums",
    "clustered_share",
    "contacts",
    "distance",
    "distance_of",
    "median",
]
