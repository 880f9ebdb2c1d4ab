"""The metrics that there are, each with its reading, split by what one likes; and a form that declares one more."""

from __future__ import annotations

from math import isnan
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from kundskab.consent.derived import NotComputed
from kundskab.metrics.declared import AMOUNTS, KINDS, USUAL_DAYS, Declared
from kundskab.metrics.known import COHORT, KNOWN, SEGMENT
from kundskab.metrics.periods import STEPS
from kundskab.metrics.readings import Reading, in_words
from kundskab.types import KundskabError
from kundskab.web.desk import the_desk
from kundskab.web.explore.kinds import tabs
from kundskab.web.staff.rights import SEE_COUNTS, SEE_PEOPLE, can, needs

KIND_WORDS = {
    "rate": _lazy("rate: how many of 100 people do it"),
    "count": _lazy("count: how often it happens"),
    "sum": _lazy("sum: its amounts added up"),
    "mean": _lazy("mean: the amount of one"),
    "median": _lazy("median: of each person's amounts"),
    "ratio": _lazy("ratio: its amounts for each of another"),
}
_TIME = {"month": _lazy("month"), "week": _lazy("week"), "day": _lazy("day")}


class DeclareForm(forms.Form):
    """What metrics.yaml says of a metric; whether it makes sense is for `metrics.declared` to say."""

    name = forms.CharField(max_length=60, label=_lazy("Its name"), help_text=_lazy("as orders_a_visit"))
    kind = forms.ChoiceField(choices=[(kind, KIND_WORDS[kind]) for kind in KINDS], label=_lazy("It is a"))
    of = forms.ChoiceField(label=_lazy("Of"))
    at_least = forms.IntegerField(
        min_value=1, required=False, label=_lazy("At least so often"), help_text=_lazy("of a rate; once when not said")
    )
    per = forms.ChoiceField(
        required=False,
        label=_lazy("Among, or per"),
        help_text=_lazy("of a rate: the people; of a ratio: below the line"),
    )
    amount = forms.ChoiceField(
        required=False, choices=[("", _lazy("as usual")), *((each, each) for each in AMOUNTS)], label=_lazy("Amount")
    )
    days = forms.IntegerField(min_value=1, required=False, label=_lazy("Over so many days"), initial=USUAL_DAYS)

    def __init__(self, *args: Any, actions: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, name) for name in actions]
        self.fields["of"].choices = names
        self.fields["per"].choices = [("", _("anything")), *names]

    @property
    def said(self) -> dict[str, Any]:
        """As the page of metrics says it."""
        given = self.cleaned_data
        said = {"is": given["kind"], "of": given["of"]}
        return said | {key: given[key] for key in ("at_least", "per", "amount", "days") if given[key]}


@needs(SEE_COUNTS)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    return _list(request)


@needs(SEE_PEOPLE)  # whoever works with the data; a reader reads
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    form = DeclareForm(request.POST, actions=desk.explore.choices().actions)
    if form.is_valid():
        try:
            desk.behaviour.declare(form.cleaned_data["name"], form.said)
        except KundskabError as refusal:
            form.add_error(None, str(refusal))
        else:
            name = form.cleaned_data["name"]
            desk.settings.note(request.user.email, "declare metric", name, form.cleaned_data["kind"])
            messages.success(request, _("It is declared, and stands in metrics.yaml."))
            return redirect("metric", name=name)
    return _list(request, form, status=400)


@needs(SEE_COUNTS)
@require_safe
def one(request: HttpRequest, name: str) -> HttpResponse:
    desk = the_desk()
    declared = desk.behaviour.declared
    if name not in declared and name not in KNOWN:
        raise Http404
    dimensions = desk.explore.choices().dimensions
    splits = {
        **_TIME,
        COHORT: _("when they began"),
        **({} if name in declared and declared[name].kind == "median" else {SEGMENT: _("segment")}),
        **dimensions,
    }
    by = request.GET.get("by") if request.GET.get("by") in splits else "month"
    context = {"tabs": tabs(request), "name": name, "splits": splits, "by": by, "by_words": splits[by], "title": name}
    context["question"] = _question(_declared_words(declared[name]) if name in declared else _(KNOWN[name].words))
    try:
        whole = desk.behaviour.reading(name)
        readings = desk.behaviour.reading(name, by=by)
    except KundskabError as refusal:
        return render(request, "explore/metric.html", {**context, "refusal": refusal, "rows": []}, status=400)
    in_time = by in (*STEPS, COHORT)
    called = _segment_names() if by == SEGMENT else {}
    rows = [
        _row(reading) | {"segment": called.get(reading.group, "")}
        for reading in (reversed(readings) if in_time else readings)
    ]
    top = max((reading.high for reading in readings if reading.is_sure), default=1.0)
    context |= {"rows": rows, "top": top, "answer": _answer(whole)}
    context |= {"n": whole[0].n, "snapshot": whole[0].snapshot} if whole else {}
    context["unit"] = next((row["unit"] for row in rows if "unit" in row), "")
    return render(request, "explore/metric.html", context)


