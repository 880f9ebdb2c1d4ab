# ruff: noqa: RUF012

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
_USER = ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL))


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Guess",
            fields=[
                _ID,
                ("outcome", models.CharField(max_length=200)),
                ("behaviour", models.CharField(max_length=500)),
                ("guessed_at", models.DateTimeField()),
                _USER,
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "outcome", "behaviour"), name="one_guess_a_behaviour")
                ],
            },
        ),
        migrations.CreateModel(
            name="Showing",
            fields=[
                _ID,
                ("outcome", models.CharField(max_length=200)),
                ("guessed", models.BooleanField()),
                ("shown_at", models.DateTimeField()),
                _USER,
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "outcome"), name="one_showing_an_outcome")],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                _ID,
                ("claim", models.TextField()),
                ("outcome", models.CharField(max_length=200)),
                ("behaviour", models.CharField(max_length=500)),
                ("effect", models.FloatField()),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("outcome", "behaviour"), name="one_draft_a_finding")],
            },
        ),
    ]
