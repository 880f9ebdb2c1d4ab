from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kundskab import synthetic
from kundskab.types import KundskabError


@pytest.fixture
def page(declaration: synthetic.Declaration) -> dict[str, Any]:
    """Fjällhandel as a plain dictionary, to be spoilt."""
    return yaml.safe_load(declaration.source)


def put(page: dict[str, Any], path: str, value: object) -> str:
    *outer, last = path.split("/")
    inner = page
    for name in outer:
        inner = inner[name]
    inner[last] = value
    return json.dumps(page, ensure_ascii=False)  # JSON is YAML, and keeps the order


def test_the_demo_reads(declaration: synthetic.Declaration) -> None:
    assert declaration.name == "Fjällhandel"
    assert declaration.people == 4000
    assert len(declaration.catalogue) == 15
    assert sum(behaviour.share for behaviour in declaration.behaviours) == pytest.approx(1)


SPOILT: list[tuple[str, object, str]] = [
    ("name", 7, "name must be a text, not 7."),
    ("schema", 2, "schema must be a number from 1 to 1, not 2."),
    ("people", "many", "people must be a number from 1 to 1e+07, not 'many'."),
    ("people", 10.5, "people must be a whole number, not 10.5."),
    ("months", 0, "months must be a number from 1 to 240, not 0."),
    ("timezone", "Mars/Olympus", "timezone must be a name such as Europe/Stockholm, not 'Mars/Olympus'."),
    ("devices/app", 1.4, "devices.app must be a number from 0 to 1, not 1.4."),
    ("devices/app", True, "devices.app must be a number from 0 to 1, not True."),
        ("markets/Norway/currency", "kr", "markets.Norway.currency must be three capital letters"),
    ("markets/Norway/shops", "Oslo", "markets.Norway.shops must be a list of texts, not 'Oslo'."),
    ("markets", {}, "markets must name at least one."),
    ("markets", [1], "markets must be a list of 'name: value', not [1]."),
    ("behaviours/family/season", "harvest", "behaviours.family.season must be one of steady, hiking"),
    ("behaviours/family/chanels", {}, "behaviours.family.chanels is not a field that is known here; did you"),
    ("behaviours/family/channels", {"fax": 1}, "behaviours.family.channels.fax must be one of web, app, shop."),
    ("behaviours/family/channels", {"web": 0}, "behaviours.family.channels needs at least one weight above 0."),
    ("behaviours/family/categories/cheese", 1, "behaviours.family.categories.cheese is no category of the catalogue."),
    ("behaviours/family/depth", 0.5, "behaviours.family.depth must be a number from 1 to 30, not 0.5."),
    ("rhythms/seasons/hiking", [1, 2], "rhythms.seasons.hiking must be a list of 12 numbers, not 2."),
    ("rhythms/hours/night", [0] * 24, "rhythms.hours.night needs at least one number above 0."),
    ("rhythms/weekdays/even", [1, 1, 1, -1, 1, 1, 1], "rhythms.weekdays.even[3] must be a number from 0 up, not -1."),
    ("orders/reductions", [0], "orders.reductions must be a list of whole per cents from 1 to 99, not [0]."),
    ("orders/sale_months", {13: 0.5}, "orders.sale_months.13 must be a month from 1 to 12."),
    ("mailings/weekday", 7, "mailings.weekday must be a number from 0 to 6, not 7."),
    ("consents/notices", {"2026-1": 3}, "consents.notices needs a version that holds from month 0 or before."),
    ("consents/banner/purposes/analytics/grant", 2, "consents.banner.purposes.analytics.grant must be a"),
    ("catalogue/tents/products", {}, "catalogue.tents.products must name at least one product."),
    ("facts/told", {"income": 1}, "facts.told.income must be one of phone, birth_year, city"),
    ("facts/topics", [], "facts.topics must name at least one."),
    ("forms/checkout/errors", 1, "forms.checkout.errors must be a number from 0 to 0.9, not 1."),
    ("forms/quiz", {}, "forms.quiz must be one of checkout, account, returns, support, size guide."),
    ("forms/returns/asks", {"weight": 1}, "forms.returns.asks.weight must be one of email, phone"),
    ("forms/returns/fields", {}, "forms.returns.fields needs at least one weight above 0."),
    ("encounters/per_year", {"pirate": {}}, "encounters.per_year.pirate must be one of everyday hiker, gear nerd"),
    ("encounters/per_year/family", {"fax": 1}, "encounters.per_year.family.fax must be one of visit, call, letter"),
    ("encounters/staff", {"Dagny": {"call": 1}}, "encounters.staff needs somebody who meets people by "),
    ("encounters/staff/Dagny", {"dinner": 1}, "encounters.staff.Dagny.dinner must be one of visit, call, letter"),
    ("encounters/research", {"maybe": 1}, "encounters.research.maybe must be one of yes, no, not asked."),
    ("encounters/said", [], "encounters.said must be a list of entries with words and reading."),
    ("encounters/said", [{"words": "Hello."}], "encounters.said must be a list of entries with words and reading."),
    ("encounters/said", [{"words": 1, "reading": "x"}], "encounters.said[0].words must be a text, not 1."),
    ("driver/strength", 1, "driver.strength must be a number from 0 to 0.95, not 1."),
    ("driver/within_days", 1, "driver.within_days must be a number from 2 to 365, not 1."),
    ("driver/strenght", 0.5, "driver.strenght is not a field that is known here; did you mean strength?"),
    ("undervalued/spends_now", -1, "undervalued.spends_now must be a number from 0 to 1, not -1."),
    ("undervalued/repairs_per_year", 1e9, "undervalued.repairs_per_year must be a number from 0 to 100"),
    ("colour", "green", "colour is not a field that is known here."),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("path", "value", "sentence"), SPOILT, ids=[f"{path}={value}" for path, value, _ in SPOILT])
def test_a_slip_is_told_in_one_sentence_that_names_the_field(
    page: dict[str, Any], path: str, value: object, sentence: str
) -> None:
    with pytest.raises(synthetic.DeclarationError) as refusal:
        synthetic.parse(put(page, path, value))

    assert str(refusal.value).startswith(sentence)
    assert "\n" not in str(refusal.value)


@pytest.mark.slow
def test_every_field_that_is_left_out_is_missed(page: dict[str, Any]) -> None:
    for name in list(page):
        rest = {other: value for other, value in page.items() if other != name}

        with pytest.raises(synthetic.DeclarationError, match=f"{name} is missing"):
            synthetic.parse(json.dumps(rest))


@pytest.mark.parametrize("text", ["", "- a list", "just words", "42", "{", "a: [1", "!!python/object:os.system {}"])
def test_what_is_no_declaration_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(synthetic.DeclarationError) as refusal:
        synthetic.parse(text)

    assert str(refusal.value).startswith("The declaration")
    assert "\n" not in str(refusal.value)


@pytest.mark.slow
def test_not_a_number_is_no_number(declaration: synthetic.Declaration) -> None:
    text = declaration.source.replace("app: 0.36", "app: .nan")

    with pytest.raises(synthetic.DeclarationError, match=r"devices\.app must be a number from 0 to 1, not nan"):
        synthetic.parse(text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KundskabError, match=r"nowhere\.yaml cannot be read"):
        synthetic.read(tmp_path / "nowhere.yaml")


def test_a_written_declaration_reads_as_the_same(declaration: synthetic.Declaration, tmp_path: Path) -> None:
    (tmp_path / "company.yaml").write_text(declaration.source, encoding="utf-8")

    assert synthetic.read(tmp_path / "company.yaml") == declaration
