"""Commands for an empty workspace, ready to copy."""

from __future__ import annotations

CURL = """\
curl -u "$KEY:" {address}/v1/track -d '{{
  "userId": "ann",
  "event": "Order Completed",
  "properties": {{"order_id": "1001", "total": 1204, "currency": "{currency}"}},
  "context": {{"consent": {{"categoryPreferences": {{"analytics": true}}}}}}
}}'"""

PYTHON = """\
import segment.analytics as analytics

analytics.write_key = "kw_..."
analytics.host = "{address}"
analytics.track(
    "ann",
    "Order Completed",
    {{"order_id": "1001", "total": 1204, "currency": "{currency}"}},
    context={{"consent": {{"categoryPreferences": {{"analytics": True}}}}}},
)
analytics.flush()"""


def all_for(*, address: str, home: str, currency: str) -> dict[str, str]:
    """name -> text, with the address people reach us at and the workspace's own folder filled in."""
    return {
        "import_file": f"kundskab import orders.csv --home {home}",
        "make_key": f"kundskab keys create --source web --home {home}",
        "curl": CURL.format(address=address, currency=currency),
        "python": PYTHON.format(address=address, currency=currency),
    }
