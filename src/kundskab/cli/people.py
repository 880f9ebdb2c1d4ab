"""kundskab people | consent: who is known, and what they allow."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from kundskab.cli import linking
from kundskab.cli.common import Commands, command, deed, me, print_json, workspace
from kundskab.types import KundskabError


def register(commands: Commands) -> None:
    people = command(commands, "people", _list, "People: list, find, resolve; every look-up is audited.")
    people.add_argument("--purpose", default="analytics")
    deeds = people.add_subparsers(metavar="DEED")
    deed(deeds, "list", _list, "The people whose data may be used for a purpose, the latest first.")
    find = deed(deeds, "find", _find, "What is known of the person behind an identifier.")
    find.add_argument("identifier")
    find.add_argument("--purpose", default=argparse.SUPPRESS, help="(analytics, or what stood before find)")
    resolve = deed(deeds, "resolve", _resolve, "The person tokens of some user ids, a line each.")
    resolve.add_argument("identifiers", nargs="+")
    resolve.add_argument("--kind", default="user_id")
    linking.add_deeds(deeds)

    consent = command(commands, "consent", _purposes, "Consent: purposes, and statements of people.")
    deeds = consent.add_subparsers(metavar="DEED")
    deed(deeds, "purposes", _purposes, "What data is used for here, on which basis.")
    purpose = deed(deeds, "purpose", _purpose, "Add a purpose, or renew its basis and its notice.")
    purpose.add_argument("name")
    purpose.add_argument("--basis", required=True, help="the lawful basis: consent, contract, legitimate_interests ...")
    purpose.add_argument("--description", default="", help="for staff: what is done with the data")
    purpose.add_argument("--notice", required=True, help="what the person reads")
    purpose.add_argument("--notice-version", required=True, metavar="VERSION", help="a new one for every new text")
    for status, summary in (
        ("grant", "Record that somebody agreed."),
        ("withdraw", "Record that somebody took an agreement back."),
        ("object", "Record that somebody objects."),
    ):
        statement = deed(deeds, status, _record, summary)
        statement.add_argument("identifier")
        statement.add_argument("--kind", default="user_id", help="of the identifier (%(default)s)")
        statement.add_argument("--purpose", required=True)
        statement.add_argument("--proof", default="{}", help="a JSON object: where and how it was said")
        statement.set_defaults(status=status)


def _list(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        page = ws.desk.people(purpose=given.purpose, who=me())
        if ws.home.settings.fictitious:
            print("Fictitious company: every person here is invented.", file=sys.stderr)
    for row in page.rows:
        print(f"{row.person}  {row.events:>7,} events  {row.first_seen:%Y-%m-%d} .. {row.last_seen:%Y-%m-%d}")
    print(f"{page.total:,} people whose data may be used for {given.purpose}", file=sys.stderr)
    return 0


def _find(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        fictitious = ws.home.settings.fictitious
        profile = ws.people.find(given.identifier, purpose=given.purpose, by=me())
    if profile is None:
        print("Nobody is known by this identifier.", file=sys.stderr)
        return 1
    page = profile.page
    print_json(
        {
            "person": profile.person,
            "fictitious": fictitious,
            "purpose": profile.purpose,
            "events": page.events,
            "first_seen": page.first_seen,
            "last_seen": page.last_seen,
            "common_actions": dict(page.common_actions),
            "facts": profile.facts,
            "allowed": profile.allowed,
        }
    )
    return 0


def _resolve(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        tokens = ws.people.resolve(given.identifiers, kind=given.kind, by=me())
    for token in tokens:
        print(token or "-")
    return 0 if all(tokens) else 1


def _purposes(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        for purpose in ws.desk.purposes():
            notice = f"notice {purpose.notice_version or '-'}"
            print(f"{purpose.name:<16} {purpose.basis:<22} {notice:<10} {purpose.description}")
    return 0


def _purpose(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        ws.desk.put_purpose(
            given.name,
            basis=given.basis,
            description=given.description,
            notice=given.notice,
            notice_version=given.notice_version,
            who=me(),
        )
    return 0


def _proof(text: str) -> dict[str, Any]:
    try:
        proof = json.loads(text)
    except ValueError:
        proof = None
    if not isinstance(proof, dict):
        raise KundskabError("""--proof wants a JSON object, for example --proof '{"form": "newsletter"}'.""")
    return proof


def _record(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        person = ws.desk.record_consent(
            given.kind,
            given.identifier,
            purpose=given.purpose,
            status=given.status,
            proof=_proof(given.proof),
            who=me(),
        )
    print(f"Recorded for person {person}; it holds for every view opened from now on.")
    return 0
