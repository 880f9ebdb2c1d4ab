"""How predictions are said: in natural frequencies, with their doubt, the plain guess beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from kundskab.pipeline.foretelling.answers import Coming, Contestant, Kind, NextMove, Report, Scored, WorthyPage
from kundskab.segments.names import said as spoken
from kundskab.web.base.templatetags.say import at, count, day, listed

if TYPE_CHECKING:
    from kundskab.predictions.actions.foretell import Change

QUESTIONS = {
    "returns": _lazy("Do they come back?"),
    "action": _lazy("What do they do next?"),
    "object": _lazy("What do they turn to next?"),
    "events": _lazy("How often do they come?"),
    "value": _lazy("What is it worth?"),
}
ORDERS = {
    "returns": _lazy("likeliest to come back"),
    "value": _lazy("worth most"),
    "events": _lazy("coming most often"),
}
MOST_ACTIONS = 12
NEARLY_SURE = 0.995
RARE = 0.005
ENOUGH = 30  # forecasts in a bin, of which one sentence can be made
MODELS = {
    "popularity": _lazy("the commonest act"),
    "last": _lazy("their last act"),
    "last and silence": _lazy("their last act, and how long ago"),
    "last two": _lazy("their last two acts"),
    "last three": _lazy("their last three acts"),
    "last three, lately": _lazy("their last three acts, the newest people first"),
    "last three, just now": _lazy("their last three acts, the very newest people first"),
    "linear": _lazy("a regression"),
    "mixture": _lazy("all of them together"),
    "popular": _lazy("what is popular"),
    "base rate": _lazy("the same chance for everybody"),
    "past rate": _lazy("each as in the past"),
    "line": _lazy("a regression"),
    "trees": _lazy("decision trees"),
    "boosted trees": _lazy("decision trees"),
    "blend": _lazy("several together"),
    "BG/NBD": _lazy("a pace of their own (BG/NBD)"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of prediction on the page.  verdict: whether it beats the plain guess, in a sentence."""

    kind: Kind
    question: str
    verdict: str
    came_out: str
    rows: tuple[tuple[Contestant, str, str], ...]  # its name in words, and how it did beside the plain guess


@dataclass(frozen=True, slots=True)
class Expected:
    """An action that is to come, in its own and in plain words, and how wide its bar is, 0-1 of the widest."""

    action: str
    said: str
    persons: str
    between: str
    of_hundred: str
    width: float


def answer(found: Report) -> str:
    """How often we were right, by the most telling bin; or from when on that can be told."""
    scored = next((kind for kind in found.kinds if kind.bins), None)
    if scored is not None:
        one = _most_telling(scored.bins)
        if one.n < ENOUGH and scored.overall is not None:
            return _in_all(scored.overall)
        said = _("Of 100 forecasts that gave a chance of about %(given)s in 100, %(came)s came true.")
        return said % {"given": hundred(one.forecast_mean), "came": hundred(one.happened)}
    beats = [kind for kind in found.kinds if kind.beats_the_plain_guess]
    if not found.kinds:
        return _("There is too little yet to foretell anything.")
    if not beats:
        return _("We do not know better than the plain guess yet, so the plain guess is what we tell.")
    if 1 < len(beats) == len(found.kinds):
        return _("Tried on the past, all %(n)s kinds of prediction do better than the plain guess.") % {"n": len(beats)}
    said = ngettext(
        "Tried on the past, %(n)s of our %(of)s kinds of prediction does better than the plain guess.",
        "Tried on the past, %(n)s of our %(of)s kinds of prediction do better than the plain guess.",
        len(beats),
    )
    return said % {"n": len(beats), "of": len(found.kinds)}


def doubt(found: Report) -> str:
    scored = next((kind for kind in found.kinds if kind.bins), None)
    if scored is not None:
        one = _most_telling(scored.bins)
        if one.n < ENOUGH and (every := scored.overall) is not None:
            said = _("Chance alone could have made it %(low)s to %(high)s.")
            return said % {"low": count(round(every.low * every.n)), "high": count(round(every.high * every.n))}
        said = _("Chance alone could have made it %(low)s to %(high)s; told from %(n)s forecasts.")
        return said % {"low": hundred(one.low), "high": hundred(one.high), "n": count(one.n)}
    if found.first_due is not None:
        return _("The first forecasts come due on %(day)s; then this page says how right they were.") % {
            "day": day(found.first_due)
        }
    return ""


def _in_all(every: Scored) -> str:
    """How right all forecasts of a kind were together, where no group of them is large enough to tell much."""
    said = _("Of %(n)s forecasts we expected about %(given)s to come true, and %(came)s did.")
    return said % {
        "n": count(every.n), "given": count(round(every.forecast_mean * every.n)),
        "came": count(round(every.happened * every.n)),
    }  # fmt: skip


def _most_telling(bins: tuple[Scored, ...]) -> Scored:
    """The bin in which being right was hardest: many forecasts, none of them next to sure."""
    return max(bins, key=lambda each: each.n * each.forecast_mean * (1 - each.forecast_mean))


