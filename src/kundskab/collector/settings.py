"""What the two browser SDKs fetch before they send anything. Never refused for a known key: `load()` would reject."""

from __future__ import annotations

from typing import Any


def segment(key: str, *, address: str) -> dict[str, Any]:
    """`GET /v1/projects/{key}/settings` for analytics-next and the mobile SDKs.

    address: this server as the browser sees it, like "https://events.example.com".
    """
    scheme, _, host = address.partition("://")
    return {
        # Only Segment.io: any further name makes the SDK load a third-party destination.
        "integrations": {"Segment.io": {"apiKey": key, "apiHost": f"{host}/v1", "protocol": scheme}},
        "plan": {},
        "metrics": {"sampleRate": 0},
    }


def rudder(key: str, *, source: str) -> dict[str, Any]:
    """`GET /sourceConfig/` for @rudderstack/analytics-js."""
    return {
        "source": {
            "id": source,
            "name": source,
            "writeKey": key,
            "enabled": True,
            "workspaceId": "kundskab",
            "config": {"statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}},
            "connections": [],
            "destinations": [],
            "sourceDefinition": {"name": "Javascript"},
            "dataplanes": {},
        },
        "updatedAt": "2026-01-01T00:00:00.000Z",
    }
