"""Transformer-XL as NVIDIA DeepLearningExamples trains it on WikiText-103 (267,735 words).

``mem_transformer.py``, ``utils/proj_adaptive_softmax.py`` and ``train.py`` of
PyTorch/LanguageModeling/Transformer-XL. ``train.py`` computes a full softmax over all words unless
``--adaptive`` is given: ``transformer-xl-base`` and ``-large`` are that default with the
dimensions of ``wt103_base.yaml`` and ``wt103_large.yaml``, ``-adaptive`` what those files train.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from zoo.job import Job, blocks, without_weights

WORDS = 267735
CUTOFFS = (19997, 39997, 199997, WORDS)
SHARES = (0.035, 0.04, 0.005)
"""Of the tokens that fall into the three tails; an estimate from Zipf's law."""


@dataclass(frozen=True, slots=True)
class Size:
    """division : width of each further cluster of words over that of the one before it."""

    layers: int
    width: int
    heads: int
    inner: int
    drop: float
    drop_attention: float
    seq_len: int
    division: int


BASE = Size(16, 512, 8, 2048, 0.1, 0.0, 192, 1)
LARGE = Size(18, 1024, 16, 4096, 0.2, 0.2, 256, 4)
"""256 tokens in the published benchmark scripts; wt103_large.yaml later went to 384."""


class RelativeLayer(nn.Module):
    """Attention over memory and segment with relative positions, then feed-forward."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        width = size.width
        self.heads, self.size = size.heads, width // size.heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.r = nn.Linear(width, width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.drop, self.drop_scores = nn.Dropout(size.drop), nn.Dropout(size.drop_attention)
        self.up, self.down = nn.Linear(width, size.inner), nn.Linear(size.inner, width)

    def forward(
        self, x: Tensor, memory: Tensor, r: Tensor, biases: tuple[Tensor, Tensor], mask: Tensor
    ) -> Tensor:
        steps, batch, width = x.shape
        parts = self.qkv(torch.cat([memory, x])).chunk(3, -1)
        q, k, v = (t.view(t.shape[0], batch, self.heads, self.size) for t in parts)
        q = q[-steps:]
        r = self.r(r).view(-1, self.heads, self.size)
        content = torch.einsum("ibnd,jbnd->bnij", q + biases[0], k)
        position = self.shift(torch.einsum("ibnd,jnd->bnij", q + biases[1], r))
        score = (content + position) * self.size**-0.5
        score.masked_fill_(mask[None, None], -torch.inf)
        weight = self.drop_scores(F.softmax(score, dim=3))
        y = torch.einsum("bnij,jbnd->ibnd", weight, v).contiguous().view(steps, batch, width)
        x = self.norm1(x + self.drop(self.out(y)))
        y = self.down(self.drop(F.relu(self.up(x), inplace=True)))
        out: Tensor = self.norm2(x + self.drop(y))
        return out

    @staticmethod
    def shift(x: Tensor) -> Tensor:
        """Row i moved by i: a copy of the whole score."""
        batch, heads, steps, keys = x.shape
        padded = torch.cat([x.new_zeros(batch, heads, steps, 1), x], dim=3)
        return padded.view(batch, heads, keys + 1, steps)[:, :, 1:].view_as(x)


class FullSoftmax(nn.Module):
    """Word table shared with the output layer, every word scored for every token."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, size.width)
        self.bias = nn.Parameter(torch.zeros(WORDS))

    def embed(self, tokens: Tensor) -> Tensor:
        return self.words(tokens)

    def forward(self, hidden: Tensor, target: Tensor) -> Tensor:
        log = F.log_softmax(F.linear(hidden, self.words.weight, self.bias), dim=-1)
        return -log.gather(1, target.unsqueeze(1)).squeeze(1)


