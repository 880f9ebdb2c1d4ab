"""The questions of Explore besides trends: what a page of each needs, one way for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kundskab.pipeline.explore import Choices

TABS = (("explore", _("Trend")), ("funnel", _("Funnel")), ("retention", _("Retention")), ("paths", _("Paths")))
_PLACES = (*TABS, ("explore_metrics", _("Metrics")), ("explore_saved", _("Kept")))


class Asking(Protocol):
    """A question as an address says it, and as the desk wants it. only: on what condition, as a sentence, or ""."""

    @property
    def query(self) -> Any: ...
    @property
    def only(self) -> str: ...
    @property
    def said(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question.

    read: address -> question.  words: question -> what its form offers.  told: answer -> what its template needs.
    which: address -> the people asked for, as `chosen` of the metric takes them, and what they did, in words that
    follow "40 people".  sheet: answer -> lines of a file.
    """

    name: str  # of its address
    read: Callable[[QueryDict, Choices, date], Asking]
    words: Callable[[Any], dict[str, Any]]
    told: Callable[[Any, Any, bool], dict[str, Any]]
    which: Callable[[QueryDict, Any], tuple[dict[str, Any], str]]
    sheet: Callable[[Any], Iterator[list[Any]]]
    figure: Callable[[Any, str, Callable[..., str]], Any]
    link: Callable[..., str]

    @property
    def template(self) -> str:
        return f"explore/{self.name}.html"


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """{url, text, here} of every kind of question."""
    return [
        {
            "url": reverse(name),
            "text": text,
            "here": request.path == reverse(name) or (name != "explore" and request.path.startswith(reverse(name))),
        }
        for name, text in _PLACES
    ]
