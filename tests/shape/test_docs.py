"""Every word, command, setting and field has its place in the docs; a new one without a heading fails here."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from kundskab.cli import _parser
from kundskab.lake.schema import TABLES
from kundskab.vault.sources import Source

ROOT = Path(__file__).parents[2]


def headings(name: str) -> set[str]:
    """The headings of a page, without marks, in lower case."""
    found = re.findall(r"^#+ (.+)$", (ROOT / name).read_text(), re.MULTILINE)
    return {heading.strip("` ").lower() for heading in found}


def commands() -> dict[str, argparse.ArgumentParser]:
    return _subparsers(_parser())


def _subparsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    return {
        name: sub
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, sub in action.choices.items()
    }


def test_every_command_has_a_heading() -> None:
    assert commands().keys() <= headings("docs/commands.md")


def test_every_deed_of_a_command_is_told() -> None:
    text = (ROOT / "docs/commands.md").read_text()

    for command, parser in commands().items():
        for deed in _subparsers(parser):
            assert re.search(rf"\b{deed}\b", text), f"docs/commands.md does not tell `kundskab {command} {deed}`"


def test_every_command_says_what_it_is_for() -> None:
    for name, parser in commands().items():
        assert parser.description or name in ("synth", "bench"), name


def test_every_field_of_an_event_is_told() -> None:
    text = (ROOT / "docs/events.md").read_text()
    kept_inside = {"journal", "position", "permission"}  # never leave the lake
    fields = {field.name for field in TABLES["events"].fields} - kept_inside | {"person", "purposes"}

    assert [name for name in sorted(fields) if f"`{name}`" not in text] == []


def test_every_setting_of_a_source_has_a_heading() -> None:
    settings = {name for name, value in vars(Source).items() if isinstance(value, property)} | {"plan"}

    assert settings - {"basis"} <= headings("docs/consent.md")


def test_every_variable_of_the_environment_has_a_heading() -> None:
    code = "".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    variables = {name.lower() for name in re.findall(r"\bKUNDSKAB_[A-Z][A-Z_]+\b", code)}

    assert variables <= headings("docs/running.md")


@pytest.mark.parametrize(
    "word",
    ["workspace", "event", "actor", "person", "link", "fact", "purpose", "consent", "permission", "view", "source",
     "quarantine", "journal", "digest", "lake", "vault", "the books"],
)  # fmt: skip
def test_every_word_of_the_house_is_in_the_glossary(word: str) -> None:
    assert {word, word.removeprefix("the ")} & headings("GLOSSARY.md")


def test_a_glossary_word_stands_there_once() -> None:
    words = re.findall(r"^### (.+)$", (ROOT / "GLOSSARY.md").read_text(), re.MULTILINE)

    assert len(words) == len(set(words))


def test_every_page_of_the_docs_begins_with_its_title() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        assert page.read_text().startswith("# "), page.name


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"
