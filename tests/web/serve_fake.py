"""Serve the pages over invented answers, to look at them: python -m tests.web.serve_fake HOME PORT.

Prints the path of a one-time sign-in link. A new event is stored every second.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import uvicorn
from tests.web import fake_desk

from kundskab.pipeline.answers import EventRow
from kundskab.types import utc_now
from kundskab.web import manage


class BusyDesk(fake_desk.FakeDesk):
    """Its tail grows by an event a second, and Ann's story is longer than a page."""

    def __post_init__(self) -> None:
        super().__post_init__()
        years = [timedelta(days=500 * back) for back in range(4)]
        self.events = [replace(row, occurred_at=row.occurred_at - back) for back in years for row in self.events]

    def tail(self, *, purpose: str = "analytics", limit: int = 50) -> list[EventRow]:
        seconds = int((utc_now() - fake_desk.NOW).total_seconds())
        stored = [
            fake_desk.event(1000 + second, occurred_at=fake_desk.NOW + timedelta(seconds=second))
            for second in range(seconds, 0, -1)
        ]
        return [*stored, *self.newest][:limit]


def main(home: Path, port: int) -> None:
    home.mkdir(parents=True, exist_ok=True)
    manage.prepare(home)
    sys.stdout.write(manage.one_time_login(home) + "\n")
    sys.stdout.flush()
    from kundskab.web import desk
    from kundskab.web.asgi import application

    fake_desk.NOW = utc_now()
    desk.use(BusyDesk())  # type: ignore[arg-type]
    uvicorn.run(application, host="127.0.0.1", port=port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
