"""Reads how a declared company meets its customers: what they tell, the forms they fill in, encounters with staff."""

from __future__ import annotations

from collections.abc import Iterable

from kundskab.synthetic.declaration import FORMS, MEETINGS, RESEARCH, TOLD, Encounters, Facts, Form, Said, Staff
from kundskab.synthetic.reading import DeclarationError, Section

_RATE = 100.0  # a year, as for every other rate
_ASKED = ("email", *TOLD)


def facts_of(part: Section) -> Facts:
    told = part.section("told")
    _known(told, TOLD)
    facts = Facts(
        {name: told.share(name) if name in told.names else 0.0 for name in TOLD},
        part.number("changes_per_year", 0, _RATE),
        _some_texts(part, "activities"),
        _some_texts(part, "topics"),
    )
    part.finish()
    return facts


def forms_of(part: Section) -> tuple[Form, ...]:
    _known(part, FORMS)
    forms = []
    for name in part.names:
        one = part.section(name)
        asks = one.section("asks")
        _known(asks, _ASKED)
        errors, anew, gives_up = (one.number(chance, 0, 0.9) for chance in ("errors", "anew", "gives_up"))
        asked = {fact: asks.share(fact) for fact in asks.names}
        forms.append(Form(name, errors, anew, gives_up, one.weights("fields"), asked))
        one.finish()
    return tuple(forms)


def encounters_of(part: Section, behaviours: list[str]) -> Encounters:
    per_year = part.section("per_year")
    _known(per_year, behaviours)
    rates = {behaviour: _rates(per_year.section(behaviour)) for behaviour in per_year.names}
    research = part.weights("research")
    _all_known(f"{part.at('research')}", research, RESEARCH)
    encounters = Encounters(
        per_year=rates,
        fewer_per_year=part.number("fewer_per_year", 0, 10),
        research=tuple(research.get(answer, 0.0) for answer in RESEARCH),
        staff=tuple(_staff(name, part.section("staff")) for name in part.section("staff").names),
        said=_said(part),
    )
    part.finish()
    for kind in sorted({kind for rate in rates.values() for kind, value in rate.items() if value > 0}):
        if not any(one.meets[kind] > 0 for one in encounters.staff):
            raise DeclarationError(f"{part.at('staff')} needs somebody who meets people by {kind}.")
    return encounters


def _rates(part: Section) -> dict[str, float]:
    _known(part, MEETINGS)
    return {kind: part.number(kind, 0, _RATE) for kind in part.names}


def _staff(name: str, part: Section) -> Staff:
    weights = part.weights(name)
    _all_known(part.at(name), weights, MEETINGS)
    return Staff(name, {kind: weights.get(kind, 0.0) for kind in MEETINGS})


def _said(part: Section) -> tuple[Said, ...]:
    value = part.take("said")
    pairs = value if isinstance(value, list) else []
    if not pairs or not all(isinstance(one, dict) and set(one) == {"words", "reading"} for one in pairs):
        raise DeclarationError(f"{part.at('said')} must be a list of entries with words and reading.")
    entries = [Section(one, f"{part.at('said')}[{place}]") for place, one in enumerate(pairs)]
    return tuple(Said(one.text("words"), one.text("reading")) for one in entries)


def _some_texts(part: Section, name: str) -> tuple[str, ...]:
    texts = part.texts(name)
    if not texts:
        raise DeclarationError(f"{part.at(name)} must name at least one.")
    return texts


def _known(part: Section, known: Iterable[str]) -> None:
    _all_known(part.path, part.names, known)


def _all_known(path: str, names: Iterable[str], known: Iterable[str]) -> None:
    known = list(known)
    for name in names:
        if name not in known:
            raise DeclarationError(f"{path}.{name} must be one of {', '.join(known)}.")