def told(kind: Kind, currency: str = "") -> Told:
    """currency: that of the company, in which values are foretold."""
    plain = kind.plain
    return Told(
        kind=kind,
        question=str(QUESTIONS.get(kind.kind, kind.kind)),
        verdict=_verdict(kind),
        came_out="" if kind.overall is None else _came_out(kind.overall, currency),
        rows=tuple((one, str(MODELS.get(one.model, one.model)), _beside(one, plain)) for one in kind.contestants),
    )


def _came_out(one: Scored, currency: str) -> str:
    if one.kind == "action":
        return _("each act by itself: %(said)s") % {"said": score_words(one)}
    if one.kind in ("returns", "object"):
        return score_words(one)
    return amounts(one, f" {currency}" if one.kind == "value" and currency else "")


def amounts(one: Scored, unit: str = "") -> str:
    """Foretold 1.3 each, came 1.2 (1.1 to 1.4); small numbers with two decimals."""
    said = _("foretold %(given)s each, came %(came)s (%(low)s to %(high)s)")
    values = {"given": one.forecast_mean, "came": one.happened, "low": one.low, "high": one.high}
    most = max(values.values())
    words = {name: _amount(value, 0 if most >= 100 else 1 if most >= 10 else 2) for name, value in values.items()}
    return said % (words | {"given": words["given"] + unit})


def _amount(value: float, decimals: int) -> str:
    return _("less than 0.01") if 0 < value < 0.005 else f"{value:,.{decimals}f}"


def foretold_on(found: Report) -> str:
    """When the newest forecasts were made that have come due."""
    made = [(kind.overall.made_at, kind.overall.horizon_days) for kind in found.kinds if kind.overall is not None]
    if not made:
        return ""
    when, ahead = max(made)
    return _("Foretold on %(day)s for the %(n)s days after it, by what we knew then; told now that they are over.") % {
        "day": day(when), "n": ahead,
    }  # fmt: skip


def _verdict(kind: Kind) -> str:
    chosen, plain = kind.chosen, kind.plain
    if chosen is None or plain is None:
        return ""
    if chosen.is_baseline:
        return _("Nothing beats the plain guess here, so we give the plain guess.")
    if chosen.log_loss >= plain.log_loss:
        return _("As good as the plain guess, and no better.")
    if chosen.high >= 0:
        return _("Better than the plain guess on average, though chance could have made that difference.")
    return _("Better than the plain guess, by more than chance.")


def _beside(one: Contestant, plain: Contestant | None) -> str:
    if one.is_baseline:
        return _("the plain guess")
    if plain is None or not plain.log_loss:
        return ""
    more = [100 * end / plain.log_loss for end in (one.log_loss - plain.log_loss, one.low, one.high)]
    if one.low > 0:
        said = _("%(n)s more wrong (between %(low)s and %(high)s)")
        return said % dict(zip(("n", "low", "high"), map(_percent, more), strict=True))
    if one.high >= 0:
        said = _("much as the plain guess (between %(low)s less and %(high)s more wrong)")
        return said % {"low": _percent(-more[1]), "high": _percent(more[2])}
    less = [min(100.0, -each) for each in (more[0], more[2], more[1])]  # a difference's interval knows no such end
    said = _("%(n)s less wrong (between %(low)s and %(high)s)")
    return said % dict(zip(("n", "low", "high"), map(_percent, less), strict=True))


def _percent(value: float) -> str:
    return f"{abs(value):.0f} %"


def expected(coming: list[Coming]) -> list[Expected]:
    shown = coming[:MOST_ACTIONS]
    most = max((one.persons for one in shown), default=1.0)
    return [
        Expected(
            one.action,
            spoken(one.action),
            count(max(1, round(one.persons))),
            _between(one),
            hundred(one.share),
            one.persons / most,
        )
        for one in shown
    ]


def _between(one: Coming) -> str:
    return "" if one.low is None or one.high is None else f"({count(round(one.low))}–{count(round(one.high))})"


def list_answer(found: WorthyPage, order: str) -> str:
    if not found.rows:
        return _("Nobody yet of whom we can say anything.")
    said = ngettext(
        "%(n)s person, looked at for the coming %(days)s days.",
        "%(n)s people, those %(order)s in the coming %(days)s days first.",
        found.total,
    )
    return said % {"n": count(found.total), "order": ORDERS[order], "days": found.rows[0].horizon_days}


def as_of(found: Report | WorthyPage) -> str:
    return "" if found.as_of is None else _("As of %(day)s.") % {"day": day(found.as_of)}


def hundred(share: float) -> str:
    """0.31 -> 31, 0.004 -> fewer than 1, 0.998 -> nearly all, of 100."""
    if 0 < share < RARE:
        return _("fewer than 1")
    if NEARLY_SURE < share < 1:
        return _("nearly all")
    return str(round(100 * share))


# --- one person


