"""Segments: who are our customers, how do they overlap, and how do they move?"""
