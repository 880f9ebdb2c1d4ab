"""kundskab serve | worker | login: everything on one port, kept alive."""

from __future__ import annotations

import argparse
import os
import signal
import threading

from kundskab.cli.common import Commands, command, log_deeds, quiet, workspace
from kundskab.cli.listening import USUAL_PORT, last_port

_POLITE = 10  # the niceness of what computes for minutes


def register(commands: Commands) -> None:
    serve = command(commands, "serve", _serve, "Run collector, pages and worker on one port, and keep them alive.")
    serve.add_argument("--port", type=int, default=USUAL_PORT, help="(%(default)s)")
    serve.add_argument("--host", default="127.0.0.1", help="(%(default)s)")
    serve.add_argument("--workers", type=int, default=1, help="collector processes (%(default)s)")
    worker = command(commands, "worker", _worker, "Only the clock: digest what comes in, keep the lake tidy.")
    worker.add_argument("--refresh", action="store_true", help="the slow hand instead: refresh once when it is due")
    login = command(commands, "login", _login, "Print a link that signs the owner in, once, within 24 hours.")
    login.add_argument("--port", type=int, help="of the server (where this home was served last)")
    login.add_argument("--email", help="whose account (the owner's)")
    login.add_argument(
        "--reset-second-step", action="store_true", help="for whoever lost phone and recovery codes: take theirs away"
    )


def _serve(given: argparse.Namespace) -> int:
    from kundskab.cli.supervisor import serve
    from kundskab.web import manage

    with workspace(given.home, make=True) as ws:
        ws.status()  # opens everything once, so that what is wrong is said here and not by a child
    manage.prepare(given.home.resolve())
    log_deeds()
    said = f"Kundskab on http://{given.host}:{given.port}   (sign in with: kundskab login --home {given.home})"
    return serve(given.home, given.host, given.port, workers=given.workers, ready=lambda: print(said, flush=True))


def _worker(given: argparse.Namespace) -> int:
    log_deeds()
    return _refresh(given) if given.refresh else _work(given)


def _work(given: argparse.Namespace) -> int:
    from kundskab.pipeline.home import Home
    from kundskab.pipeline.worker import work

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Home.open(given.home) as home:
        work(home, stop)
    return 0


def _refresh(given: argparse.Namespace) -> int:
    from kundskab.pipeline.home import Home
    from kundskab.pipeline.refresh.clock import keep_fresh

    os.nice(_POLITE)  # whoever waits for a page or an answer comes first
    with Home.open(given.home) as home:
        keep_fresh(home, threading.Event())  # no handlers: it may be stopped anywhere, and goes on where it was
    return 0


def _login(given: argparse.Namespace) -> int:
    from kundskab.web import manage

    quiet()
    home = given.home.resolve()
    with workspace(home):
        manage.prepare(home)
    if given.reset_second_step:
        manage.reset_second_step(home, given.email or manage.OWNER)
    path = manage.one_time_login(home, given.email) if given.email else manage.one_time_login(home)
    print(f"http://127.0.0.1:{given.port or last_port(home / 'run')}{path}")
    return 0
