"""What the command line does to the web database: set it up, let the first human in, add others.

Each function sets Django up for the workspace folder it is given.
"""

from __future__ import annotations

import os
from pathlib import Path

from kundskab.types import KundskabError

OWNER = "owner@kundskab.local"


def prepare(home: Path | str) -> None:
    """Create the web database, or bring it up to date; can be run again at any time.

    Sessions and sign-in links that have ended are removed.  Raises Busy when somebody else is still at it.
    """
    use(home)
    from django.core.management import call_command

    from kundskab.pipeline.locks import pages_lock
    from kundskab.web.staff import once

    with pages_lock(Path(home) / "run"):  # two at once would both make the same tables
        call_command("migrate", verbosity=0, interactive=False)
        call_command("clearsessions", verbosity=0)
        once.forget_ended()
    # Password hashes and sessions lie here: nobody else on the machine needs to read them.
    os.chmod(Path(home) / "web.sqlite", 0o600)


def one_time_login(home: Path | str, email: str = OWNER) -> str:
    """The path of a link that signs its user in, once, within 24 hours.

    An account that does not exist yet is made, as owner: whoever can run this command already
    holds the workspace's folder.
    """
    use(home)
    from kundskab.web.staff.models import User
    from kundskab.web.staff.once import path_for

    user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email, role="owner")
    return path_for(user)


def create_user(home: Path | str, email: str, *, role: str, name: str = "", password: str | None = None) -> None:
    """Make an account. Without a password its user comes in by a one-time link.

    Raises KundskabError when the e-mail is taken, the role is unknown or the password too weak.
    """
    use(home)
    from kundskab.web.staff.accounts import create

    create(email, role=role, name=name, password=password)


def reset_second_step(home: Path | str, email: str) -> None:
    """Take away the second step of whoever lost phone and recovery codes. Raises KundskabError for an unknown one."""
    use(home)
    from kundskab.web.staff import members
    from kundskab.web.staff.models import User

    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        raise KundskabError(f"There is no account for {email}.")
    members.reset_second_step(user, by="the command line")


def seal_again(home: Path | str) -> int:
    """Seal the secrets of every second step with the newest key; how many an older one had sealed."""
    use(home)
    from kundskab.web.staff import second_step

    return second_step.seal_again()


def use(home: Path | str) -> None:
    """Set Django up for this workspace folder, or point the one that is set up at it."""
    home = Path(home).resolve()
    os.environ["KUNDSKAB_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundskab.web.settings")
    import django
    from django.apps import apps
    from django.conf import settings
    from django.db import connections

    if not apps.ready:
        django.setup()
    if home != settings.HOME:
        # One process, several workspaces (tests, scripts): point the same Django at the other folder.
        settings.HOME = home
        connections["default"].close()
        connections.databases["default"]["NAME"] = connections["default"].settings_dict["NAME"] = home / "web.sqlite"
