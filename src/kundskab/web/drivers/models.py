"""What people guessed before they saw, that they looked, and what they want to put to the test."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Guess(models.Model):
    """Somebody believed, before the list was shown to them, that a behaviour matters for an outcome.

    Who it was is kept so that nobody guesses twice; no page tells it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    outcome = models.CharField(max_length=200)
    behaviour = models.CharField(max_length=500)
    place = models.PositiveSmallIntegerField()  # in their ranking; 1 is what they believe matters most
    guessed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "outcome", "behaviour"], name="one_guess_a_behaviour")
        ]


class Showing(models.Model):
    """The list of an outcome was shown to somebody, after a guess or anyway."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    outcome = models.CharField(max_length=200)
    guessed = models.BooleanField()
    shown_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "outcome"], name="one_showing_an_outcome")]


class Draft(models.Model):
    """A finding that somebody wants to become a hypothesis; it waits until it is written out and tested."""

    claim = models.TextField()
    outcome = models.CharField(max_length=200)
    behaviour = models.CharField(max_length=500)
    effect = models.FloatField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["outcome", "behaviour"], name="one_draft_a_finding")]
