"""What facts are called: one spelling for `firstName`, `first-name` and `First name`, and names that mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# The name that questions use here, and what others call the same thing. `address.city` is the city inside an address.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "first_name": ("given_name", "forename"),
    "last_name": ("family_name", "surname"),
    "name": ("full_name",),
    "email": ("e_mail", "mail", "email_address"),
    "phone": ("phone_number", "telephone", "mobile", "mobile_phone"),
    "birth_date": ("birthday", "date_of_birth", "dob"),
    "birth_year": ("year_of_birth",),
    "street": ("street_address", "address.street"),
    "postcode": ("postal_code", "zip", "zip_code", "address.postcode"),
    "city": ("town", "address.city"),
    "country": ("address.country",),
    "company": ("company_name", "organisation", "organization"),
}
_OF: dict[str, str] = {other: name for name, others in SYNONYMS.items() for other in (name, *others)}


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """`firstName` -> `first_name`; names that mean the same become one. Unknown names keep their own."""
    spelled = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    spelled = re.sub(r"[\s\-]+", "_", spelled).casefold()
    return _OF.get(spelled, spelled)


def matching(name: str, synonyms: Iterable[str] = ()) -> frozenset[str]:
    """The canonical names of all facts that answer a question of this name or these further ones."""
    return frozenset(canonical(each) for each in (name, *synonyms))
