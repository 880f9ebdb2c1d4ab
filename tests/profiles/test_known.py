"""What we know already, drawn: what we were told of Ann on which day, and what a question gets on day 0.

A row is one fact: how many days ago, how and by which source we came to it, its name and its value (JSON).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from kundskab import profiles
from kundskab.profiles import Answer, Question

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Told:
    """A view of Ann's facts, as the drawing has them."""

    drawing: str
    opened_at: datetime = NOW
    at: datetime | None = None

    def histories_of(self, persons: Any) -> dict[str, list[Any]]:
        lines = [line.split("|") for line in self.drawing.strip().splitlines()]
        rows = [[cell.strip() for cell in cells] for cells in lines if len(cells) == 5]
        facts = [
            SimpleNamespace(
                occurred_at=NOW - timedelta(days=float(days)),
                how="given" if how == "claimed" else how,
                claimed=how == "claimed",
                source=source,
                name=name,
                value=json.loads(value),
            )
            for days, how, source, name, value in rows
        ]
        return {"ann": sorted(facts, key=lambda fact: fact.occurred_at)} if "ann" in persons else {}


def answer(drawing: str, question: str | Question, person: str | None = "ann") -> Answer:
    [found] = profiles.known(Told(drawing), person, [question])
    return found


def test_a_young_value_is_known_with_its_source_and_date() -> None:
    found = answer("10 | given | web | shoe_size | 42", "shoe_size")

    assert found == Answer("shoe_size", "known", None, 42, "given", "web", NOW - timedelta(days=10), 10.0)


DRAWN = {
    "nothing": ("", "unknown", None, None),
    "young": ("10 | given | web | city | \"Lund\"", "known", None, "Lund"),
    "a browser says so": ("10 | claimed | web | city | \"Lund\"", "confirm", "claimed", "Lund"),
    "a browser overrules a server": (
        "10 | given | crm | city | \"Lund\"\n1 | claimed | web | city | \"Ystad\"", "confirm", "claimed", "Ystad"),
    "a server overrules a browser": (
        "90 | claimed | web | city | \"Ystad\"\n1 | given | crm | city | \"Lund\"", "known", None, "Lund"),
    "observed counts as told": ("10 | observed | web | city | \"Lund\"", "known", None, "Lund"),
    "older than two years": ("731 | given | web | city | \"Lund\"", "confirm", "old", "Lund"),
    "said again since": (
        """900 | given | web | city | "Lund"
             5 | given | web | city | "Lund" """,
        "known", None, "Lund",
    ),
    "two sources disagree": (
        """12 | given | shop | city | "Lund"
            2 | given | web  | city | "Malmö" """,
        "confirm", "conflicting", "Malmö",
    ),
    "two sources, long apart, tell of a move": (
        """90 | given | shop | city | "Lund"
            2 | given | web  | city | "Malmö" """,
        "known", None, "Malmö",
    ),
    "the other source has come round": (
        """12 | given | shop | city | "Lund"
            5 | given | web  | city | "Malmö"
            2 | given | shop | city | "malmö" """,
        "known", None, "malmö",
    ),
    "one source is corrected": (
        """12 | given | web | city | "Lund"
            2 | given | web | city | "Malmö" """,
        "known", None, "Malmö",
    ),
    "one source goes to and fro": (
        """12 | given | web | city | "Lund"
            5 | given | web | city | "Malmö"
            2 | given | web | city | "Lund" """,
        "confirm", "conflicting", "Lund",
    ),
    "only inferred": ("2 | inferred | model | city | \"Lund\"", "confirm", "inferred", "Lund"),
    "inferred beside told": (
        """12 | given    | web   | city | "Lund"
            2 | inferred | model | city | "Malmö" """,
        "known", None, "Lund",
    ),
    "taken back": (
        """12 | given | web | city | "Lund"
            2 | given | web | city | "" """,
        "unknown", None, None,
    ),
    "only ever empty": ("2 | given | web | city | null", "unknown", None, None),
    "another question's": ("2 | given | web | country | \"SE\"", "unknown", None, None),
}  # fmt: skip


@pytest.mark.parametrize("case", DRAWN)
def test_the_drawn_rule_holds(case: str) -> None:
    drawing, state, why, value = DRAWN[case]

    found = answer(drawing, "city")

    assert (found.state, found.why, found.value) == (state, why, value)


@pytest.mark.parametrize(
    ("fact", "question"),
    [
        ("firstName", "first_name"),
        ("Given name", "first_name"),
        ("postalCode", "postcode"),
        ("zip", "postal-code"),
        ("e-mail", "email"),
        ("shoe_size", "Shoe Size"),
    ],
)
def test_names_that_mean_the_same_are_the_same_question(fact: str, question: str) -> None:
    assert answer(f'1 | given | web | {fact} | "x"', question).state == "known"


def test_a_question_may_declare_names_of_its_own() -> None:
    drawing = "1 | given | till | skostorlek | 42"

    assert answer(drawing, "shoe_size").state == "unknown"
    assert answer(drawing, Question("shoe_size", synonyms=("skostorlek",))).value == 42


def test_a_city_inside_an_address_answers_the_city() -> None:
    drawing = """1 | given | web | address | {"city": "Lund", "postalCode": "223 50"}"""

    assert answer(drawing, "city").value == "Lund"
    assert answer(drawing, "postcode").value == "223 50"


def test_a_question_says_itself_when_an_answer_is_old() -> None:
    drawing = '40 | given | web | city | "Lund"'

    assert answer(drawing, Question("city", max_age_days=30)).why == "old"
    assert answer(drawing, Question("city", max_age_days=41)).state == "known"


def test_a_year_of_birth_never_grows_old() -> None:
    assert answer("4000 | given | web | birth_year | 1980", "birth_year").state == "known"
    assert answer("4000 | given | web | dob | 1980", Question("birthday", max_age_days=9)).why == "old"


def test_what_must_always_be_asked_is_never_known() -> None:
    found = answer('1 | given | web | city | "Lund"', Question("city", always_ask=True))

    assert (found.state, found.why, found.value) == ("unknown", "always asked", None)


def test_of_somebody_unknown_everything_is_to_be_asked() -> None:
    drawing = '1 | given | web | city | "Lund"'

    assert answer(drawing, "city", person=None).state == "unknown"
    assert answer(drawing, "city", person="bo").state == "unknown"


def test_answers_come_in_the_order_of_the_questions() -> None:
    found = profiles.known(Told('1 | given | web | city | "Lund"'), "ann", ["shoe_size", "city", "shoe_size"])

    assert [one.state for one in found] == ["unknown", "known", "unknown"]


@pytest.mark.slow
def test_it_reads_a_real_view_and_follows_a_withdrawal(house: Any) -> None:
    from tests.house import YES, identify

    house.take(identify("ann", traits={"shoe_size": 42}, consent=YES), key="server")
    ann = house.person("ann")
    before = profiles.known(house.view(), ann, ["shoe_size"])
    house.later(minutes=1)
    house.says("ann", "withdraw")

    assert [one.value for one in before] == [42]
    assert [one.state for one in profiles.known(house.view(), ann, ["shoe_size"])] == ["unknown"]
    assert [one.state for one in profiles.known(house.view("marketing"), ann, ["shoe_size"])] == ["unknown"]
