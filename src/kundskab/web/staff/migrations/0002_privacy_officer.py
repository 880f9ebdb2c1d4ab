"""A fourth role: the privacy officer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("staff", "0001_initial"),)

    operations = (
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[("owner", "owner"), ("privacy", "privacy"), ("analyst", "analyst"), ("reader", "reader")],
                default="reader",
                max_length=20,
            ),
        ),
    )
