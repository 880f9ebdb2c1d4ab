"""Explore: what happened, how often, and to whom?"""
