"""What is kept of an event's context: little, and nothing that points at a person.

No IP address, no user agent, no query strings: they hold e-mail addresses and search words more often than not.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_LIBRARY_CHANNELS = (  # the first that the library's name holds
    ("analytics.js", "web"),
    ("analytics-next", "web"),
    ("javascript", "web"),
    ("ios", "mobile"),
    ("android", "mobile"),
    ("swift", "mobile"),
    ("kotlin", "mobile"),
    ("react-native", "mobile"),
    ("react_native", "mobile"),
    ("flutter", "mobile"),
    ("analytics-", "server"),
    ("rudder-sdk", "server"),
    ("rudder-", "server"),
)
_PARTS = (
    ("app", ("name", "version")),
    ("device", ("type",)),
    ("os", ("name",)),
    ("screen", ("width", "height")),
)
_LONGEST = 255


def kept_context(context: dict[str, Any]) -> dict[str, Any]:
    """Page, campaign, app, device and language; {} when there is none of them."""
    if not context:
        return {}
    kept: dict[str, Any] = {}
    page = context.get("page")
    campaign = context.get("campaign")
    if type(page) is dict:
        kept["path"] = page.get("path")
        kept["title"] = page.get("title")
        kept["referrer"] = _host(page.get("referrer"))
        campaign = campaign if type(campaign) is dict else _campaign(page.get("search"))
    if campaign and type(campaign) is dict:
        kept["campaign"] = _short(campaign, campaign)
    for name, fields in _PARTS:
        part = context.get(name)
        if part and type(part) is dict:
            kept[name] = _short(part, fields)
    kept["locale"] = context.get("locale")
    kept["timezone"] = context.get("timezone")
    return {name: value for name, value in kept.items() if value and (type(value) is dict or _is_short(value))}


def channel_of(raw: dict[str, Any], context: dict[str, Any], properties: dict[str, Any]) -> str | None:
    """Where it happened: what the event says itself, else what its library tells (web, mobile, server)."""
    if _is_word(properties.get("channel")):
        return str(properties.pop("channel")).strip().lower()
    for said in (raw.get("channel"), context.get("channel")):
        if _is_word(said):
            return str(said).strip().lower()
    library = context.get("library")
    name = library.get("name") if type(library) is dict else None
    return _library_channel(name) if type(name) is str else None


def without_query(url: Any) -> Any:
    """A URL up to its path; what is no URL stays as it is."""
    if type(url) is str and ("?" in url or "#" in url):
        return url.partition("#")[0].partition("?")[0]
    return url


def path_of(url: Any) -> str | None:
    if type(url) is not str:
        return None
    try:
        return urlsplit(url).path or None
    except ValueError:
        return None


@lru_cache(maxsize=1_024)
def _library_channel(name: str) -> str | None:
    lowered = name.lower()
    return next((channel for part, channel in _LIBRARY_CHANNELS if part in lowered), None)


def _short(part: dict[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    return {field: part[field] for field in fields if field in part and _is_short(part[field])}


def _is_word(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= _LONGEST and not value.isspace()


def _is_short(value: Any) -> bool:
    if type(value) is str:
        return len(value) <= _LONGEST
    return type(value) is int or type(value) is float or type(value) is bool


def _host(url: Any) -> str | None:
    """The host of a URL; by hand, for urlsplit takes longer than everything else here."""
    if type(url) is not str or "//" not in url:
        return None
    authority = without_query(url.partition("//")[2].partition("/")[0])
    return authority.rpartition("@")[2].partition(":")[0].lower() or None


def _campaign(search: Any) -> dict[str, Any]:
    """utm_ parameters of a query string, without the prefix; nothing else of it is kept."""
    if type(search) is not str or "utm_" not in search:
        return {}
    try:
        pairs = parse_qsl(search.lstrip("?"), max_num_fields=100)
    except ValueError:
        return {}
    return {name[4:]: value for name, value in pairs if name.startswith("utm_")}
