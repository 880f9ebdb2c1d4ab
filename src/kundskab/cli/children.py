"""A child process that is started again whenever it ends."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
STEADY_SECONDS = 10.0  # a child that lived so long starts again without waiting longer each time
_NOTHING_DUE_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

log = logging.getLogger("kundskab.serve")


class Child:
    """One process of a kind; `look` starts it when it is due. To be used in the main thread: the child dies with it."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], handles: Sequence[int]
    ) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._handles = handles
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._next_start = 0.0
        self._wait_seconds = FIRST_WAIT_SECONDS

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def look(self, now: float) -> None:
        """Notice an end, and start when it is time. now: of the monotonic clock."""
        if self._process is not None and self._process.poll() is not None:
            self._ended(self._process.returncode, now)
        if self._process is None and now >= self._next_start:
            self._start(now)

    def due(self, now: float) -> float:
        """Seconds until `look` has something to do by itself."""
        return _NOTHING_DUE_SECONDS if self._process is not None else max(0.0, self._next_start - now)

    def ask_to_stop(self) -> None:
        if self.is_running and self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End it now if it still runs, and take leave of it."""
        if self._process is not None:
            if self.is_running:
                log.warning("killed name=%s pid=%d", self.name, self._process.pid)
                self._process.kill()
            self._process.wait()

    def _start(self, now: float) -> None:
        self._process = subprocess.Popen(
            self._command,
            env=dict(self._environment),
            pass_fds=self._handles,
            stdin=subprocess.DEVNULL,
            preexec_fn=_die_with(os.getpid()),
        )
        self._started = now
        log.info("started name=%s pid=%d", self.name, self._process.pid)

    def _ended(self, code: int, now: float) -> None:
        lived = now - self._started
        if lived >= STEADY_SECONDS:
            self._wait_seconds = FIRST_WAIT_SECONDS
        self._next_start = now + self._wait_seconds
        log.warning(
            "ended name=%s code=%d lived_seconds=%.1f again_in=%.1f", self.name, code, lived, self._wait_seconds
        )
        self._wait_seconds = min(LONGEST_WAIT_SECONDS, self._wait_seconds * 2)
        self._process = None


def _die_with(parent: int) -> Callable[[], None]:
    """Run in the child between fork and exec: the kernel kills it when its parent dies, even by kill -9."""
    prctl = _prctl()

    def prepare() -> None:
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the kernel knew of our wish
            os._exit(1)

    return prepare


def _prctl() -> Callable[[int, int], int] | None:
    with suppress(OSError, AttributeError):
        call: Callable[[int, int], int] = ctypes.CDLL(None, use_errno=True).prctl
        return call
    return None  # not Linux: then only the process group and systemd hold the children
