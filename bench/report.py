"""What a measure hands back: one table and what must be said about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a measure. Cells are ready to print; notes stand under it."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    notes: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        lines = [f"### {self.title}", "", _line(self.columns), _line("---" for _ in self.columns)]
        lines += [_line(row) for row in self.rows]
        lines += ["", *(f"- {note}" for note in self.notes)] if self.notes else []
        return "\n".join(lines) + "\n"


def number(value: float) -> str:
    """Three figures that count, thousands apart: 12,300 · 482 · 3.61 · 0.214."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        digits = len(str(int(abs(value)))) - 3
        return f"{round(value, -digits):,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def of_ratios(numerators: Sequence[float], denominators: Sequence[float]) -> str:
    """The median of paired ratios, with the smallest and the largest: machine noise hits both of a pair."""
    ratios = [a / b for a, b in zip(numerators, denominators, strict=True)]
    if len(ratios) == 1:
        return number(ratios[0])
    return f"{number(median(ratios))} ({number(min(ratios))}–{number(max(ratios))})"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the sorted values lies; NaN when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
