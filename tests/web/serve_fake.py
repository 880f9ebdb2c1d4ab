"""Serve the pages over invented answers, to look at them: python tests/web/serve_fake.py HOME PORT."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import uvicorn
from fake_desk import FakeDesk

from kundskab.types import utc_now
from kundskab.web import manage

if __name__ == "__main__":
    home, port = Path(sys.argv[1]), int(sys.argv[2])
    home.mkdir(parents=True, exist_ok=True)
    manage.prepare(home)
    sys.stdout.write(manage.one_time_login(home) + "\n")
    sys.stdout.flush()
    import fake_desk

    from kundskab.web import desk
    from kundskab.web.asgi import application

    fake_desk.NOW = utc_now() - timedelta(minutes=1)
    desk.use(FakeDesk())  # type: ignore[arg-type]
    uvicorn.run(application, host="127.0.0.1", port=port, log_level="warning", lifespan="off")
