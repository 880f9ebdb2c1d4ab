"""Sealing secrets with the workspace's key file, by way of pipeline: pages know no vault."""

from __future__ import annotations

from django.conf import settings

from kundskab.pipeline.home import Home
from kundskab.pipeline.web_secrets import is_sealed_by_active
from kundskab.pipeline.web_secrets import seal as seal_for
from kundskab.pipeline.web_secrets import unseal as unseal_for


def seal(text: str) -> str:
    with Home.open(settings.HOME) as home:
        return seal_for(home, text)


def unseal(sealed: str) -> str:
    """Raises KundskabError when the key file does not hold what sealed it."""
    with Home.open(settings.HOME) as home:
        return unseal_for(home, sealed)


def renewed(sealed: str) -> str | None:
    """The same secret sealed by the newest key, or None when it is already."""
    with Home.open(settings.HOME) as home:
        return None if is_sealed_by_active(home, sealed) else seal_for(home, unseal_for(home, sealed))
