# ruff: noqa: RUF012

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("drivers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="guess", name="place", field=models.PositiveSmallIntegerField(default=1), preserve_default=False
        ),
    ]
