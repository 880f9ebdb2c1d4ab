"""The form of a hand-written segment: a few conditions in rows; whatever rows cannot say is said in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kundskab.types import KundskabError

ROWS = 5
KINDS = [
    ("", lazy("– not used –")),
    ("did", lazy("did")),
    ("value_of", lazy("spent on")),
    ("fact", lazy("told us (a fact)")),
    ("first_seen", lazy("was first seen")),
    ("last_seen", lazy("was last seen")),
]
TOGETHER = [("all", lazy("all of these must hold")), ("any", lazy("any one of these is enough"))]
_LONGEST_JSON = 20_000


class ConditionForm(forms.Form):
    """One row. what: an action, or the name of a fact.  is_value: the values, with commas between."""

    negated = forms.BooleanField(label=lazy("not"), required=False)
    kind = forms.ChoiceField(label=lazy("condition"), choices=KINDS, required=False)
    what = forms.CharField(label=lazy("action or fact"), required=False, max_length=200)
    dimension = forms.ChoiceField(label=lazy("only where"), required=False)
    values = forms.CharField(label=lazy("is one of"), required=False, max_length=400)
    at_least = forms.IntegerField(label=lazy("at least"), required=False, min_value=0)
    at_most = forms.IntegerField(label=lazy("at most"), required=False, min_value=0)
    within_days = forms.IntegerField(label=lazy("in last days"), required=False, min_value=1)

    def __init__(self, *args: Any, dimensions: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dimension"].choices = [("", "–"), *dimensions.items()]  # type: ignore[attr-defined]
        self.fields["what"].widget.attrs["list"] = "actions"
        for name in ("what", "values"):
            self.fields[name].widget.attrs["autocapitalize"] = "none"

    def said(self) -> dict[str, Any] | None:
        """The row as a condition in JSON; None for an empty one."""
        asked = self.cleaned_data
        kind = asked.get("kind")
        if not kind:
            return None
        found = _SAID[kind](asked)
        return {"not": found} if asked.get("negated") else found


class WrittenForm(forms.Form):
    """The name, how the rows go together, and the JSON that wins where somebody wrote it."""

    name = forms.CharField(label=lazy("What do you call them?"), max_length=60)
    together = forms.ChoiceField(label=lazy("How do the conditions go together?"), choices=TOGETHER, required=False)
    text = forms.CharField(
        label=lazy("The same in JSON"),
        required=False,
        max_length=_LONGEST_JSON,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "none", "class": "code"}),
        help_text=lazy("When something stands here it counts, and the rows above do not."),
    )

    def clean_text(self) -> Any:
        text = self.cleaned_data["text"].strip()
        if not text:
            return None
        try:
            return json.loads(text)
        except ValueError as wrong:
            raise forms.ValidationError(_("This is no JSON: %(why)s") % {"why": wrong}) from None


def condition_of(form: WrittenForm, rows: forms.BaseFormSet[ConditionForm]) -> Any:
    """What both valid forms say, as JSON. Raises KundskabError when they say nothing."""
    if form.cleaned_data["text"] is not None:
        return form.cleaned_data["text"]
    parts = [part for row in rows if (part := row.said()) is not None]
    if not parts:
        raise KundskabError(_("Say at least one thing that holds of these people."))
    return parts[0] if len(parts) == 1 else {form.cleaned_data["together"] or "all": parts}


def rows_of(when: Any) -> tuple[str, list[dict[str, Any]]] | None:
    """A condition as rows of the form: how they go together, and each row's fields; None when rows cannot say it."""
    together, parts = "all", [when]
    for word in ("all", "any"):
        if word in when:
            together, parts = word, when[word]
    rows = [_row(part) for part in parts]
    if len(rows) > ROWS or any(row is None for row in rows):
        return None
    return together, [row for row in rows if row is not None]


def _row(part: Mapping[str, Any]) -> dict[str, Any] | None:
    negated = "not" in part
    leaf = part["not"] if negated else part
    kind = next((kind for kind, _words in KINDS if kind and kind in leaf), None)
    if kind is None or leaf.get("currency"):
        return None
    row: dict[str, Any] = {"negated": negated, "kind": kind}
    if kind in ("first_seen", "last_seen"):
        ends = leaf[kind]
        return {**row, "at_least": ends.get("at_least_days_ago"), "at_most": ends.get("at_most_days_ago")}
    if kind == "fact":
        return {**row, "what": leaf["fact"], "values": ", ".join(leaf.get("is", []))}
    where = leaf.get("where", {})
    if len(where) > 1 or any("," in value for values in where.values() for value in values):
        return None
    for name, values in where.items():
        row |= {"dimension": name, "values": ", ".join(values)}
    return {**row, "what": leaf[kind] or "", **{end: leaf.get(end) for end in ("at_least", "at_most", "within_days")}}


def _acted(kind: str) -> Any:
    def said(asked: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {kind: asked["what"].strip() or None}
        if asked["dimension"] and _split(asked["values"]):
            found["where"] = {asked["dimension"]: _split(asked["values"])}
        return found | {end: asked[end] for end in ("at_least", "at_most", "within_days") if asked.get(end) is not None}

    return said


def _seen(kind: str) -> Any:
    def said(asked: Mapping[str, Any]) -> dict[str, Any]:
        ends = {f"{end}_days_ago": asked[end] for end in ("at_least", "at_most") if asked.get(end) is not None}
        return {kind: ends}

    return said


def _told(asked: Mapping[str, Any]) -> dict[str, Any]:
    values = _split(asked["values"])
    return {"fact": asked["what"].strip(), **({"is": values} if values else {"known": True})}


def _split(values: str) -> list[str]:
    return [value.strip() for value in values.split(",") if value.strip()]


_SAID = {
    "did": _acted("did"),
    "value_of": _acted("value_of"),
    "fact": _told,
    "first_seen": _seen("first_seen"),
    "last_seen": _seen("last_seen"),
}
