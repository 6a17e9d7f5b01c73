"""Tacotron 2 as NVIDIA DeepLearningExamples trains it: one decoder step per frame, in a loop.

``tacotron2/model.py`` of PyTorch/SpeechSynthesis/Tacotron2. A batch is padded to its longest clip:
of LJSpeech's, that is close to the longest of all, 10.1 s = 870 frames of 256 samples at 22,050 Hz.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from zoo.job import Job, without_weights

FRAMES, LETTERS = 860, 170
MEAN_FRAMES = 566  # of a clip: 6.57 s; what the published items per second count
_MELS = 80


def block(c_in: int, c_out: int, act: nn.Module) -> nn.Module:
    """Convolution over five steps, batch norm, activation, dropout."""
    layers = (nn.Conv1d(c_in, c_out, 5, padding=2), nn.BatchNorm1d(c_out))
    return nn.Sequential(*layers, act, nn.Dropout(0.5))


class Attention(nn.Module):
    """Location-sensitive attention of one decoder step over all letters."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(1024, 128, bias=False)
        self.key = nn.Linear(512, 128, bias=False)
        self.score = nn.Linear(128, 1, bias=False)
        self.near = nn.Conv1d(2, 32, 31, padding=15, bias=False)
        self.dense = nn.Linear(32, 128, bias=False)

    def forward(self, state: Tensor, memory: Tensor, keys: Tensor, past: Tensor) -> Any:
        where = self.dense(self.near(past).transpose(1, 2))
        score = self.score(torch.tanh(self.query(state.unsqueeze(1)) + where + keys)).squeeze(-1)
        score.data.masked_fill_(torch.zeros(score.shape, dtype=torch.bool), -torch.inf)
        weight = F.softmax(score, dim=1)
        return torch.bmm(weight.unsqueeze(1), memory).squeeze(1), weight


class Tacotron2(nn.Module):
    """steps : decoder steps that run; what goes on all frames at once runs on ``FRAMES``."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps
        self.letters = nn.Embedding(148, 512)
        self.encoder = nn.Sequential(*[block(512, 512, nn.ReLU()) for _ in range(3)])
        self.read = nn.LSTM(512, 256, batch_first=True, bidirectional=True)
        self.prenet = nn.ModuleList(nn.Linear(w, 256, bias=False) for w in (_MELS, 256))
        self.attention_rnn, self.decoder_rnn = nn.LSTMCell(768, 1024), nn.LSTMCell(1536, 1024)
        self.attend = Attention()
        self.frame, self.stop = nn.Linear(1536, _MELS), nn.Linear(1536, 1)
        widths = (_MELS, 512, 512, 512, 512)
        self.postnet = nn.Sequential(
            *[block(w, 512, nn.Tanh()) for w in widths[:4]], block(512, _MELS, nn.Identity())
        )

    def decode(self, given: Tensor, memory: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """The loop over frames."""
        batch, letters = memory.shape[:2]
        state = [memory.new_zeros(batch, 1024) for _ in range(4)]
        weight, total = memory.new_zeros(batch, letters), memory.new_zeros(batch, letters)
        context, keys = memory.new_zeros(batch, 512), self.attend.key(memory)
        frames, stops = [], []
        for step in range(self.steps):
            x = torch.cat((given[step], context), -1)
            h, state[1] = self.attention_rnn(x, (state[0], state[1]))
            state[0] = F.dropout(h, 0.1, self.training)
            past = torch.cat((weight.unsqueeze(1), total.unsqueeze(1)), dim=1)
            context, weight = self.attend(state[0], memory, keys, past)
            total = total + weight
            x = torch.cat((state[0], context), -1)
            h, state[3] = self.decoder_rnn(x, (state[2], state[3]))
            state[2] = F.dropout(h, 0.1, self.training)
            both = torch.cat((state[2], context), dim=1)
            frames.append(self.frame(both))
            stops.append(self.stop(both))
        return frames, stops

    def forward(self, letters: Tensor, mel: Tensor) -> Any:
        memory = self.read(self.encoder(self.letters(letters).transpose(1, 2)).transpose(1, 2))[0]
        given = mel.permute(2, 0, 1)
        for layer in self.prenet:
            given = F.dropout(F.relu(layer(given)), 0.5, training=True)
        frames, stops = self.decode(given, memory)
        # Stands in for the stacked frames, so that their number does not depend on the loop's.
        wide = self.frame.bias.view(1, -1, 1).expand(mel.shape).contiguous()
        return frames, stops, wide, wide + self.postnet(wide)


def loss_of(out: Any) -> Tensor:
    """Squared errors of both spectrograms, cross entropy of the stops; masks of padding."""
    frames, stops, first, second = out
    first, second = (F.dropout(x, 0.0) for x in (first, second))
    target, gate = torch.empty_like(first), torch.empty_like(first[:, 0])
    loss = F.mse_loss(first, target) + F.mse_loss(second, target)
    loss = loss + F.binary_cross_entropy_with_logits(first[:, 0], gate)
    for values in (*frames, *stops):  # each step's gradient comes out of the stacked ones
        loss = loss + values.sum()
    return loss


def _speech(batch: int, seq: int) -> tuple[Tensor, Tensor]:
    return torch.zeros(batch, seq, dtype=torch.long), torch.empty(batch, _MELS, FRAMES)


def jobs() -> Iterator[Job]:
    """``seq_len`` counts letters; the frames are as many as ``FRAMES`` whatever it is."""

    def make(steps: int) -> Any:
        return without_weights(partial(Tacotron2, steps))

    about = {"task": "speech", "unit": "item", "seq_len": LETTERS, "loops": FRAMES}
    yield Job("tacotron2", 0, make, _speech, loss=loss_of,
              meta=(("counted_per_item", float(MEAN_FRAMES)),), **about)  # fmt: skip
