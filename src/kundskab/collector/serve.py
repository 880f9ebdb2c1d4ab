"""One collector worker: takes a listening socket that its supervisor opened, and answers until told to stop.

The socket belongs to the supervisor, so connections wait in its backlog while a worker is replaced.
Run as `python -m kundskab.collector.serve --home DIR --fd N`.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import orjson
import uvicorn

from kundskab.collector import keys
from kundskab.collector.app import Collector
from kundskab.collector.forward import Forward
from kundskab.collector.intake import Intake
from kundskab.collector.options import Options
from kundskab.collector.protocol import ImpatientProtocol
from kundskab.collector.refusals import Refusals
from kundskab.journal import GroupCommit, Journal
from kundskab.types import KundskabError
from kundskab.vault import KeyFile, Vault, path_for

KEEP_ALIVE_SECONDS = 75  # longer than clients keep idle connections, so that it is they who close
STOP_SECONDS = 10
YOUNG_OBJECTS = 50_000  # made and not yet freed before garbage is searched for

log = logging.getLogger("kundskab.collector")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 0 when stopped so, 1 with one sentence when it could not start."""
    parser = argparse.ArgumentParser(prog="kundskab.collector.serve", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--fd", type=int, required=True, help="an inherited listening socket")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write down every address, and addresses name people
    try:
        return run(given.home, given.fd)
    except KundskabError as error:
        log.error("cannot start: %s", error)
        return 1


def run(home: Path, fd: int) -> int:
    """Serve on the listening socket `fd`; returns the exit code. Raises KundskabError when it cannot start."""
    listening = socket.socket(fileno=fd)
    with (
        Vault.open(home / "vault.sqlite", _key_file(home)) as vault,
        asyncio.Runner(loop_factory=_loop_factory()) as runner,
    ):
        return runner.run(_serve(home, vault, listening))


@asynccontextmanager
async def collector(home: Path, vault: Vault, options: Options) -> AsyncIterator[Collector]:
    """The application over this home folder, with its background tasks, inside a running loop."""
    known = keys.from_vault(vault, home / "run")
    await known.refresh()
    refusals = Refusals()
    commit = GroupCommit(Journal.open(home / "journal"))
    pages = Forward(home / "run" / "web.sock")
    intake = Intake(known, commit, options=options, refusals=refusals)
    tasks = [asyncio.create_task(work) for work in (known.refresh_for_ever(), refusals.write_for_ever())]
    log.info("collector open journal=%s pid=%d", commit.name, os.getpid())
    try:
        yield Collector(intake=intake, keys=known, commit=commit, pages=pages)
    finally:
        for task in tasks:
            task.cancel()
        await commit.close()  # first what was promised, then the courtesies
        refusals.write()
        with suppress(Exception):
            await known.write_use()
        await pages.close()
        log.info("collector closed journal=%s pid=%d", commit.name, os.getpid())


async def _serve(home: Path, vault: Vault, listening: socket.socket) -> int:
    async with collector(home, vault, Options.read()) as app:
        settle()
        server = _Server(
            uvicorn.Config(
                app,
                loop="none",
                http=ImpatientProtocol,
                ws="none",
                lifespan="off",
                access_log=False,
                log_level="warning",
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        await server.serve(sockets=[listening])
    return 0


def settle() -> None:
    """Take what is loaded by now out of the search for garbage, and search more seldom.

    The thousands of objects of a batch die with their request, without being searched for. Walking through all
    modules on their account took a quarter of a worker's time and made senders wait up to a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 100)


class _Server(uvicorn.Server):
    """Stops on SIGTERM and SIGINT, and then lets its caller finish.

    uvicorn's own handling raises the signal again once it has stopped, which kills the process before the journal is
    closed.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def _key_file(home: Path) -> KeyFile:
    try:
        workspace_id = str(orjson.loads((home / "workspace.json").read_bytes())["workspace_id"])
    except (FileNotFoundError, KeyError, ValueError):
        raise KundskabError(f"There is no workspace in {home}; make one with: kundskab init --home {home}") from None
    return KeyFile.load(path_for(workspace_id), workspace_id)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not on Windows
        return None
    return uvloop.new_event_loop


if __name__ == "__main__":
    sys.exit(main())
