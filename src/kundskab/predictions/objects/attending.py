"""Self-attention over what a person turned to: an optional model that competes where torch is installed.

A causal transformer reads the last objects of a person and says what comes next at each place; objects are read and
foretold by the same vectors. It learns with the softmax over the catalogue (over drawn objects where that is large):
a loss from a few sampled negatives makes such models too sure of themselves.

Source: Kang & McAuley 2018 (SASRec), ICDM, 197-206; Klenitskiy & Vasilev 2023, RecSys, 1120-1125, on the loss.
Written from their descriptions. `pip install kundskab[attention]` brings torch; nothing else of ours knows it.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kundskab.predictions.objects.sequences import Floats, Ints, Sequences, Times
from kundskab.predictions.objects.strongest import most, strongest_of_dense

FEW_EVENTS = 20_000  # as many learn in about a minute without a GPU
LONG = 5.0  # objects a person has on average; shorter histories tell an attention nothing that their last ones do not
_WHOLE_CATALOGUE = 30_000  # objects up to which the softmax goes over all of them
_DRAWN = 4_000  # objects beside which the true ones stand where there are more
_PEOPLE = 128  # in a batch
_PATIENCE = 3  # looks without a better one, after which learning ends
_JUDGED = 0.1  # of the people, whose last object tells when to stop
_MOST_JUDGED = 1_000


@dataclass(frozen=True, slots=True)
class Shape:
    """length: last objects that are read.  width: numbers per object.  epochs: at most; learning stops by itself."""

    length: int = 100
    width: int = 64
    heads: int = 2
    layers: int = 2
    dropout: float = 0.2
    rate: float = 1e-3
    epochs: int = 200
    look_every: int = 5


@dataclass(frozen=True, eq=False)
class Attending:
    """arrays: the weights by name, as numpy; so it is kept without any program in it."""

    arrays: Mapping[str, Floats]
    shape: Shape
    catalogue: int

    def scores(self, history: Sequences, asked_at: Times) -> Floats:
        """Shape (people, catalogue), chances among the likeliest; 0 for everything where the history is empty."""
        return np.asarray(self.some(history, asked_at).toarray(), np.float32)

    def some(self, history: Sequences, asked_at: Times) -> sparse.csr_array:
        """The same without the zeros."""
        torch = _torch()
        parts = [sparse.csr_array((0, self.catalogue), dtype=np.float32)]
        step = max(1, 4_000_000 // max(self.catalogue, 1))
        with torch.no_grad():
            for begin in range(0, history.people, step):
                theirs = history.of(np.arange(begin, min(begin + step, history.people)))
                read = torch.as_tensor(_windows(theirs, self.shape.length, self.catalogue), device=self._device)
                said = self._net(read)[:, -1] @ self._net.objects.weight[: self.catalogue].T
                chances = torch.softmax(said, dim=1).cpu().numpy()
                chances[theirs.lengths == 0] = 0
                parts.append(strongest_of_dense(chances, most(self.catalogue)))
        return sparse.csr_array(sparse.vstack(parts, format="csr"))

    def told(self) -> dict[str, int | float]:
        """What beside the arrays must be kept."""
        return {**asdict(self.shape), "catalogue": self.catalogue}

    @cached_property
    def _device(self) -> str:
        return _device()

    @cached_property
    def _net(self) -> Any:
        torch = _torch()
        net = _net(self.catalogue, self.shape)
        net.load_state_dict({name: torch.from_numpy(np.array(values)) for name, values in self.arrays.items()})
        return net.to(self._device).eval()


def of_arrays(arrays: Mapping[str, Floats], told: Mapping[str, Any]) -> Attending:
    """The model again from what was kept."""
    about = dict(told)
    catalogue = int(about.pop("catalogue"))
    return Attending(arrays, Shape(**about), catalogue)


def has_torch() -> bool:
    """Whether torch is installed."""
    return importlib.util.find_spec("torch") is not None


def competes(train: Sequences) -> bool:
    """Whether it is worth learning here: torch is there, histories are long, and a GPU is there or events are few."""
    if not has_torch() or len(train.objects) < LONG * max(train.people, 1):
        return False
    return len(train.objects) <= FEW_EVENTS or _device() != "cpu"


def fit_attending(train: Sequences, shape: Shape = Shape(), *, seed: int = 0) -> Attending:
    """Learn from these sequences until people whose last object was kept back are foretold no better.

    Raises ModuleNotFoundError without torch, ValueError when nobody turned to two objects.
    """
    torch = _torch()
    if not (train.lengths > 1).any():
        raise ValueError("nobody turned to two objects, so nothing comes after anything")
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    device = _device()
    judged = rng.permutation(np.flatnonzero(train.lengths > 2))[: min(_MOST_JUDGED, int(_JUDGED * train.people))]
    held = np.isin(np.arange(train.people), judged)
    asked = train.of(judged)
    target, known = asked.from_last(0) if len(judged) else np.empty(0, np.int64), asked.without_last(1)
    learn = _parts(_without_last_of(train, held), shape.length + 1)
    net = _net(train.catalogue, shape).to(device)
    steps = torch.optim.AdamW(net.parameters(), lr=shape.rate, weight_decay=1e-4)
    kept: Mapping[str, Floats] = _arrays(net)
    best, waited = -1.0, 0
    for epoch in range(shape.epochs):
        net.train()
        for read, come in _batches(learn, shape.length, train.catalogue, rng):
            loss = _loss(net, torch.as_tensor(read, device=device), torch.as_tensor(come, device=device), rng)
            steps.zero_grad()
            loss.backward()
            steps.step()
        if (epoch + 1) % shape.look_every and epoch + 1 < shape.epochs:
            continue
        now = Attending(_arrays(net), shape, train.catalogue)
        found = _hits(now, known, target) if len(judged) else float(epoch)
        waited = 0 if found > best else waited + 1
        if found > best:
            best, kept = found, now.arrays
        if waited >= _PATIENCE:
            break
    return Attending(kept, shape, train.catalogue)


def _loss(net: Any, read: Any, come: Any, rng: np.random.Generator) -> Any:
    """Cross-entropy of the object that came at each place that has one."""
    torch, catalogue = _torch(), net.objects.num_embeddings - 1
    there = come < catalogue
    said, right = net(read)[there], come[there]
    if catalogue <= _WHOLE_CATALOGUE:
        return torch.nn.functional.cross_entropy(said @ net.objects.weight[:catalogue].T, right)
    drawn = torch.as_tensor(rng.integers(catalogue, size=_DRAWN), device=read.device)
    beside = said @ net.objects.weight[drawn].T
    beside = beside.masked_fill(drawn[None] == right[:, None], -torch.inf)
    # each drawn object stands for many: without this the model would think the catalogue small
    beside = beside + float(np.log(catalogue / _DRAWN))
    own = (said * net.objects.weight[right]).sum(dim=1, keepdim=True)
    return (torch.logsumexp(torch.cat([own, beside], dim=1), dim=1) - own[:, 0]).mean()


def _hits(model: Attending, known: Sequences, target: Ints) -> float:
    """The mean of 1 / log2(place + 2) within the ten likeliest: NDCG@10 with what was had still on offer."""
    said = model.scores(known, np.full(known.people, np.inf))
    theirs = said[np.arange(len(target)), target]
    before = (said > theirs[:, None]).sum(axis=1)
    return float(np.where((before < 10) & (theirs > 0), 1 / np.log2(before + 2), 0.0).mean())


def _without_last_of(train: Sequences, people: npt.NDArray[np.bool_]) -> Sequences:
    """These people's sequences less their last event; the others as they are."""
    order = np.concatenate([np.flatnonzero(~people), np.flatnonzero(people)])
    others, these = train.of(~people), train.of(people).without_last(1)
    joined = Sequences(
        np.concatenate([others.objects, these.objects]),
        np.concatenate([others.times, these.times]),
        np.concatenate([others.starts, others.starts[-1] + these.starts[1:]]),
        train.catalogue,
    )
    return joined.of(np.argsort(order, kind="stable"))


