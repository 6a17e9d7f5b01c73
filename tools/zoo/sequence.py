"""Sequence and recommendation models of NVIDIA DeepLearningExamples, with their dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from zoo.job import Job, without_weights


# -- GNMT (PyTorch/Translation/GNMT) ---------------------------------------------------------
class Gnmt(nn.Module):
    """Four LSTM layers each side, normalised Bahdanau attention, 32,320 words, width 1,024."""

    def __init__(self, width: int = 1024, words: int = 32320) -> None:
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.encoder = nn.ModuleList(
            nn.LSTM(i, width, bidirectional=b)
            for i, b in ((width, True), (2 * width, False), (width, False), (width, False))
        )
        self.decoder = nn.ModuleList(
            nn.LSTM(i, width) for i in (width, 2 * width, 2 * width, 2 * width)
        )
        self.query, self.key = (
            nn.Linear(width, width, bias=False),
            nn.Linear(width, width, bias=False),
        )
        self.score, self.bias = (
            nn.Parameter(torch.empty(width)),
            nn.Parameter(torch.empty(width)),
        )
        self.classify = nn.Linear(width, words)
        self.drop = nn.Dropout(0.2)

    def encode(self, tokens: Tensor) -> Tensor:
        x = self.drop(self.words(tokens))
        for i, layer in enumerate(self.encoder):
            y = layer(self.drop(x))[0]
            x = y + x if i > 1 else y
        return x

    def attend(self, x: Tensor, context: Tensor) -> Tensor:
        """Every target step over every source step: [batch, target, source, width] sums."""
        values = context.transpose(0, 1)
        q = self.query(x.transpose(0, 1)).unsqueeze(2)
        k = self.key(values).unsqueeze(1)
        score = torch.matmul(torch.tanh(q + k + self.bias), self.score)
        return torch.bmm(F.softmax(score, -1), values).transpose(0, 1)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        context = self.encode(source)
        x = self.decoder[0](self.words(target))[0]
        seen = self.attend(x, context)
        x = self.drop(x)
        for i, layer in enumerate(list(self.decoder)[1:]):
            y = layer(torch.cat([self.drop(x), seen], 2))[0]
            x = y + x if i else y
        logits = self.classify(x).flatten(0, 1)
        log = F.log_softmax(logits, -1, dtype=torch.float32)
        words = torch.zeros(logits.shape[0], 1, dtype=torch.long)
        right, all_ = -log.gather(-1, words).squeeze(1), -log.mean(dim=-1)
        return (0.9 * right + 0.1 * all_).sum()  # label smoothing


def _pairs(batch: int, seq: int) -> tuple[Tensor, Tensor]:
    return (
        torch.zeros(seq, batch, dtype=torch.long),
        torch.zeros(seq, batch, dtype=torch.long),
    )


# -- NCF (PyTorch/Recommendation/NCF), MovieLens 20M ------------------------------------------
class NeuMf(nn.Module):
    """Matrix factorisation of width 64 beside an MLP of 256, 256, 128, 64."""

    def __init__(self, users: int = 138493, items: int = 26744) -> None:
        super().__init__()
        self.mf = nn.ModuleList([nn.Embedding(users, 64), nn.Embedding(items, 64)])
        self.mlp = nn.ModuleList([nn.Embedding(users, 128), nn.Embedding(items, 128)])
        self.layers = nn.ModuleList(nn.Linear(i, o) for i, o in ((256, 256), (256, 128), (128, 64)))
        self.out = nn.Linear(128, 1)

    def forward(self, user: Tensor, item: Tensor) -> Tensor:
        product = self.mf[0](user) * self.mf[1](item)
        x = torch.cat([self.mlp[0](user), self.mlp[1](item)], 1)
        for layer in self.layers:
            x = F.dropout(F.relu(layer(x)), 0.5, self.training)
        out: Tensor = self.out(torch.cat([product, x], 1))
        return out


def _clicks(batch: int, seq: int) -> tuple[Tensor, Tensor]:
    return torch.zeros(batch, dtype=torch.long), torch.zeros(batch, dtype=torch.long)


def _click_loss(out: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(out, torch.empty_like(out))


# -- speech synthesis (PyTorch/SpeechSynthesis/Tacotron2) ------------------------------------
class Coupling(nn.Module):
    """WaveGlow's WN: eight dilated gated convolutions of width 512."""

    def __init__(self, half: int, width: int = 512, layers: int = 8) -> None:
        super().__init__()
        norm = nn.utils.parametrizations.weight_norm
        self.start = norm(nn.Conv1d(half, width, 1))
        self.given = nn.ModuleList(norm(nn.Conv1d(640, 2 * width, 1)) for _ in range(layers))
        self.inner = nn.ModuleList(
            norm(nn.Conv1d(width, 2 * width, 3, padding=2**i, dilation=2**i)) for i in range(layers)
        )
        self.outer = nn.ModuleList(
            norm(nn.Conv1d(width, 2 * width if i < layers - 1 else width, 1)) for i in range(layers)
        )
        self.end = nn.Conv1d(width, 2 * half, 1)
        self.width = width

    def forward(self, x: Tensor, mel: Tensor) -> Tensor:
        x, total = self.start(x), None
        for given, inner, outer in zip(self.given, self.inner, self.outer, strict=True):
            both = inner(x) + given(mel)
            gate = torch.tanh(both[:, : self.width]) * torch.sigmoid(both[:, self.width :])
            step = outer(gate)
            if step.shape[1] > self.width:
                x, step = x + step[:, : self.width], step[:, self.width :]
            total = step if total is None else total + step
        out: Tensor = self.end(total)
        return out


