"""@segment/analytics-node and @rudderstack/rudder-sdk-node, each in a process of its own, through a bad net."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from pathlib import Path

import pytest
from tests.sdks.shim import FAULTS, shim
from tests.server import Server

NODE = Path(__file__).parent / "node"
VISITS = 25
_MISSING = None
if shutil.which("node") is None:
    _MISSING = "Node is missing"
elif not (NODE / "node_modules" / "@segment").exists():
    _MISSING = "the Node clients are not installed; run: make sdks"
if _MISSING:
    warnings.warn(f"THE NODE CLIENTS WERE NOT TESTED: {_MISSING}", stacklevel=1)

pytestmark = [pytest.mark.sdk, pytest.mark.skipif(_MISSING is not None, reason=_MISSING or "")]


@pytest.mark.parametrize("name", ["segment", "rudder"])
@pytest.mark.parametrize("faults", [(), *((fault,) for fault in FAULTS)], ids=lambda faults: "+".join(faults) or "none")
def test_every_event_arrives_once(server: Server, name: str, faults: tuple[str, ...]) -> None:
    source = f"{name}-node-{'-'.join(faults) or 'none'}"
    key = server.new_key(source)

    with shim(server.port, faults) as way:
        command = ["node", str(NODE / f"{name}.js"), way.url, key, str(VISITS)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=90)

    rows = server.stored(source)
    books = server.books(source)
    assert ran.returncode == 0, ran.stderr
    assert way.done == list(faults)
    assert len({row["event_id"] for row in rows}) == len(rows) == VISITS + 6
    assert sorted(row["object"] for row in rows if row["action"] == "visit") == sorted(f"p{n}" for n in range(VISITS))
    assert [str(row["value"]) for row in rows if row["action"] == "order completed"] == ["399.0000"]
    assert books.received == books.stored + books.duplicate
    assert (books.duplicate > 0) == ("lost" in faults)