def _parts(train: Sequences, longest: int) -> list[Ints]:
    """Each person's objects in parts of at most so many, which overlap by one: every step is in one of them."""
    parts = []
    for begin, end in zip(train.starts[:-1], train.starts[1:], strict=True):
        while end - begin > 1:
            first = max(begin, end - longest)
            parts.append(train.objects[first:end])
            end = first + 1
    return parts


def _batches(parts: list[Ints], length: int, catalogue: int, rng: np.random.Generator) -> Iterator[tuple[Ints, Ints]]:
    order = rng.permutation(len(parts))
    for begin in range(0, len(order), _PEOPLE):
        some = [parts[place] for place in order[begin : begin + _PEOPLE]]
        wide = min(length, max(len(part) for part in some) - 1)
        read, come = np.full((2, len(some), wide), catalogue, np.int64)
        for row, part in enumerate(some):
            read[row, wide - len(part) + 1 :], come[row, wide - len(part) + 1 :] = part[:-1], part[1:]
        yield read, come


def _windows(history: Sequences, length: int, catalogue: int) -> Ints:
    """The last objects of each person, right-aligned; `catalogue` where there is none. Shape (people, <= length)."""
    wide = int(np.clip(history.lengths.max(initial=1), 1, length))
    read = np.full((history.people, wide), catalogue, np.int64)
    late = history.ages < wide
    read[history.owners[late], wide - 1 - history.ages[late]] = history.objects[late]
    return read


def _net(catalogue: int, shape: Shape) -> Any:
    torch = _torch()
    nn = torch.nn

    class Net(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.objects = nn.Embedding(catalogue + 1, shape.width, padding_idx=catalogue)
            self.ages = nn.Embedding(shape.length, shape.width)
            layer = nn.TransformerEncoderLayer(
                shape.width, shape.heads, shape.width * 2, shape.dropout, "gelu", batch_first=True, norm_first=True
            )
            self.layers = nn.TransformerEncoder(layer, shape.layers, enable_nested_tensor=False)
            self.last = nn.LayerNorm(shape.width)
            self.drop = nn.Dropout(shape.dropout)
            nn.init.normal_(self.objects.weight, std=shape.width**-0.5)
            nn.init.normal_(self.ages.weight, std=0.02)
            with torch.no_grad():
                self.objects.weight[catalogue] = 0

        def forward(self, read: Any) -> Any:
            wide = read.shape[1]
            ages = torch.arange(wide - 1, -1, -1, device=read.device)  # the newest has 0, however long the history
            seen = self.objects(read) * shape.width**0.5 + self.ages(ages)
            later = torch.ones(wide, wide, dtype=torch.bool, device=read.device).triu(1)
            return self.last(self.layers(self.drop(seen), mask=later))

    return Net()


def _arrays(net: Any) -> dict[str, Floats]:
    return {name: values.detach().cpu().numpy().copy() for name, values in net.state_dict().items()}


def _device() -> str:
    return "cuda" if _torch().cuda.is_available() else "cpu"


def _torch() -> Any:
    return importlib.import_module("torch")
