"""The peer of the collector: a plain Django view that inserts one row per event, in SQLite, durable as ours.

/v1/track and /v1/batch commit each row, as Django does by default; with --one-transaction each request commits once.
"""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path

import django
import orjson
import uvloop
from django.conf import settings

from bench.serving import listening_fd, serve

FOLDER = Path(os.environ.get("BENCH_DJANGO", "."))
ONE_TRANSACTION = "--one-transaction" in sys.argv

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    SECRET_KEY="only a benchmark",
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": FOLDER / f"django-{ONE_TRANSACTION}.sqlite",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
            },
        }
    },
)
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import re_path  # noqa: E402


class Event(models.Model):
    message_id = models.CharField(max_length=100)
    user_id = models.CharField(max_length=100, db_index=True)
    name = models.CharField(max_length=100)
    occurred_at = models.DateTimeField()
    properties = models.JSONField()

    class Meta:
        app_label = "bench"


def events(request: HttpRequest) -> JsonResponse:
    if request.method == "GET":
        return JsonResponse({"rows": Event.objects.count()})
    body = orjson.loads(request.body)
    with transaction.atomic() if ONE_TRANSACTION else nullcontext():
        for one in body.get("batch", [body]):
            Event.objects.create(
                message_id=one["messageId"],
                user_id=one["userId"],
                name=one["event"],
                occurred_at=one["timestamp"],
                properties=one["properties"],
            )
    return JsonResponse({"success": True})


urlpatterns = [re_path("", events)]


if __name__ == "__main__":
    with connection.schema_editor() as editor:
        editor.create_model(Event)
    connection.close()
    uvloop.run(serve(get_asgi_application(), listening_fd(sys.argv)))
