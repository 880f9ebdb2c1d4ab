"""How allauth behaves here: the door is closed to strangers."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from kundskab.web.base.headers import client_address


class ClosedDoor(DefaultAccountAdapter):
    """Nobody makes an account from outside, and no greeting is shown on the way in or out."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("message_template", args[0] if args else "") in SILENT:
            return
        super().add_message(request, level, *args, **kwargs)


SILENT = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}
