"""Where do we make it hard for people? And who are they?"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from kundskab.metrics.effort import SIGNS, Efforts, FlowEffort
from kundskab.pipeline.ease import Ease
from kundskab.types import KundskabError
from kundskab.web.base.asked import number
from kundskab.web.base.paging import pages
from kundskab.web.base.templatetags.say import day
from kundskab.web.desk import the_desk
from kundskab.web.staff.rights import SEE_COUNTS, SEE_PEOPLE, can, needs

PURPOSE = "analytics"
# What a flow is called when it has no name of its own, or beside its name.
KINDS = {
    "form": _lazy("A form"),
    "checkout": _lazy("Checkout"),
    "support": _lazy("Support"),
    "delivery": _lazy("Delivery"),
    "search": _lazy("Search"),
    "browsing": _lazy("Looking around"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One flow as the table shows it.  who: where the people are, for those who may see them."""

    effort: FlowEffort
    name: str
    who: str


@needs(SEE_COUNTS)
@require_safe
def ease(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    found, weeks = desk.ease.read(purpose=PURPOSE), desk.ease.weeks(purpose=PURPOSE)
    asked = desk.forms.counts(purpose=PURPOSE)
    walks = can(request.user, SEE_PEOPLE)
    context = {
        "found": found,
        "answer": _answer(found, desk.ease),
        "doubt": _doubt(found),
        "rows": [_row(one, desk.ease, walks=walks) for one in found.flows],
        "widest": max((one.effort.high for one in found.flows if one.effort.is_sure), default=1.0),
        "weeks": list(reversed(weeks)),
        "widest_week": max((week.effort.high for week in weeks if week.effort.is_sure), default=1.0),
        "asked": asked,
        "asked_in": [_form(form, desk.ease) for form in asked.forms],
        "twice": [(_form(row.form, desk.ease), row) for row in asked.rows if row.asked_twice],
        "signs": SIGNS.values(),
        "how": _how(),
        "more": _more(found),
        "who": _who(found),
    }
    return render(request, "metrics/ease.html", context)


@needs(SEE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    kind, flow = request.GET.get("kind", ""), request.GET.get("flow", "")
    page = number(request.GET.get("page"), default=1)
    name = _name(kind, flow, desk.ease)
    try:
        found = desk.ease.people(kind, flow, purpose=PURPOSE, page=page)
    except KundskabError as refusal:
        return render(request, "metrics/ease_refused.html", {"name": name, "refusal": refusal}, status=400)
    context = {
        "name": name,
        "found": found,
        "pages": pages(found),
        "address": urlencode({"kind": kind, "flow": flow}),
    }
    return render(request, "metrics/ease_people.html", context)


def _row(one: FlowEffort, desk: Ease, *, walks: bool) -> Row:
    who = ""
    if walks and not one.effort.hidden:
        who = f"{reverse('ease_people')}?{urlencode({'kind': one.kind, 'flow': one.flow})}"
    return Row(one, _name(one.kind, one.flow, desk), who)


def _name(kind: str, flow: str, desk: Ease) -> str:
    if flow == kind:
        return str(KINDS.get(kind, flow))
    name = _form(flow, desk)
    # The form at the checkout and the way through the checkout are two flows, and often of one name.
    alike = name.casefold() in {str(said).casefold() for said in KINDS.values()}
    return _("%(name)s (form)") % {"name": name} if alike else name


def _form(form: str, desk: Ease) -> str:
    """Catalogues call the form "returns" also "Form: returns"; among forms one word is enough."""
    name = desk.name_of(form)
    return name[len("form:") :].strip() or name if name.lower().startswith("form:") else name


def _answer(found: Efforts, desk: Ease) -> str:
    if found.is_empty:
        return _("We cannot say: no event of a form, a checkout, a search or a case at support came in lately.")
    hardest = found.flows[0]
    if hardest.effort.hidden:
        return _("Too few people allow analytics for an answer that would not tell of one of them.")
    if not hardest.hard.value:
        return _("Nowhere that we can see: nobody met an error, gave up, waited or was asked twice.")
    said = _("Most of all in “%(flow)s”: of 100 times that people went through it, about %(n)d were hard.") % {
        "flow": _name(hardest.kind, hardest.flow, desk),
        "n": round(100 * hardest.hard.value),
    }
    return f"{said} {_('It is surely harder than the other forms.')}" if hardest.stands_out else said


def _doubt(found: Efforts) -> str:
    hard = found.flows[0].hard if found.flows else None
    if hard is None or not hard.is_sure or not hard.value:
        return ""
    return _("Between %(low)d and %(high)d, had chance sent us other people like these.") % {
        "low": round(100 * hard.low),
        "high": round(100 * hard.high),
    }


def _who(found: Efforts) -> str:
    if found.is_empty:
        return ""
    return _("Those who allow analytics and went through any of this. Follow a number of people to them.")


def _how() -> str:
    return _(
        "A pass is one person going through one form, checkout or case once; who comes back after half an hour begins "
        "another. Each sign of effort in it weighs some points, the same for everybody, as the table above tells. "
        "Effort is points per pass; hard is a pass with any sign. Doubt is by person, since the passes of one person "
        "hang together. Flows of fewer than five people are hidden, and so is what fewer than five of them met."
    )


def _more(found: Efforts) -> str:
    if found.since is None:
        return ""
    return _("Read are passes since %(day)s.") % {"day": day(found.since)}
