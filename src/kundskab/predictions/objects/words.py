"""Why an object may be next, in words that name other objects as the data do; and the same by their names."""

from __future__ import annotations

from collections.abc import Callable

OFTEN, SAME, LATELY = "often follows {}", "people who turned to {} turn to it", "many turn to it lately"
BESIDE = "often comes shortly before or after {}"
AGAIN = "they turned to it before, and people turn to such things again"


def by_name(reason: str, called: Callable[[str], str | None]) -> str:
    """The reason with what the object in it is called; as it is where that has no name.

    called: an object -> its name.
    """
    for words in (OFTEN, SAME, BESIDE):
        before, after = words.split("{}")
        if reason.startswith(before) and reason.endswith(after):
            thing = reason[len(before) : len(reason) - len(after)]
            return words.format(called(thing) or thing)
    return reason
