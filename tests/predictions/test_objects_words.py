"""Why an object may be next, by the names of other objects."""

from __future__ import annotations

import pytest

from kundskab.predictions.objects.words import AGAIN, BESIDE, LATELY, OFTEN, SAME, by_name

NAMES = {"b-02": "Tent for two"}


@pytest.mark.parametrize("words", [OFTEN, SAME, BESIDE])
def test_what_has_a_name_is_called_by_it_and_what_has_none_by_its_code(words: str) -> None:
    assert by_name(words.format("b-02"), NAMES.get) == words.format("Tent for two")
    assert by_name(words.format("b-99"), NAMES.get) == words.format("b-99")


@pytest.mark.parametrize("words", [AGAIN, LATELY, "", "for another reason"])
def test_a_reason_that_names_nothing_stays_as_it_is(words: str) -> None:
    assert by_name(words, NAMES.get) == words
