"""Handles: a gentle name for a token, so that a person can be spoken of who stays unknown.

A plant and a place, drawn from the token and from nothing else: they say nothing of sex, age, origin or habit, which
an invented human name would. Two persons can share a handle (there are 4,096), so the token stands beside it.
"""

from __future__ import annotations

from hashlib import sha256

PLANTS = (
    "Alder", "Apple", "Arnica", "Ash", "Aspen", "Aster", "Barley", "Bellflower", "Bilberry", "Birch", "Bracken",
    "Burdock", "Camomile", "Campion", "Caraway", "Cedar", "Chervil", "Chicory", "Cicely", "Clover", "Columbine",
    "Cornflower", "Cowslip", "Crowberry", "Daisy", "Dill", "Dogrose", "Elder", "Elm", "Fern", "Flax", "Gentian",
    "Harebell", "Hawthorn", "Hazel", "Heather", "Holly", "Hop", "Iris", "Ivy", "Juniper", "Larch", "Lichen",
    "Linden", "Lovage", "Maple", "Meadowsweet", "Mint", "Moss", "Mugwort", "Oak", "Oat", "Pine", "Plum", "Poppy",
    "Reed", "Rowan", "Rye", "Sedge", "Sorrel", "Spruce", "Thyme", "Willow", "Yarrow",
)  # fmt: skip
PLACES = (
    "Bank", "Bay", "Beach", "Bend", "Bight", "Bluff", "Bridge", "Brook", "Cairn", "Cape", "Cliff", "Coast",
    "Cove", "Creek", "Croft", "Dale", "Dell", "Down", "Dune", "Falls", "Fell", "Fen", "Field", "Fjord", "Ford",
    "Gate", "Glade", "Glen", "Grove", "Harbour", "Haven", "Heath", "Hill", "Hollow", "Holm", "Inlet", "Island",
    "Knoll", "Lagoon", "Lake", "Landing", "Lane", "Lea", "Ledge", "Marsh", "Meadow", "Mere", "Moor", "Orchard",
    "Pass", "Path", "Pond", "Quay", "Ridge", "Rill", "River", "Shore", "Sound", "Spring", "Strand", "Tarn",
    "Vale", "Water", "Wood",
)  # fmt: skip


def handle(token: str) -> str:
    """The handle of a person's token, always the same: "Rowan Fjord"."""
    drawn = sha256(token.encode()).digest()
    return f"{PLANTS[drawn[0] % len(PLANTS)]} {PLACES[drawn[1] % len(PLACES)]}"
