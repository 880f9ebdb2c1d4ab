"""What may tell that two persons are one: facts under many names, brought to one spelling.

Values live in memory only while they are compared; nothing here writes them anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import orjson
import pyarrow as pa

# Our attribute -> the names that senders and files use for it, the best first; compared without case, _ and -.
NAMES: Mapping[str, tuple[str, ...]] = {
    "first_name": ("firstname", "givenname", "forename"),
    "last_name": ("lastname", "surname", "familyname"),
    "birth_date": ("birthdate", "dateofbirth", "dob", "birthday"),
    "birth_year": ("birthyear", "yearofbirth", "yob"),
    "postcode": ("postcode", "postalcode", "zip", "zipcode"),
    "city": ("city", "town"),
    "street": ("street", "streetaddress", "address1", "addressline1", "address"),
    "email": ("email", "emailaddress", "mail"),
    "phone": ("phone", "telephone", "phonenumber", "mobile", "mobilephone"),
    "number": ("membernumber", "membershipnumber", "loyaltynumber", "nationalid", "personalnumber", "socsecid"),
}
_WHOLE_NAME = ("name", "fullname")
_PLAIN = re.compile(r"[_\-\s]+")


def attributes_of(facts: Iterable[Mapping[str, Any]]) -> pa.Table:
    """One row per person who has any: person and the columns of NAMES, strings, null where unknown.

    facts: mappings with person, name and value (JSON text). Objects, such as an address, are looked into.
    """
    known: dict[str, dict[str, Any]] = {}
    for fact in facts:
        value = orjson.loads(fact["value"])
        inside = value.items() if isinstance(value, dict) else [(fact["name"], value)]
        for name, each in inside:
            known.setdefault(fact["person"], {})[_PLAIN.sub("", str(name)).lower()] = each
    return attribute_table({person: known[person] for person in sorted(known)})


def attribute_table(known: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """person -> {a name without case, _ and -: value} as the table of attributes; who has none is left out."""
    rows = {person: _spelled(values) for person, values in known.items()}
    rows = {person: row for person, row in rows.items() if any(row.values())}
    columns = {name: pa.array([row[name] for row in rows.values()], pa.string()) for name in NAMES}
    return pa.table({"person": pa.array(rows, pa.string()), **columns})


def _spelled(values: Mapping[str, Any]) -> dict[str, str | None]:
    row = {name: _first(values, spellings, _SPELLING.get(name, _text)) for name, spellings in NAMES.items()}
    if not (row["first_name"] or row["last_name"]) and (whole := _first(values, _WHOLE_NAME, _text)):
        row["first_name"], _, row["last_name"] = whole.rpartition(" ")
        row["first_name"] = (row["first_name"] or "").split(" ")[0] or None
    if row["birth_date"] and not row["birth_year"]:
        row["birth_year"] = row["birth_date"][:4]
    return row


def _first(values: Mapping[str, Any], names: Iterable[str], spell: Callable[[Any], str | None]) -> str | None:
    spelled = (spell(values[name]) for name in names if name in values)
    return next((each for each in spelled if each), None)


def _text(value: Any) -> str | None:
    """Without case, marks over letters and needless spaces."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    bare = "".join(c for c in unicodedata.normalize("NFKD", str(value)) if not unicodedata.combining(c))
    return " ".join(bare.lower().split()) or None


def _joined(value: Any) -> str | None:
    text = _text(value)
    return re.sub(r"[^a-z0-9]", "", text) or None if text else None


def _phone(value: Any) -> str | None:
    """The last nine digits: with or without the country's own, it is one number."""
    digits = re.sub(r"\D", "", str(value)) if isinstance(value, str | int) else ""
    return digits[-9:] if len(digits) >= 6 else None


def _date(value: Any) -> str | None:
    """ISO 8601, also from 19800131 and from a time; None for what is no date."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    try:
        return date.fromisoformat(text[:10] if "-" in text else text[:8]).isoformat()
    except ValueError:
        return None


def _year(value: Any) -> str | None:
    text = str(value).strip() if isinstance(value, str | int | float) else ""
    found = re.match(r"(1[89]|20)\d\d", text)
    return found.group() if found else None


_SPELLING: Mapping[str, Callable[[Any], str | None]] = {
    "birth_date": _date,
    "birth_year": _year,
    "postcode": _joined,
    "phone": _phone,
    "number": _joined,
}
