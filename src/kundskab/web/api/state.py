"""The state of the workspace: the books."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from kundskab.web.api.problems import REFUSALS
from kundskab.web.api.shapes import StatusOut
from kundskab.web.desk import the_desk

router = Router(tags=["status"])


@router.get("/status", response={200: StatusOut, **REFUSALS}, summary="Do the books balance?")
def read_status(request: HttpRequest) -> Any:
    """What came in and what became of it. Counts only: no person, no purpose."""
    return the_desk().status()
