"""A bad way through the net: stands between a client and the server and spoils the first requests as told.

"429": try again in a second.  "500": an error.  "close": hung up before the server heard it.  "lost": the server took
it and the answer got lost, so that the client must send it again and the server must notice.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULTS = ("429", "500", "close", "lost")
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
_CORS = [("Access-Control-Expose-Headers", "Retry-After")]


@dataclass
class Shim:
    """url: what the client believes to be the server. done: the faults that really happened, in order."""

    url: str
    done: list[str] = field(default_factory=list)
    requests: list[tuple[str, str, int]] = field(default_factory=list)  # (method, path, status the client saw or 0)


@contextmanager
def shim(port: int, faults: Sequence[str]) -> Iterator[Shim]:
    """Listen on a free port of loopback and pass everything on to the server on `port`."""
    left = list(faults)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self._body()
            with lock:
                fault = left.pop(0) if left and not self.path.endswith("/m") else None
                if fault is not None:
                    through.done.append(fault)
            if fault == "429":
                self._say(429, [("Retry-After", "1"), *self._cors()], b"{}")
            elif fault == "500":
                self._say(500, self._cors(), b"{}")
            elif fault == "close":
                self._hang_up()
            else:
                answer = self._pass_on(body)
                self._hang_up() if fault == "lost" else self._say(*answer)

        def do_GET(self) -> None:
            self._say(*self._pass_on(self._body()))

        do_OPTIONS = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

        def _cors(self) -> list[tuple[str, str]]:
            origin = self.headers.get("Origin")
            return [("Access-Control-Allow-Origin", origin), *_CORS] if origin else []

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _pass_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            onward = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            onward.request(self.command, self.path, body=body or None, headers=headers)
            answer = onward.getresponse()
            content = answer.read()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP]
            onward.close()
            return answer.status, kept, content

        def _say(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            through.requests.append((self.command, self.path, status))
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _hang_up(self) -> None:
            through.requests.append((self.command, self.path, 0))
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    through = Shim(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield through
    finally:
        server.shutdown()
        server.server_close()
