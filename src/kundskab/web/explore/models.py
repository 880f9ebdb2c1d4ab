"""What people keep of Explore: questions with a name, and notes on days."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedQuestion(models.Model):
    """A question that somebody gave a name. Only the question is kept; it is answered anew each time."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)  # of kinds.TABS
    address = models.TextField(max_length=4000, blank=True)  # the query part that asks it
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Note(models.Model):
    """What somebody wrote about a day, shown in every trend that holds it."""

    day = models.DateField(db_index=True)
    text = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text
