"""The API put together: its parser, its key, its refusals, its parts."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.parser import Parser

from kundskab.web.api import consents, forms, people, problems, state
from kundskab.web.api.keys import ReadKeyShown

MOST_DEPTH = 20

DESCRIPTION = """\
What a company's own servers ask about their customers, and tell. Show a read key (`kr_...`, see `kundskab keys`) as
`Authorization: Bearer kr_...`. A key answers for its purposes only. Identifiers go in bodies, never in addresses."""


class StrictParser(Parser):
    """JSON as it is defined: no NaN, no lone surrogates, no bottomless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        content = orjson.loads(request.body)
        if _depth(content) > MOST_DEPTH:
            raise ValueError("nested too deeply")
        return content


def _depth(content: Any) -> int:
    """How deep lists and objects lie in each other; orjson takes no more than 1024 levels, which Python can walk."""
    if not isinstance(content, dict | list):
        return 0
    inside = content.values() if isinstance(content, dict) else content
    return 1 + max(map(_depth, inside), default=0)


api = NinjaAPI(
    title="Kundskab",
    version="1",
    description=DESCRIPTION,
    auth=ReadKeyShown(),
    parser=StrictParser(),
    docs_url=None,  # its page fetches from elsewhere and needs inline scripts; ours is docs.py
    urls_namespace="api",
)
problems.install(api)
for _part in (people, consents, forms, state):
    api.add_router("", _part.router)