def next_opening(move: NextMove) -> str:
    """The next act and its odds, in one sentence; the second half only where it is known."""
    parts = []
    if move.within_horizon is not None:
        said = _("Of 100 such people about %(n)s do something within %(days)s days.")
        parts.append(said % {"n": hundred(move.within_horizon), "days": move.horizon_days})
    if move.actions:
        said = _("What comes first then, for %(n)s of 100: %(what)s.")
        parts.append(said % {"what": spoken(move.actions[0].what), "n": hundred(move.actions[0].share)})
    return " ".join(parts)


def next_when(move: NextMove) -> str:
    if move.median_days is None or move.low_days is None or move.high_days is None:
        return ""
    said = _("Most likely in about %(mid)s; 8 of 10 times between %(low)s and %(high)s.")
    return said % {"mid": days(move.median_days), "low": days(move.low_days), "high": days(move.high_days)}


def next_worth(move: NextMove) -> str:
    worth = move.worth
    buys = worth is not None and worth.currency is not None
    if worth is None or (not buys and move.within_horizon is not None):  # that they come at all is told already
        return ""
    again = _("Of 100 such people about %(n)s buy again within %(days)s days (between %(low)s and %(high)s).")
    back = _("Of 100 such people about %(n)s come back within %(days)s days (between %(low)s and %(high)s).")
    said = (again if buys else back) % {
        "n": hundred(worth.returns), "days": worth.horizon_days,
        "low": hundred(worth.returns_low), "high": hundred(worth.returns_high),
    }  # fmt: skip
    if worth.value is not None and worth.low is not None and worth.high is not None:
        said += " " + _("That is worth about %(value)s %(currency)s, of one person between %(low)s and %(high)s.") % {
            "value": count(round(worth.value)), "currency": worth.currency or "",
            "low": count(round(worth.low)), "high": count(round(worth.high)),
        }  # fmt: skip
    return said


def next_needs(move: NextMove) -> str:
    """Of which kind what they turn to next is; empty where there is one kind only, or none of them shows."""
    shown = [one for one in move.needs if round(100 * one.share) >= 1]
    if not shown or (len(shown) == 1 and round(100 * shown[0].share) > 98):
        return ""
    first, *others = ({"n": hundred(one.share), "kind": one.what} for one in shown)
    parts = [_("What they turn to next is for about %(n)s of 100 such people “%(kind)s”") % first]
    parts += [_("for %(n)s “%(kind)s”") % other for other in others]
    return ", ".join(parts) + "."


def next_changes(move: NextMove) -> str:
    """What would change it, a sentence for what changes most and one for silence; empty where nothing shows."""
    # What the same act would do to itself is hard to hear: another one is told.
    acts = [change for change in move.changes if change.act is not None and change.act != change.what]
    silences = [change for change in move.changes if change.act is None]
    parts = []
    for change in acts[:1]:
        said = _("Right after “%(act)s”, “%(what)s” would come next for %(n)s of 100, not %(instead)s.")
        parts.append(said % {"act": spoken(change.act or ""), "what": spoken(change.what or ""), **_shares(change)})
    for change in silences[:1]:
        said = _("After a week more of silence %(n)s of 100 would do something within %(days)s days, not %(instead)s.")
        parts.append(said % {"days": change.days, **_shares(change)})
    return " ".join(parts)


def _shares(change: Change) -> dict[str, str]:
    return {"n": hundred(change.share), "instead": hundred(change.instead)}


def next_as_of(move: NextMove) -> str:
    """For when all that was told holds, and what of it is older."""
    if move.latest is None:
        return _("As foretold on %(day)s.") % {"day": day(move.as_of)}
    if not move.anew:
        said = _("They did something since, on %(latest)s; the last refresh kept no model to ask anew.") + " "
        said += _("So this is still as foretold on %(day)s.")
        return said % {"latest": day(move.latest), "day": day(move.as_of)}
    said = _("As of what they did last (%(when)s); no refresh was needed.")
    said %= {"when": at(move.latest)}
    older = [str(words) for part, words, told in (
        ("action", _("the next act"), move.actions),
        ("objects", _("what they may turn to"), move.objects),
        ("worth", _("what it is worth"), move.worth),
    ) if told and part not in move.anew]  # fmt: skip
    if older:
        said += " " + _("From the last refresh: %(parts)s.") % {"parts": listed(older)}
    return said


def days(number: float) -> str:
    """0.2 -> 5 hours, 12.3 -> 12 days, 400 -> 13 months."""
    if number < 1:
        return _("%(n)s hours") % {"n": max(1, round(24 * number))}
    if number < 100:
        return _("%(n)s days") % {"n": round(number)} if round(number) != 1 else _("a day")
    return _("%(n)s months") % {"n": round(number / 30.4)}


def score_words(one: Scored) -> str:
    """What the forecasts of one kind came to, as a sentence for a table."""
    if one.happened < RARE:
        said = _("foretold %(given)s of 100, came %(came)s")
    else:
        said = _("foretold %(given)s of 100, came %(came)s (%(low)s to %(high)s)")
    return said % {
        "given": hundred(one.forecast_mean), "came": hundred(one.happened),
        "low": hundred(one.low), "high": hundred(one.high),
    }  # fmt: skip
