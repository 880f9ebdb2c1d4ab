"""Files that survive a power cut: every file and its folders are on disk before a commit names them.

PyIceberg closes its files without fsync; after a simulated power cut such a table could not be loaded.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pyiceberg.io.pyarrow import PyArrowFile, PyArrowFileIO


def sync_file(path: Path) -> None:
    """Put a finished file on disk: its bytes, then every folder up to the warehouse root, new ones too."""
    _fsync(path)
    for folder in path.parents:
        _fsync(folder)
        if folder.name == "warehouse":
            return


def local_path(location: str) -> Path:
    """file:///a/b c or a plain path -> the path on this machine (PyIceberg does not percent-encode)."""
    return Path(location.removeprefix("file://"))


class DurableFileIO(PyArrowFileIO):
    """PyIceberg's own file access, with an fsync on close; named in the catalog's py-io-impl."""

    def new_output(self, location: str) -> PyArrowFile:
        output = super().new_output(location)
        output.__class__ = _DurableFile
        return output


class _DurableFile(PyArrowFile):
    def create(self, overwrite: bool = False) -> Any:
        return _DurableStream(super().create(overwrite), local_path(self.location))

    def to_input_file(self) -> PyArrowFile:
        return self


class _DurableStream:
    """Wraps the output stream; everything but close is passed on."""

    def __init__(self, stream: Any, path: Path) -> None:
        self._stream = stream
        self._path = path

    def close(self) -> None:
        if self._stream.closed:
            return
        self._stream.close()
        sync_file(self._path)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> _DurableStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
