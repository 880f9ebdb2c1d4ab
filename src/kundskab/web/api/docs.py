"""The API's description for people: plain HTML from our own server, since its policy lets nothing else in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kundskab.web.api.api import api


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    about: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked or told."""

    method: str
    path: str
    summary: str
    about: str
    fields: tuple[Field, ...]


@login_not_required  # it tells what every copy of this program tells
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """What can be asked and told, and how."""
    return render(request, "api/docs.html", {"operations": list(_operations(api.get_openapi_schema()))})


def _operations(described: dict[str, Any]) -> Iterator[Operation]:
    shapes = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            given = [_parameter(each) for each in one.get("parameters", ())]
            body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            fields = (*given, *_fields(shapes.get(body.get("$ref", "").rpartition("/")[2], {})))
            yield Operation(method.upper(), path, one["summary"], one.get("description", ""), fields)


def _parameter(one: dict[str, Any]) -> Field:
    return Field(one["name"], one.get("description", f"in the {one['in']}"), bool(one.get("required")))


def _fields(shape: dict[str, Any]) -> Iterator[Field]:
    for name, one in shape.get("properties", {}).items():
        yield Field(name, one.get("description", _kind(one)), name in shape.get("required", ()))


def _kind(one: dict[str, Any]) -> str:
    """A word or two on what a field takes."""
    if "enum" in one:
        return ", ".join(one["enum"])
    if "anyOf" in one:
        return " or ".join(_kind(each) for each in one["anyOf"] if each.get("type") != "null")
    return str(one.get("format") or one.get("type") or one.get("$ref", "").rpartition("/")[2])