def _question(words: str) -> str:
    """How many people bought. -> How many people bought?  The value of one. -> What is the value of one?"""
    asked = _("What is t") + words[1:] if words.startswith("The ") else words
    return asked.removesuffix(".") + "?"


def _list(request: HttpRequest, form: DeclareForm | None = None, *, status: int = 200) -> HttpResponse:
    desk = the_desk()
    choices, declared, refusal = desk.explore.choices(), {}, ""
    try:
        declared = desk.behaviour.declared
    except KundskabError as error:  # somebody wrote a page by hand that cannot be read: the others can
        refusal = str(error)
    names = [*declared, *(name for name in KNOWN if name not in declared)]
    rows = []
    for name in names:
        words = _declared_words(declared[name]) if name in declared else _(KNOWN[name].words)
        rows.append({"name": name, "words": words, "own": name in declared, "reading": _whole(name)})
    may = can(request.user, SEE_PEOPLE)
    form = form or DeclareForm(actions=choices.actions)
    snapshot = next((row["reading"]["reading"].snapshot for row in rows if "reading" in row["reading"]), None)
    context = {"tabs": tabs(request), "rows": rows, "form": form if may else None, "refusal": refusal}
    context["snapshot"] = snapshot
    return render(request, "explore/metrics.html", context, status=status)


def _segment_names() -> dict[str, str]:
    try:
        return dict(the_desk().segments.names())
    except NotComputed:
        return {}


def _whole(name: str) -> dict[str, Any]:
    try:
        found = the_desk().behaviour.reading(name)
    except KundskabError as refusal:
        return {"text": "–", "between": "", "title": str(refusal)}
    return _row(found[0]) if found else {"text": "–", "between": "", "title": _("Nothing has happened yet")}


def _row(reading: Reading) -> dict[str, Any]:
    """A line of a table: {group, text, between, reading}."""
    row = {"group": reading.group, "reading": reading, "between": "", "title": ""}
    if reading.hidden:
        return row | {"text": _("hidden"), "title": _("Fewer than five people, or it would tell of such a number")}
    if isnan(reading.value):
        return row | {"text": "–", "title": _("Nobody to read it of")}
    times, unit = (100, _("of 100")) if reading.unit == "share" else (1, reading.unit)
    value, low, high = (times * end for end in (reading.value, reading.low, reading.high))
    width = high - low if reading.is_sure else abs(value)
    decimals = 0 if width >= 3 or value == round(value) == low == high else 1 if width >= 0.3 else 2
    between = f"{low:,.{decimals}f}–{high:,.{decimals}f}" if reading.is_sure else ""
    return row | {"text": f"{value:,.{decimals}f}", "unit": unit, "between": between}


def _answer(whole: list[Reading]) -> str:
    if not whole:
        return _("Nothing has happened yet that may be used for analytics.")
    said = in_words(whole[0])
    return f"{said[0].upper()}{said[1:]}."


def _declared_words(metric: Declared) -> str:
    words = {"of": metric.of, "per": metric.per, "n": metric.at_least, "amount": metric.amount, "days": metric.days}
    said = {
        "rate": _("Of the people who did “%(per)s”, who did “%(of)s”, %(n)d times at least, in %(days)d days."),
        "count": _("How often “%(of)s” happened in %(days)d days."),
        "sum": _("The %(amount)s of “%(of)s” added up, in %(days)d days."),
        "mean": _("The %(amount)s of one “%(of)s”, in %(days)d days."),
        "median": _("The %(amount)s of “%(of)s” that half of the people stay below, in %(days)d days."),
        "ratio": _("The %(amount)s of “%(of)s” for each “%(per)s”, in %(days)d days."),
    }[metric.kind]
    return said % words
