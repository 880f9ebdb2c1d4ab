"""Reads a declaration's sections one field at a time and refuses with one sentence that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from kundskab.types import KundskabError


class DeclarationError(KundskabError):
    """A field of the declaration is missing, unknown or out of range; the sentence says which and what is expected."""


class Section:
    """One mapping of the declaration and the path to it, e.g. `behaviours.family`.

    Each field is asked for once by kind; `finish` refuses fields that nobody asked for, so a misspelt
    word can never be passed over in silence.
    """

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, Mapping):
            raise DeclarationError(f"{path or 'The declaration'} must be a list of 'name: value', not {_shown(value)}.")
        self._fields: dict[str, Any] = {str(name): field for name, field in value.items()}
        self._asked: set[str] = set()
        self.path = path

    @property
    def names(self) -> list[str]:
        return list(self._fields)

    def take(self, name: str) -> Any:
        self._asked.add(name)
        if name not in self._fields:
            raise DeclarationError(f"{self.at(name)} is missing.")
        return self._fields[name]

    def section(self, name: str) -> Section:
        return Section(self.take(name), self.at(name))

    def sections(self, name: str) -> dict[str, Section]:
        outer = self.section(name)
        if not outer.names:
            raise DeclarationError(f"{outer.path} must name at least one.")
        return {inner: outer.section(inner) for inner in outer.names}

    def text(self, name: str) -> str:
        value = self.take(name)
        if not isinstance(value, str) or not value.strip():
            raise DeclarationError(f"{self.at(name)} must be a text, not {_shown(value)}.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.take(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise DeclarationError(f"{self.at(name)} must be a list of texts, not {_shown(value)}.")
        return tuple(value)

    def one_of(self, name: str, known: Mapping[str, object]) -> str:
        value = self.text(name)
        if value not in known:
            raise DeclarationError(f"{self.at(name)} must be one of {', '.join(known)}, not {_shown(value)}.")
        return value

    def number(self, name: str, low: float, high: float) -> float:
        return _number(self.take(name), self.at(name), low, high)

    def share(self, name: str) -> float:
        return self.number(name, 0, 1)

    def whole(self, name: str, low: int, high: int) -> int:
        value = self.number(name, low, high)
        if value != int(value):
            raise DeclarationError(f"{self.at(name)} must be a whole number, not {_shown(value)}.")
        return int(value)

    def weights(self, name: str) -> dict[str, float]:
        """Named weights, each from 0 up, not all 0."""
        inner = self.section(name)
        weights = {one: inner.number(one, 0, 1e9) for one in inner.names}
        if not sum(weights.values()) > 0:
            raise DeclarationError(f"{inner.path} needs at least one weight above 0.")
        return weights

    def series(self, name: str, length: int) -> tuple[float, ...]:
        """A list of exactly `length` numbers from 0 up, not all 0."""
        value = self.take(name)
        if not isinstance(value, list) or len(value) != length:
            given = f"{len(value)}" if isinstance(value, list) else _shown(value)
            raise DeclarationError(f"{self.at(name)} must be a list of {length} numbers, not {given}.")
        numbers = tuple(_number(one, f"{self.at(name)}[{place}]", 0, 1e9) for place, one in enumerate(value))
        if not sum(numbers) > 0:
            raise DeclarationError(f"{self.at(name)} needs at least one number above 0.")
        return numbers

    def finish(self) -> None:
        for name in self._fields:
            if name not in self._asked:
                near = get_close_matches(name, self._asked, n=1)
                hint = f"; did you mean {near[0]}?" if near else "."
                raise DeclarationError(f"{self.at(name)} is not a field that is known here{hint}")

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def _number(value: object, path: str, low: float, high: float) -> float:
    # bool is an int to Python, but `share: yes` is a slip and no number
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        limit = f"from {low:g} up" if high >= 1e9 else f"from {low:g} to {high:g}"
        raise DeclarationError(f"{path} must be a number {limit}, not {_shown(value)}.")
    return float(value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
