"""What matters? First everybody guesses, then the list is shown: what goes with what comes, beyond the obvious."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from kundskab.consent.derived import NotComputed
from kundskab.pipeline.drivers import Driver, Found, Story
from kundskab.types import KundskabError
from kundskab.web.base import clock
from kundskab.web.base.asked import number
from kundskab.web.base.paging import pages
from kundskab.web.base.templatetags.say import count, day
from kundskab.web.desk import the_desk
from kundskab.web.drivers import guessing
from kundskab.web.drivers.models import Draft
from kundskab.web.explore import plotly
from kundskab.web.people.handles import handle
from kundskab.web.staff.rights import SEE_COUNTS, SEE_PEOPLE, can, needs

MOST_ROWS = 15
TABS = {
    "stayed": _lazy("Staying"),
    "purchased": _lazy("Buying"),
    "spent": _lazy("Spending"),
    "came back": _lazy("Coming back"),
    "completed": _lazy("Finishing a visit"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One story as the page tells it, by the finding that leads it.  who: where its people are, for those who may see
    them.  also: what else it was seen as."""

    driver: Driver
    who: str
    believed: int  # of those who guessed
    mine: int  # its place in the visitor's own ranking; 0 where it is not in it
    overlooked: bool
    is_draft: bool
    stability: str
    ours: str
    between: str
    others: str
    also: tuple[str, ...]


@needs(SEE_COUNTS)
@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    try:
        found = the_desk().drivers.read(request.GET.get("outcome"))
    except NotComputed as missing:
        text = _("It is computed from what people did, each night, or now by: kundskab refresh")
        return render(request, "drivers/empty.html", {"text": missing.why or text})
    if found is None:
        text = _("Too few people, or too short a time, to ask what goes with what comes later.")
        return render(request, "drivers/empty.html", {"text": text})
    if not guessing.may_see(request.user, found.outcome):
        return _asked(request, found)
    return render(request, "drivers/matters.html", _around(found) | _told(request, found))


@needs(SEE_COUNTS)
@require_POST
def guess(request: HttpRequest) -> HttpResponse:
    """Keep how somebody ranks what they believe in, or that they want to be shown anyway; then show."""
    outcome = request.POST.get("outcome", "")
    found = the_desk().drivers.read(outcome)
    if found is not None and found.outcome == outcome:
        placed = [(place, request.POST.get(f"place-{place}", "")) for place in range(1, guessing.PLACES + 1)]
        ranking = [name for _, name in placed if name]
        if "anyway" in request.POST:
            ranking = []
        elif not ranking:
            return _asked(request, found, problem=_("Rank what you believe first, or ask to be shown anyway."))
        elif len(set(ranking)) < len(ranking):
            twice = _("Something has two places. Each has one: choosing is the point.")
            return _asked(request, found, placed, problem=twice)
        guessing.keep(request.user, found, ranking, now=clock.now())
    return redirect(f"{reverse('matters')}?{urlencode({'outcome': outcome})}")


