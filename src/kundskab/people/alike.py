"""How two persons are compared, attribute by attribute: the levels of likeness, each with its words.

Levels go from the most alike to the least. `m` is how often a pair that is one person stands at this level, as usual
with typed data; it is used where a workspace has too few pairs to learn it from. How often strangers do is always
learnt. Method: Fellegi and Sunter 1969, Journal of the American Statistical Association 64(328), 1183-1210.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import splink.comparison_level_library as cll
import splink.comparison_library as cl


@dataclass(frozen=True, slots=True)
class Level:
    """One level of likeness. words: said when a pair stands here; "" when it says nothing for being one person."""

    words: str
    m: float
    level: Any  # Splink's
    rare: str = ""  # the attribute of which a rare value that is equal says more than a common one


@dataclass(frozen=True, slots=True)
class Alike:
    """One comparison: its name, the attributes that it needs, its levels without the one for unknown values."""

    name: str
    attributes: tuple[str, ...]
    levels: tuple[Level, ...]

    def words_at(self, gamma: int) -> str:
        """What a pair's level says; Splink counts them from the last (0) up, and -1 is unknown."""
        return "" if gamma < 0 else self.levels[len(self.levels) - 1 - gamma].words

    def comparison(self, *, learnt: bool, rarity: bool) -> Any:
        """Splink's comparison. learnt: leave the m of each level to training.  rarity: weigh rare values more.

        Among few people even the only two who share a value make it look common, so rarity wants many.
        """
        levels = [_null(self.attributes)]
        for each in self.levels:
            chosen: dict[str, Any] = {} if learnt else {"m_probability": each.m}
            if rarity and each.rare:
                chosen["tf_adjustment_column"] = each.rare
            levels.append(each.level.configure(**chosen) if chosen else each.level)
        return cl.CustomComparison(output_column_name=self.name, comparison_levels=levels)


def _null(attributes: tuple[str, ...]) -> Any:
    nulls = [cll.NullLevel(attribute) for attribute in attributes]
    return nulls[0] if len(nulls) == 1 else cll.And(*nulls).configure(is_null_level=True)


def _same(attribute: str) -> Any:
    return cll.ExactMatchLevel(attribute)


def _near(attribute: str, at_least: float) -> Any:
    return cll.JaroWinklerLevel(attribute, distance_threshold=at_least)


def _slips(attribute: str, most: int) -> Any:
    """At most so many wrong, missing, extra or swapped signs."""
    return cll.DamerauLevenshteinLevel(attribute, distance_threshold=most)


def _begins(attribute: str, signs: int) -> Any:
    start = f"substr({attribute}_l, 1, {signs}) = substr({attribute}_r, 1, {signs})"
    return cll.CustomLevel(start, label_for_charts=f"{attribute} begins alike")


def _date_slips(days: int, words: str, m: float) -> Level:
    between = f"abs(date_diff('day', try_cast(birth_date_l AS DATE), try_cast(birth_date_r AS DATE))) <= {days}"
    return Level(words, m, cll.CustomLevel(between, label_for_charts=words))


def _one_name(attribute: str, words: str) -> tuple[Level, ...]:
    return (
        Level(f"same {words}", 0.75, _same(attribute), attribute),
        Level(f"{words} nearly the same", 0.15, _near(attribute, 0.9)),
        Level("", 0.10, cll.ElseLevel()),
    )


_BOTH_NAMES = Alike(
    "name",
    ("first_name", "last_name"),
    (
        Level("same first name and surname", 0.60, _same("whole_name"), "whole_name"),
        Level("first name and surname changed places", 0.02, cll.ColumnsReversedLevel("first_name", "last_name")),
        Level("first name and surname nearly the same", 0.18, cll.And(
            _near("first_name", 0.88), _near("last_name", 0.88))),
        Level("same surname", 0.09, _same("last_name"), "last_name"),
        Level("same first name", 0.06, _same("first_name"), "first_name"),
        Level("", 0.05, cll.ElseLevel()),
    ),
)  # fmt: skip
_BIRTH_DATE = Alike(
    "birth",
    ("birth_date",),
    (
        Level("same date of birth", 0.80, _same("birth_date"), "birth_date"),
        Level("date of birth one sign off", 0.10, _slips("birth_date", 1)),
        _date_slips(31, "born in the same month", 0.03),
        Level("same birth year", 0.04, _begins("birth_date", 4)),
        Level("", 0.03, cll.ElseLevel()),
    ),
)
_BIRTH_YEAR = Alike(
    "birth",
    ("birth_year",),
    (
        Level("same birth year", 0.92, _same("birth_year")),
        Level("birth year one sign off", 0.05, _slips("birth_year", 1)),
        Level("", 0.03, cll.ElseLevel()),
    ),
)
_POSTCODE = Alike(
    "postcode",
    ("postcode",),
    (
        Level("same postcode", 0.70, _same("postcode"), "postcode"),
        Level("postcode nearly the same", 0.10, _slips("postcode", 1)),
        Level("postcodes of one area", 0.08, _begins("postcode", 3)),
        Level("", 0.12, cll.ElseLevel()),
    ),
)
_CITY = Alike(
    "city",
    ("city",),
    (
        Level("same city", 0.75, _same("city"), "city"),
        Level("city nearly the same", 0.08, _near("city", 0.9)),
        Level("", 0.17, cll.ElseLevel()),
    ),
)
_STREET = Alike(
    "street",
    ("street",),
    (
        Level("same street", 0.65, _same("street"), "street"),
        Level("street nearly the same", 0.15, _near("street", 0.9)),
        Level("", 0.20, cll.ElseLevel()),
    ),
)
_EMAIL = Alike(
    "email",
    ("email",),
    (
        Level("same e-mail address", 0.60, _same("email"), "email"),
        Level("same name before the @", 0.10, cll.CustomLevel(
            "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)", label_for_charts="same before the @")),
        Level("e-mail address nearly the same", 0.10, _near("email", 0.92)),
        Level("", 0.20, cll.ElseLevel()),
    ),
)  # fmt: skip
_PHONE = Alike(
    "phone",
    ("phone",),
    (
        Level("same phone number", 0.70, _same("phone"), "phone"),
        Level("phone number one digit off", 0.08, _slips("phone", 1)),
        Level("", 0.22, cll.ElseLevel()),
    ),
)
_NUMBER = Alike(
    "number",
    ("number",),
    (
        Level("same personal number", 0.85, _same("number")),
        Level("personal number nearly the same", 0.10, _slips("number", 2)),
        Level("", 0.05, cll.ElseLevel()),
    ),
)


def comparisons_for(attributes: Mapping[str, int]) -> list[Alike]:
    """The comparisons for the attributes that are known of enough people. attributes: name -> persons who have it."""
    names = {"first_name", "last_name"} & attributes.keys()
    chosen = [_BOTH_NAMES] if len(names) == 2 else []
    if len(names) == 1:
        [name] = names
        chosen = [Alike("name", (name,), _one_name(name, "surname" if name == "last_name" else "first name"))]
    # A date holds the year; both together would count one agreement twice.
    chosen += [_BIRTH_DATE] if "birth_date" in attributes else [_BIRTH_YEAR] if "birth_year" in attributes else []
    rest = (_POSTCODE, _CITY, _STREET, _EMAIL, _PHONE, _NUMBER)
    return chosen + [each for each in rest if each.attributes[0] in attributes]
