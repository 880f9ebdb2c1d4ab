"""The web stack with one address more: the floor, which does a single primary-key lookup and nothing else.

A settings module: `serve` started with DJANGO_SETTINGS_MODULE=bench.stack answers everything as always, and /api/floor.
"""

from __future__ import annotations

from typing import Any

from kundskab.web.settings import *  # noqa: F403

ROOT_URLCONF = "bench.stack_urls"


def floor(request: Any) -> Any:
    """The token of a user id, found by its key in the vault: no read key, no purpose, no note."""
    import orjson
    from django.http import HttpResponse

    from kundskab.web.desk import the_desk

    actor = the_desk().home.vault.find("user_id", request.GET["user_id"])
    return HttpResponse(orjson.dumps({"actor": actor}), content_type="application/json")
