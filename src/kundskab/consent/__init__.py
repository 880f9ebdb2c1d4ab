"""Consent: purposes, what may be collected, who has permission now, and the view: the one door to personal rows.

The parts are imported by name (consent.collection, consent.view ...): the collector needs the rules, not the engine.
"""
