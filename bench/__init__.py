"""How fast, how big: every figure of docs/performance.md, measured beside its floor and its peers in one run.

`make bench` runs all; `python -m bench NAME ...` some; `--quick` looks whether everything still runs.
"""
