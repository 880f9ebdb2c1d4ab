"""The floor under the collector: its server and its journal, and nothing between them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import uvloop

from bench.serving import listening_fd, serve
from kundskab.collector.serve import settle
from kundskab.journal import Entry, GroupCommit, Journal
from kundskab.types import utc_now

_ANSWER = b'{"success":true}'


async def main(folder: Path, fd: int) -> None:
    commit = GroupCommit(Journal.open(folder))

    async def store(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if body:
            await commit.append(Entry("floor", utc_now(), b"{}", body, 1))
        length = b"%d" % len(_ANSWER)
        headers = [(b"content-length", length), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": _ANSWER})

    settle()
    await serve(store, fd)
    await commit.close()


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1]), listening_fd(sys.argv)))
