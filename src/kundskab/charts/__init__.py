"""Figures: a result in, a Plotly figure out, its doubt always drawn."""
