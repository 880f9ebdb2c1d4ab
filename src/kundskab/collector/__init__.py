"""The HTTP door: check, journal, answer 200; it knows neither Django nor the web database.

Settings a deployment may change come from the environment, see `kundskab.collector.options`.
"""
