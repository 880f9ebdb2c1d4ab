"""A progress bar on stderr, silent where nobody looks; in a notebook it is drawn below the cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(*, show: bool = True) -> Iterator[Callable[[str, float], None]]:
    """Gives a function to tell what is being done, and which share of all is done (0-1)."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<26}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not show) as drawn:
        task = drawn.add_task("reading", total=1.0)
        yield lambda what, share: drawn.update(task, description=what, completed=share)
