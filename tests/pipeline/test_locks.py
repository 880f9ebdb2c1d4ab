"""One writer at a time; the second is told who holds the right, and nobody waits for ever."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from tests.house import House, track

from kundskab.pipeline.locks import writer_lock
from kundskab.types import Busy


def test_a_second_writer_is_told_who_writes_and_what_helps(tmp_path: Path) -> None:
    with writer_lock(tmp_path, "import"), pytest.raises(Busy) as told, writer_lock(tmp_path, "digest"):
        pass

    sentence = str(told.value)
    assert f"process {os.getpid()} (import)" in sentence
    assert sentence.endswith("try again.")
    assert sentence.count(". ") == 0


def test_a_digest_beside_another_writer_gives_way(house: House) -> None:
    house.hear(track())

    with writer_lock(house.home.run, "import"), pytest.raises(Busy):
        house.digest()

    assert house.digest().stored == 1


def test_the_lock_is_free_again_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writer_lock(tmp_path, "digest"):
        1 / 0  # noqa: B018

    with writer_lock(tmp_path, "digest"):
        pass


def test_who_waits_gets_in_although_the_holder_asks_again_at_once(tmp_path: Path) -> None:
    # The worker digests a backlog: it lets go and takes hold again within microseconds, over and over.
    asked, got_in, stop = threading.Event(), threading.Event(), threading.Event()
    rounds_waited = 0

    def digest_on_and_on() -> None:
        nonlocal rounds_waited
        while not stop.is_set():
            with writer_lock(tmp_path, "digest", wait_seconds=10):
                stop.wait(0.03)
                rounds_waited += asked.is_set() and not got_in.is_set()

    def look_somebody_up() -> None:
        asked.set()
        with writer_lock(tmp_path, "find", wait_seconds=10):
            got_in.set()

    for deed in (digest_on_and_on, look_somebody_up):
        threading.Thread(target=deed, daemon=True).start()
    in_time = got_in.wait(10)
    stop.set()

    assert in_time
    assert rounds_waited <= 2
