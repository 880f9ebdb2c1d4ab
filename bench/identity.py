"""Identity: everybody resolved at once, ten thousand new links on top, and undoing one, beside their floors."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from time import perf_counter, process_time
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bench import machine
from bench.report import Section, number, of_ratios
from bench.world import World
from kundskab.consent.refresh import BookGraph
from kundskab.people import Near, walk
from kundskab.people.whole import CLAIMED_CODE, MANUAL_CODE, VERIFIED_CODE, resolve_arrays
from kundskab.pipeline.desk import Desk
from kundskab.pipeline.home import Home
from kundskab.pipeline.permissions import refresh_everybody, refresh_people
from kundskab.vault import Link, Statement, Tx

ROUNDS = 7
AGAIN = 3  # times that new links are put on top
UNDOINGS = 30
CHAIN = 1_000  # actors of the person whose link is undone
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

T = TypeVar("T")
Seconds = tuple[float, float]  # on the wall, and of the CPU
Arrays = dict[str, np.ndarray[Any, Any]]
Tokens = np.ndarray[Any, Any]  # of each actor's number


def measure(world: World) -> list[Section]:
    """On arrays, then the way through a real vault."""
    actors, links = (20_000, 30_000) if world.quick else (1_000_000, 1_500_000)
    return [_on_arrays(actors, links), *_in_a_vault(world, actors, links), _undoing(world)]


def drawn(actors: int, links: int, *, by_hand: float = 0.0, seed: int = 1) -> Arrays:
    """A third of the actors are user ids; a device mostly has one user, some have another device, few are shared."""
    draw = np.random.default_rng(seed)
    users = actors // 3
    device = draw.integers(users, actors, links)
    user = device % users  # the one she belongs to
    other = draw.random(links)
    user = np.where(other < 0.02, draw.integers(0, users, links), user)  # borrowed
    user = np.where(other > 0.97, draw.integers(users, actors, links), user)  # two devices, by an alias
    kind = np.where(draw.random(links) < 0.5, CLAIMED_CODE, VERIFIED_CODE)
    kind = np.where(draw.random(links) < by_hand, MANUAL_CODE, kind)
    is_user = np.zeros(actors, bool)
    is_user[:users] = True
    keep = user != device
    return {"is_user": is_user, "a": user[keep], "b": device[keep], "kind": kind[keep]}


def _on_arrays(actors: int, links: int) -> Section:
    rows = []
    for what, by_hand in (("no links by hand", 0.0), ("one in a thousand by hand", 0.001)):
        arrays = drawn(actors, links, by_hand=by_hand)
        ours, floor, persons = [], [], 0
        for _ in range(ROUNDS):
            gc.collect()
            started = perf_counter()
            ones = np.ones(len(arrays["a"]), np.int8)
            connected_components(coo_array((ones, (arrays["a"], arrays["b"])), shape=(actors, actors)), directed=False)
            floor.append(perf_counter() - started)
            started = perf_counter()
            whole = resolve_arrays(**arrays)
            ours.append(perf_counter() - started)
            persons = len(np.unique(whole.person))
        rows.append((what, f"{persons:,}", number(median(ours)), number(median(floor)), of_ratios(ours, floor)))
    columns = ("", "persons", "seconds", "scipy alone, seconds", "ours / scipy")
    note = (
        f"{actors:,} actors, {links:,} links, {ROUNDS} rounds; scipy.sparse.csgraph.connected_components of the same "
        f"arrays knows no rules: no users, no shared devices, no crowds, no verified groups; {machine.load()}"
    )
    return Section("Everybody resolved at once, on arrays", columns, rows, [note])


def _in_a_vault(world: World, actors: int, links: int) -> list[Section]:
    """The same links in a vault: made, resolved, and 10,000 (or fewer) more on top, against resolving everybody."""
    more = 200 if world.quick else 10_000
    arrays = drawn(actors, links)
    with Home.create(world.new_folder("identity") / "home") as home:
        with home.vault.transaction() as tx:
            tokens = _filled(home, tx, arrays)
            _some_spoke(home, tx, tokens, arrays)
        with home.vault.transaction() as tx:
            changed, first = _timed(lambda: refresh_everybody(home, tx))
        with home.vault.transaction() as tx:
            again, full = _timed(lambda: refresh_everybody(home, tx))
        assert not again
        rows = [
            ("everybody, first time", f"{changed:,}", "", _seconds(first), "", ""),
            ("everybody again, nothing to write", "0", "", _seconds(full), "1", ""),
            *(_on_top(home, tokens, arrays, size, full[1]) for size in (1, more // 100, more)),
        ]
        near = _near(home, tokens, arrays, more)
    columns = (
        "",
        "rows of the map changed",
        "adding the links",
        "persons, permissions, map",
        "everybody again / adding and refreshing",
        "everybody again / refreshing",
    )
    notes = [
        f"{actors:,} actors and {links:,} links in the vault (SQLite), one user id in ten has said yes to something; "
        f"wall seconds (CPU seconds), the ratios of CPU seconds; new links are mostly new devices of known users, one "
        f"in twenty a known device of a new user, one in twenty two known devices; median of {AGAIN} times, each in "
        f"one transaction; {machine.load()}"
    ]
    return [Section("The same through the vault", columns, rows, notes), _alone(arrays, near, more)]


def _timed(deed: Callable[[], T]) -> tuple[T, Seconds]:
    gc.collect()
    wall, cpu = perf_counter(), process_time()
    answer = deed()
    return answer, (perf_counter() - wall, process_time() - cpu)


def _seconds(took: Seconds) -> str:
    return f"{number(took[0])} ({number(took[1])})"


def _filled(home: Home, tx: Tx, arrays: Arrays) -> Tokens:
    is_user = arrays["is_user"]
    tokens = np.empty(len(is_user), object)
    for kind, places in (("user_id", np.flatnonzero(is_user)), ("anonymous_id", np.flatnonzero(~is_user))):
        named = home.vault.tokens_bulk(tx, kind, pa.array([f"{kind}-{n}" for n in places]), NOW)
        tokens[places] = named.to_pylist()
    kinds = {CLAIMED_CODE: "claimed", VERIFIED_CODE: "verified"}
    for at in range(0, len(arrays["a"]), 100_000):
        part = slice(at, at + 100_000)
        ends = zip(tokens[arrays["a"][part]], tokens[arrays["b"][part]], arrays["kind"][part].tolist(), strict=True)
        home.vault.add_links(tx, [Link(a, b, kinds[kind], "identify", "web", NOW) for a, b, kind in ends])
    return tokens


def _some_spoke(home: Home, tx: Tx, tokens: Tokens, arrays: Arrays) -> None:
    users = tokens[np.flatnonzero(arrays["is_user"])[::10]]
    home.vault.add_statements(
        tx,
        [
            Statement(user, "marketing", "grant", "verified", "consent", "1", "web", None, NOW, NOW, f"said:{n}")
            for n, user in enumerate(users)
        ],
    )


def _on_top(home: Home, tokens: Tokens, arrays: Arrays, size: int, full: float) -> tuple[str, ...]:
    added, refreshed, changed = [], [], 0
    for again in range(AGAIN):
        with home.vault.transaction() as tx:
            links = _new_links(home, tx, tokens, arrays, size, seed=again)
            linked, adding = _timed(lambda tx=tx, links=links: home.vault.add_links(tx, links))
            changed, refreshing = _timed(lambda tx=tx, linked=linked: refresh_people(home, tx, linked=linked))
        added.append(adding)
        refreshed.append(refreshing)
    adding, refreshing = (_median(took) for took in (added, refreshed))
    return (
        f"{size:,} new link{'s' * (size > 1)} on top",
        f"{changed:,}",
        _seconds(adding),
        _seconds(refreshing),
        number(full / (adding[1] + refreshing[1])),
        number(full / refreshing[1]),
    )


def _median(took: list[Seconds]) -> Seconds:
    return median(wall for wall, _ in took), median(cpu for _, cpu in took)


def _new_links(home: Home, tx: Tx, tokens: Tokens, arrays: Arrays, size: int, *, seed: int) -> list[Link]:
    """New devices of known users, known devices of new users, and two known devices by an alias."""
    users = int(arrays["is_user"].sum())
    draw = np.random.default_rng([size, seed])
    few = size // 20
    names = [("anonymous_id" if n >= few else "user_id", f"new-{size}-{seed}-{n}") for n in range(size - few)]
    new = home.vault.tokens(tx, names, NOW)
    known = [
        *tokens[draw.integers(users, len(tokens), few)],
        *tokens[draw.integers(0, users, size - 2 * few)],
        *tokens[draw.integers(users, len(tokens), few)],
    ]
    others = [*new, *tokens[draw.integers(users, len(tokens), few)]]
    return [Link(a, b, "verified", "identify", "web", NOW) for a, b in zip(known, others, strict=True)]


def _near(home: Home, tokens: Tokens, arrays: Arrays, size: int) -> Near:
    with home.vault.transaction() as tx:
        linked = home.vault.add_links(tx, _new_links(home, tx, tokens, arrays, size, seed=AGAIN))
        return walk(BookGraph(home.vault, tx), linked, linked)


def _alone(arrays: Arrays, near: Near, more: int) -> Section:
    """Without the vault: what reckoning costs once the links are read."""
    whole, part = [], []
    for _ in range(ROUNDS):
        whole.append(_timed(lambda: resolve_arrays(**arrays))[1][1])
        part.append(_timed(lambda: resolve_arrays(near.is_user, near.a, near.b, near.kind))[1][1])
    rows = [
        ("everybody", f"{len(arrays['is_user']):,}", f"{len(arrays['a']):,}", number(median(whole)), "1"),
        (
            f"around {more:,} new links",
            f"{len(near.actors):,}",
            f"{len(near.a):,}",
            number(median(part)),
            of_ratios(whole, part),
        ),
    ]
    columns = ("", "actors", "links", "CPU seconds", "everybody / this")
    return Section("Reckoning alone, in memory", columns, rows, [f"resolve_arrays, {ROUNDS} rounds; {machine.load()}"])


def _undoing(world: World) -> Section:
    """Through the desk, as from a page: lock, links, persons, permissions, audit, on disk."""
    with Home.create(world.new_folder("undoing") / "home") as home, Desk(home) as desk:
        with home.vault.transaction() as tx:
            user, *devices = home.vault.tokens(
                tx, [("user_id", "ann"), *(("anonymous_id", f"d{n}") for n in range(CHAIN - 1))], NOW
            )
            chain = [user, *devices]
            links = [Link(chain[(n - 1) // 9], chain[n], "verified", "identify", "web", NOW) for n in range(1, CHAIN)]
            refresh_people(home, tx, linked=home.vault.add_links(tx, links))
        assert len(home.vault.members(user)) == CHAIN
        with home.vault.reading() as tx:
            numbers = [link.id for link in home.vault.links_of(tx, chain)]
        took = []
        for link in numbers[-UNDOINGS:] + numbers[:1]:  # leaves, and last a branch with a ninth of them
            started = perf_counter()
            parted = desk.linking.undo(link or 0, who="bench", reason="measured")
            took.append((perf_counter() - started) * 1000)
            assert parted.apart
    rows = [
        ("a leaf", number(median(took[:-1])), number(sorted(took[:-1])[int(0.95 * UNDOINGS)])),
        ("a branch", number(took[-1]), ""),
    ]
    note = f"a person of {CHAIN:,} actors in a tree, {UNDOINGS} leaves and one branch undone; {machine.load()}"
    return Section("Undoing one link, through the desk", ("", "median ms", "p95 ms"), rows, [note])
