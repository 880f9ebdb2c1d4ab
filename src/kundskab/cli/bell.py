"""Waiting for signals."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Collection
from types import FrameType
from typing import Any, Self

_Handler = Callable[[int, FrameType | None], Any] | int | None


class Bell:
    """Rings when one of these signals comes, for whoever waits; in the main thread only.

    Not `sigtimedwait`: it needs the signals blocked in every thread, and libraries start threads of their own; a
    SIGCHLD that such a thread receives is gone, and with it the news that a child has ended.
    """

    def __init__(self, signals: Collection[signal.Signals]) -> None:
        self._signals = signals
        self._before: dict[signal.Signals, _Handler] = {}
        self._hear, self._ring = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._ring_before = -1

    def __enter__(self) -> Self:
        self._ring_before = signal.set_wakeup_fd(self._ring, warn_on_full_buffer=False)
        for number in self._signals:
            self._before[number] = signal.signal(number, lambda *_: None)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._ring_before)
        os.close(self._hear)
        os.close(self._ring)

    def wait(self, seconds: float) -> set[signal.Signals]:
        """The signals that came since the last wait, at once or within so many seconds; none when none came."""
        if not select.select([self._hear], [], [], seconds)[0]:
            return set()
        return {signal.Signals(number) for number in os.read(self._hear, 4096)}
