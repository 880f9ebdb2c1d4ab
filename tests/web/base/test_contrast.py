"""The colours of the stylesheet against WCAG 2.2 AA: text 4.5, large parts and borders of controls 3."""

import re
from pathlib import Path

import pytest

import kundskab.web

CSS = (Path(kundskab.web.__file__).parent / "base/static/kundskab.css").read_text()
TEXT = [
    ("ink", "paper"),
    ("ink", "raised"),
    ("ink", "sunk"),
    ("ink", "accent-wash"),
    ("ink", "warn-wash"),
    ("ink", "bad-wash"),
    ("ink-soft", "paper"),
    ("ink-soft", "raised"),
    ("ink-soft", "sunk"),
    ("accent", "paper"),
    ("accent", "raised"),
    ("accent", "accent-wash"),
    ("accent-ink", "accent"),
    ("warn", "paper"),
    ("warn", "raised"),
    ("warn", "warn-wash"),
    ("bad", "paper"),
    ("bad", "raised"),
    ("bad", "bad-wash"),
]
PARTS = [("rule-strong", "paper"), ("rule-strong", "raised"), *((f"series-{n}", "paper") for n in range(1, 7))]


def tokens(selector):
    block = CSS.split(selector + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


LIGHT = tokens("\n:root")
DARK = tokens(':root[data-theme="dark"]')


def contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read(theme):
    for front, back in TEXT:
        assert contrast(theme[front], theme[back]) >= 4.5, (front, back, contrast(theme[front], theme[back]))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_controls_and_pictures_can_be_seen(theme):
    for front, back in PARTS:
        assert contrast(theme[front], theme[back]) >= 3, (front, back, contrast(theme[front], theme[back]))


def test_dark_is_the_same_whoever_chose_it():
    assert tokens('  :root[data-theme="auto"]') == DARK
    assert DARK.keys() == LIGHT.keys()
