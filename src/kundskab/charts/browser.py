"""What a page needs to draw a figure in a browser: Plotly's own script, out of its wheel, and what its policy needs."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import plotly.graph_objects as go

# Plotly writes its styles into the page unless an element with this id says that the page brings its own; a strict
# content security policy would refuse them.
STYLE_ID = "plotly.js-style-global"
# The map library inside it does the same at once, unless an element with its id (a hash) is there already.
_OWN_STYLE = re.compile(rb'getElementById\("([0-9a-f]{64})"\)')


@cache
def script() -> bytes:
    """plotly.min.js, about 5 MB."""
    return files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()


@cache
def packed_script() -> bytes:
    """The same by gzip, about a third; made once per process, in half a second."""
    return gzip.compress(script(), 6, mtime=0)


@cache
def style_ids() -> tuple[str, ...]:
    """The ids that must be in the page, so that no script puts a style there."""
    return tuple(sorted({found.decode() for found in _OWN_STYLE.findall(script())}))


def for_page(figure: go.Figure) -> dict[str, Any]:
    """The figure as JSON-able values for the script: data and layout."""
    # By way of its own JSON, which knows dates and arrays.
    described: dict[str, Any] = json.loads(figure.to_json())
    return described