class WaveGlow(nn.Module):
    """Twelve flows over segments of 8,000 samples in groups of eight (Prenger 2018)."""

    def __init__(self) -> None:
        super().__init__()
        self.upsample = nn.ConvTranspose1d(80, 80, 1024, stride=256)
        widths = [8 - 2 * (i // 4) for i in range(12)]
        self.mix = nn.ModuleList(nn.Conv1d(w, w, 1, bias=False) for w in widths)
        self.flows = nn.ModuleList(Coupling(w // 2) for w in widths)

    def forward(self, mel: Tensor, audio: Tensor) -> Tensor:
        n = audio.shape[0]
        mel = self.upsample(mel)[:, :, : audio.shape[1]]
        mel = mel.unfold(2, 8, 8).permute(0, 2, 1, 3).reshape(n, -1, 640).transpose(1, 2)
        x, loss, out = audio.unfold(1, 8, 8).transpose(1, 2), 0.0, []
        for i, (mix, flow) in enumerate(zip(self.mix, self.flows, strict=True)):
            if i and i % 4 == 0:
                out.append(x[:, :2])
                x = x[:, 2:]
            x = mix(x)
            loss = loss - torch.logdet(mix.weight.squeeze(-1))
            half = x.shape[1] // 2
            shift, scale = flow(x[:, :half], mel).chunk(2, 1)
            x = torch.cat([x[:, :half], torch.exp(scale) * x[:, half:] + shift], 1)
            loss = loss - scale.sum()
        return loss + (torch.cat([*out, x], 1) ** 2).sum()


def _segment(batch: int, seq: int) -> tuple[Tensor, Tensor]:
    return torch.empty(batch, 80, 32), torch.empty(batch, 8000)


def itself(out: Tensor) -> Tensor:
    """The model returns its loss."""
    return out


def jobs() -> Iterator[Job]:
    """``seq_len`` is the length that is meant when none is given."""
    make = partial(without_weights, Gnmt)
    both = (("counted_per_item", 100.0),)  # published tokens per second count both sides
    yield Job("gnmt", 0, make, _pairs, task="text", unit="tok", loss=itself, seq_len=50, meta=both)
    make = partial(without_weights, NeuMf)
    yield Job("ncf", 0, make, _clicks, task="recommend", unit="item", loss=_click_loss)
    speech = {"task": "speech", "unit": "item", "meta": (("counted_per_item", 8000.0),)}
    yield Job("waveglow", 0, WaveGlow, _segment, loss=itself, **speech)
