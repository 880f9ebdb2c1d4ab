# ruff: noqa: RUF012
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_privacy_officer")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="second_step_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
