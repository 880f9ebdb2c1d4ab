"""How far are we from our customers?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from kundskab.metrics.distance import LATELY_DAYS, Distance
from kundskab.web.base.templatetags.say import day, listed
from kundskab.web.desk import the_desk
from kundskab.web.metrics.picture import by_month
from kundskab.web.staff.rights import SEE_COUNTS, needs

PURPOSE = "analytics"
# What a person may be grouped by: the value that most of their events have.
DIMENSIONS = {
    "channel": _lazy("the channel they mostly use"),
    "source": _lazy("the source that mostly tells of them"),
    "category": _lazy("the category they mostly look at"),
    "property:_context.device.type": _lazy("the device they mostly use"),
    "property:_context.locale": _lazy("their language"),
}


@needs(SEE_COUNTS)
@require_safe
def distance(request: HttpRequest) -> HttpResponse:
    by = request.GET.get("by", "")
    by = by if by in DIMENSIONS else "channel"
    found = the_desk().distance.read(by=by, purpose=PURPOSE)
    context = {
        "found": found,
        "answer": _answer(found),
        "doubt": _doubt(found),
        "picture": by_month(found.months),
        "by": by,
        "dimensions": DIMENSIONS,
        "who": _who(found),
        "how": _how(found),
        "more": _more(found),
        "lately": LATELY_DAYS,
        "widest": _widest(found),
    }
    return render(request, "metrics/distance.html", context)


def _answer(found: Distance) -> str:
    share = found.everybody.human_share
    if found.is_empty:
        return _("Nothing is known of anybody yet, so there is no distance to tell.")
    if share.hidden or share.value != share.value:
        return _("Too few people allow analytics for a distance to be told without telling of one of them.")
    if share.value == 0:
        return _("In none of the contacts with our customers that we know of did one of us take part.")
    return _("Of 100 contacts with our customers, about %(n)d had one of us in them.") % {"n": round(100 * share.value)}


def _doubt(found: Distance) -> str:
    share, never = found.everybody.human_share, found.everybody.never_met
    if found.is_empty or not share.is_sure:
        return ""
    between = _("Between %(low)d and %(high)d, had chance sent us other people like these.") % {
        "low": round(100 * share.low),
        "high": round(100 * share.high),
    }
    nobody = _("Of 100 customers about %(n)d were never met by anyone here since our records begin.") % {
        "n": round(100 * never.value)
    }
    # Between 0 and 0 says nothing that "none" has not said.
    return nobody if round(100 * share.high) == 0 else f"{between} {nobody}"


def _widest(found: Distance) -> float:
    """What the line of every interval ends at, so that they can be compared and seen."""
    ends = [group.human_share.high for group in found.groups if group.human_share.is_sure]
    return max(ends, default=1.0)


def _who(found: Distance) -> str:
    if found.is_empty or found.everybody.human_share.hidden:
        return ""
    return _("Those who allow analytics and had at least one contact with us. Everybody else is outside this picture.")


def _how(found: Distance) -> str:
    return _(
        "A contact is one person, one channel and one day with something they did, or did with us; what we merely sent "
        "is none. It is human when it holds an encounter or happened in a channel where people of ours stand: "
        "%(channels)s. What a machine answered is not."
    ) % {"channels": listed(found.human_channels)}


def _more(found: Distance) -> str:
    if found.since is None:
        return ""
    said = _(
        "As of %(day)s. Our records begin on %(since)s: never met means never since then. Doubt is by person, since "
        "the contacts of one person hang together; groups of fewer than five people are hidden."
    ) % {"day": day(found.as_of), "since": day(found.since)}
    return f"{said} {_('The data are old, so their last day stands for today.')}" if found.from_newest else said
