"""How large a foreign thing may be."""

from __future__ import annotations

MAX_LINE_BYTES = 2_000_000