class AdaptiveSoftmax(nn.Module):
    """Words in four clusters by frequency; the rare ones are scored for their own tokens alone.

    A tail that sees a share of the tokens costs what a share of its words costs on all tokens.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        starts = (0, *CUTOFFS[:-1])
        widths = [size.width // size.division**i for i in range(4)]
        self.split = size.division > 1
        sizes = [end - start for start, end in zip(starts, CUTOFFS, strict=True)]
        if self.split:
            self.tables = nn.ModuleList(
                nn.Embedding(n, w) for n, w in zip(sizes, widths, strict=True)
            )
            shape = (size.width,)
            self.projections = nn.ParameterList(
                nn.Parameter(torch.zeros(*shape, w)) for w in (widths[0], *widths)
            )  # the head's own one, and one per cluster that input and output share
        else:
            self.tables = nn.ModuleList([nn.Embedding(WORDS, size.width)])
        self.bias = nn.ParameterList(nn.Parameter(torch.zeros(n)) for n in sizes)
        self.cluster = nn.Parameter(torch.zeros(3, size.width))
        self.cluster_bias = nn.Parameter(torch.zeros(3))

    def embed(self, tokens: Tensor) -> Tensor:
        if not self.split:
            return self.tables[0](tokens)
        return F.linear(self.tables[0](tokens), self.projections[1])  # nearly all tokens

    def _tables(self) -> list[Tensor]:
        if self.split:
            return [table.weight for table in self.tables]
        starts = (0, *CUTOFFS[:-1])
        return [self.tables[0].weight[a:b] for a, b in zip(starts, CUTOFFS, strict=True)]

    def forward(self, hidden: Tensor, target: Tensor) -> Tensor:
        first, *tails = self._tables()
        weight = torch.cat([first, self.cluster])
        bias = torch.cat([self.bias[0], self.cluster_bias])
        near = hidden @ self.projections[0] if self.split else hidden
        log = F.log_softmax(F.linear(near, weight, bias), dim=1)
        loss = -log.index_select(0, torch.zeros_like(target)).gather(1, target[:, None]).squeeze(1)
        for i, (share, table) in enumerate(zip(SHARES, tails, strict=True)):
            some = int(share * table.shape[0])
            far = hidden @ self.projections[i + 2] if self.split else hidden
            tail = F.log_softmax(F.linear(far, table[:some], self.bias[i + 1][:some]), dim=1)
            loss = loss - tail.gather(1, target[:, None]).squeeze(1) - log[:, -i - 1]
        return loss


class TransformerXl(nn.Module):
    """Memory as long as the segment; every layer's input is kept for the next segment."""

    def __init__(self, size: Size, *, adaptive: bool) -> None:
        super().__init__()
        self.scale, heads = size.width**0.5, (size.heads, size.width // size.heads)
        self.words = AdaptiveSoftmax(size) if adaptive else FullSoftmax(size)
        self.layers = nn.ModuleList(RelativeLayer(size) for _ in range(size.layers))
        self.near, self.far = nn.Parameter(torch.zeros(heads)), nn.Parameter(torch.zeros(heads))
        self.drop, self.width = nn.Dropout(size.drop), size.width

    def forward(self, tokens: Tensor, *memory: Tensor) -> Tensor:
        x = self.drop(self.words.embed(tokens) * self.scale)
        steps = x.shape[0]
        angles = torch.outer(torch.arange(2 * steps).float(), torch.empty(self.width // 2))
        r = self.drop(torch.cat([angles.sin(), angles.cos()], -1))
        mask = torch.ones(steps, 2 * steps).triu(steps + 1).bool()
        kept = []
        for layer, past in zip(self.layers, memory, strict=True):
            kept.append(x.detach())
            x = layer(x, past, r, (self.near, self.far), mask)
        torch.stack(kept)
        hidden = self.drop(x).reshape(-1, self.width)
        target = torch.zeros(hidden.shape[0], dtype=torch.long)
        return self.words(hidden, target).float().mean()


def _segments(size: Size, batch: int, seq: int) -> tuple[Tensor, ...]:
    memory = [torch.empty(seq, batch, size.width) for _ in range(size.layers)]
    return (torch.zeros(seq, batch, dtype=torch.long), *memory)


def jobs() -> Iterator[Job]:
    """``seq_len`` is the length that is meant when none is given."""
    for name, size in (("transformer-xl-base", BASE), ("transformer-xl-large", LARGE)):
        for end, adaptive in (("", False), ("-adaptive", True)):
            build = partial(TransformerXl, size, adaptive=adaptive)
            make = partial(without_weights, build)
            yield Job(
                name + end, 0, make, partial(_segments, size), task="text", unit="tok",
                loss=lambda out: out, seq_len=size.seq_len, meta=blocks(size.layers, size.width),
            )  # fmt: skip
