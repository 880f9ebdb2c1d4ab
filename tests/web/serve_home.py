"""Serve the pages of a workspace, and nothing else: python -m tests.web.serve_home HOME PORT.

Prints the path of a one-time sign-in link.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from kundskab.web import manage


def main(home: Path, port: int) -> None:
    manage.prepare(home)
    sys.stdout.write(manage.one_time_login(home) + "\n")
    sys.stdout.flush()
    from kundskab.web.asgi import application

    uvicorn.run(application, host="127.0.0.1", port=port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
