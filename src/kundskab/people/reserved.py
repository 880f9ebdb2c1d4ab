"""Values that look like an identifier and are none: what programs write when they do not know who it was."""

from __future__ import annotations

# Seen in real streams. Each would join thousands of strangers into one "person".
_NOBODY = frozenset(
    {
        "",
        "0",
        "-1",
        "null",
        "nil",
        "undefined",
        "none",
        "nan",
        "n/a",
        "na",
        "unknown",
        "anonymous",
        "guest",
        "true",
        "false",
        "[object object]",
        "{}",
        "[]",
        "00000000-0000-0000-0000-000000000000",
    }
)
# A full e-mail address or phone number cannot be one of these words; ids can.
_IDS = frozenset({"user_id", "anonymous_id", "group_id"})


def is_reserved(kind: str, value: str) -> bool:
    """Whether this identifier stands for nobody: "null", "undefined", "0", "[object Object]", only space ..."""
    bare = value.strip().strip("\"'").lower()
    return bare in _NOBODY if kind in _IDS else bare in ("", "null", "undefined", "none", "nan", "[object object]")
