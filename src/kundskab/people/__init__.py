"""People: which actors are one human. Pure: plain data in, plain data out; the vault keeps the links."""

from kundskab.people.around import Around, resolve_around
from kundskab.people.resolve import LIMIT, USER, Crowds, Link, Resolution, resolve
from kundskab.people.walking import Graph, Near, walk

__all__ = [
    "LIMIT",
    "USER",
    "Around",
    "Crowds",
    "Graph",
    "Link",
    "Near",
    "Resolution",
    "resolve",
    "resolve_around",
    "walk",
]