@needs(SEE_COUNTS)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Put a finding among those that wait to become a hypothesis."""
    outcome, behaviour = request.POST.get("outcome", ""), request.POST.get("behaviour", "")
    found = the_desk().drivers.read(outcome)
    one = next((row for row in found.found if row.behaviour == behaviour), None) if found else None
    if one is None or not guessing.may_see(request.user, outcome):
        messages.error(request, _("That finding is no longer there; nothing was kept."))
    else:
        Draft.objects.get_or_create(
            outcome=one.outcome,
            behaviour=one.behaviour,
            defaults={
                "claim": one.words,
                "effect": one.effect,
                "made_by": request.user,
                "made_at": clock.now(),
            },
        )
        messages.success(request, _("It waits among the drafts, to be put to the test."))
    return redirect(f"{reverse('matters')}?{urlencode({'outcome': outcome})}")


@needs(SEE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    outcome, behaviour = request.GET.get("outcome", ""), request.GET.get("behaviour", "")
    try:
        if not guessing.may_see(request.user, outcome):
            return redirect(f"{reverse('matters')}?{urlencode({'outcome': outcome})}")
        found = the_desk().drivers.people(outcome, behaviour, page=number(request.GET.get("page"), default=1))
    except KundskabError as refusal:
        return render(request, "drivers/refused.html", {"refusal": refusal}, status=400)
    rows = [(person, handle(person)) for person in found.rows]
    context = {"found": found, "rows": rows, "pages": pages(found)}
    return render(request, "drivers/people.html", context)


def _asked(
    request: HttpRequest, found: Found, placed: Sequence[tuple[int, str]] = (), *, problem: str = ""
) -> HttpResponse:
    """The page that asks, with what was chosen so far."""
    context = {
        "offered": [
            (one, {place for place, name in placed if name == one.behaviour})
            for one in guessing.offered(request.user, found)
        ],
        "places": range(1, guessing.PLACES + 1),
        "problem": problem,
    }
    return render(request, "drivers/guess.html", _around(found) | context, status=400 if problem else 200)


def _around(found: Found) -> dict[str, Any]:
    """What both pages hold."""
    tabs = [
        {"url": f"?{urlencode({'outcome': name})}", "text": TABS.get(name, name), "here": name == found.outcome}
        for name in found.outcomes
    ]
    return {"found": found, "tabs": tabs, "obvious": _obvious(found)}


def _told(request: HttpRequest, found: Found) -> dict[str, Any]:
    # Plotly takes a moment to load: only this page waits for it, and only in its first visit.
    from kundskab.charts.drivers import figure

    beliefs = guessing.beliefs(found.outcome)
    mine = guessing.theirs(request.user, found.outcome)
    drafts = set(Draft.objects.filter(outcome=found.outcome).values_list("behaviour", flat=True))
    walks = can(request.user, SEE_PEOPLE)
    stories = found.stories
    shown = [story.lead for story in stories[:MOST_ROWS]]

    def row(story: Story) -> Row:
        driver = story.lead
        who = f"{reverse('matters_people')}?{urlencode({'outcome': driver.outcome, 'behaviour': driver.behaviour})}"
        believed = beliefs.believers(story.behaviours)
        few = believed * 2 < beliefs.guessers if beliefs.guessers else driver.obvious > 10
        place = next((at for at, name in enumerate(mine, start=1) if name in story.behaviours), 0)
        return Row(
            driver, who if walks else "", believed, place, few,
            driver.behaviour in drafts, _stability(driver), _figure(driver, driver.with_share),
            f"({_figure(driver, driver.with_low)}–{_figure(driver, driver.with_high)})",
            _figure(driver, driver.without_share), tuple(_also(one) for one in story.also),
        )  # fmt: skip

    rows = [row(story) for story in stories[:MOST_ROWS]]
    found_names = {driver.behaviour for driver in found.found}
    return {
        "rows": rows,
        "more_found": len(stories) - len(shown),
        "answer": _answer(found),
        "doubt": shown[0].words if shown else "",
        "guessers": beliefs.guessers,
        "overlooked": any(one.overlooked for one in rows),
        "beside": _beside(rows, mine, beliefs.together, found) if mine else [],
        "has_together": bool(beliefs.together),
        "missed": [one for one in found.rows if one.behaviour in beliefs.believed - found_names],
        "drafts": Draft.objects.order_by("-made_at")[:20],
        "of": _("Of 100 who did it") if not shown or shown[0].is_share else shown[0].currency,
        "visits": bool(shown) and shown[0].unit == "visits",
        **plotly.figures(lambda theme: figure(shown, theme=theme)),
        "how": _how(found),
        "more": _("As of %(day)s.") % {"day": day(found.as_of)},
    }


def _beside(
    rows: Sequence[Row], mine: Sequence[str], together: Sequence[str], found: Found
) -> list[tuple[int, str, str, str, Row | None]]:
    """Place by place: what the visitor believed and what became of it, what all believed, what was found."""
    did = {one.behaviour: one.did for one in found.rows}
    came = {
        name: _("found, number %(n)d") % {"n": at}
        for at, story in enumerate(found.stories, start=1)
        for name in story.behaviours
    }
    lines = []
    for at in range(max(len(mine), min(len(rows), guessing.PLACES))):
        own = mine[at] if at < len(mine) else ""
        verdict = came.get(own, _("not found")) if own else ""
        all_of_us = did.get(together[at], "") if at < len(together) else ""
        lines.append((at + 1, did.get(own, own), verdict, all_of_us, rows[at] if at < len(rows) else None))
    return lines


def _answer(found: Found) -> str:
    looked = count(found.rows[0].candidates if found.rows else 0)
    if not found.found:
        said = _("Nothing for sure: none of the %(n)s behaviours that we looked at says more than the obvious.")
        return said % {"n": looked}
    if len(found.found) == 1:
        return _("One of %(of)s behaviours goes with it beyond the obvious.") % {"of": looked}
    said = _("%(n)s of %(of)s behaviours go with it beyond the obvious.")
    if 1 < len(found.stories) < len(found.found):
        said = _("%(n)s of %(of)s behaviours go with it beyond the obvious; they tell %(stories)s stories.")
    return said % {"n": count(len(found.found)), "of": looked, "stories": count(len(found.stories))}


def _also(driver: Driver) -> str:
    """ "Did X in the last 90 days: 41 against 30"."""
    return _("%(did)s: %(ours)s against %(others)s") % {
        "did": driver.did,
        "ours": _figure(driver, driver.with_share),
        "others": _figure(driver, driver.without_share),
    }


def _stability(driver: Driver) -> str:
    said = (
        _("the same in %(n)d of %(of)d stretches of time") % {"n": driver.eras_agreeing, "of": driver.eras}
        if driver.eras
        else _("one stretch of time only")
    )
    again = {
        True: _("seen again in people not used to find it"),
        False: _("not sure when half of the people are looked at alone"),
        None: _("too few people to look twice"),
    }[driver.confirmed]
    return f"{said}; {again}"


def _how(found: Found) -> str:
    return _(
        "Each behaviour was measured before the time in which the outcome was awaited, and all were held beside each "
        "other and the obvious (%(obvious)s) in one model. Shown is what says something with a chance of 65 in 100 or "
        "more; in trials with a known truth fewer than 1 in 10 of such findings was false. “Otherwise alike” are those "
        "whose outcome was as likely by the obvious. It goes with the outcome; only a test can show that it makes it."
    ) % {"obvious": _obvious(found)}


def _obvious(found: Found) -> str:
    if found.rows and found.rows[0].unit == "visits":
        return _("how far they had come, what they had just done, and the channel")
    if "purchased" in found.outcomes or "spent" in found.outcomes:
        return _("how lately and how often people came, what they spent, how long we know them, when they began")
    return _("how lately and how often people came, how long we know them, when they began")


def _figure(driver: Driver, value: float) -> str:
    return str(round(100 * value)) if driver.is_share else count(round(value))
