"""kundskab people links | link | unlink | suggest | suggestions | decide | rebuild: who is one person, and why."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from kundskab.cli.common import Commands, deed, me, workspace
from kundskab.types import KundskabError, utc_now

if TYPE_CHECKING:
    from kundskab.pipeline.linking import LinkOf
    from kundskab.workspace import Workspace


def add_deeds(deeds: Commands) -> None:
    """The deeds of `kundskab people` that are about links."""
    links = deed(deeds, "links", _links, "The links that make a person, undone ones too, with their numbers.")
    links.add_argument("person", help="a token, or an identifier of any kind")
    links.add_argument("--purpose", default=argparse.SUPPRESS)
    link = deed(deeds, "link", _link, "Join two persons by hand.")
    link.add_argument("a", help="a token, or an identifier of any kind")
    link.add_argument("b")
    link.add_argument("--reason", required=True)
    unlink = deed(deeds, "unlink", _unlink, "Undo a link: both persons have their events, facts and consents back.")
    unlink.add_argument("link", type=int, help="its number, see links")
    unlink.add_argument("--reason", required=True)
    suggest = deed(deeds, "suggest", _suggest, "Look for persons who may be one; a human decides.")
    suggest.add_argument("--purpose", default=argparse.SUPPRESS, help="whose view shows the facts (analytics)")
    deed(deeds, "suggestions", _suggestions, "The suggestions that wait for a decision, the likeliest first.")
    decide = deed(deeds, "decide", _decide, "Accept or decline a suggestion.")
    decide.add_argument("suggestion", type=int)
    chosen = decide.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--accept", action="store_true", help="the two are one person")
    chosen.add_argument("--decline", action="store_true", help="they are two; never suggest it again")
    deed(deeds, "rebuild", _rebuild, "Resolve everybody anew, as after a changed limit for shared devices.")


def _links(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        links = ws.desk.linking.links(_token(ws, given.person), purpose=given.purpose, who=me())
    for link in links:
        print(_line(link))
    print(f"{len(links)} links", file=sys.stderr)
    return 0


def _line(link: LinkOf) -> str:
    state = "undone" if link.undone else "joins" if link.joins else "apart"
    ends = f"{link.mine} ({link.mine_kind}) - {link.other or 'somebody'} ({link.other_kind})"
    why = f"{link.undone.reason} ({link.undone.by}, {link.undone.at:%Y-%m-%d})" if link.undone else link.why_not
    return f"{link.id:>6}  {state:<6}  {link.at:%Y-%m-%d}  {ends}  {link.words} {why}".rstrip()


def _link(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        person = ws.desk.linking.join(_token(ws, given.a), _token(ws, given.b), who=me(), reason=given.reason)
    print(f"They are one person now: {person}")
    return 0


def _unlink(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        parted = ws.desk.linking.undo(given.link, who=me(), reason=given.reason)
    if parted.apart:
        print(f"They are two persons now: {parted.persons[0]} and {parted.persons[1]}")
    else:
        print(f"Undone, but other links still make them one person, {parted.persons[0]}; see: kundskab people links")
    return 0


def _suggest(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        found = ws.desk.linking.find_suggestions(purpose=given.purpose, who=me())
    print(found.note, file=sys.stderr)
    print(f"{found.suggested} new suggestions; see: kundskab people suggestions")
    return 0


def _suggestions(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        page = ws.desk.linking.suggestions()
    for row in page.rows:
        print(f"{row.id:>6}  {row.a} - {row.b}  {row.words}")
    print(f"{page.total} suggestions wait; decide with: kundskab people decide NUMBER --accept", file=sys.stderr)
    return 0


def _decide(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        if given.accept:
            print(f"They are one person now: {ws.desk.linking.accept(given.suggestion, who=me())}")
        else:
            ws.desk.linking.decline(given.suggestion, who=me())
            print("They stay two, and this is not suggested again.")
    return 0


def _rebuild(given: argparse.Namespace) -> int:
    with workspace(given.home) as ws:
        changed = ws.desk.linking.rebuild(who=me())
    print(f"Resolved everybody; {changed} rows of the map changed.")
    return 0


def _token(ws: Workspace, text: str) -> str:
    from kundskab.pipeline.registry import look_up

    found = look_up(ws.home, text, who=me(), purpose="analytics", at=utc_now())
    if found is None:
        raise KundskabError(f"Nobody is known by {text!r}.")
    return found
