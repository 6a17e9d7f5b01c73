"""What many users get: continuous batching in a closed loop.

Every user sends a prompt, reads the answer and asks again. Between two tokens of one answer stand
the prompts of others: a step carries one token of every answer and, when somebody asks, prompts up
to the engine's chunk (Orca, OSDI 2022; chunked prefill, arXiv:2308.16369).
"""

import functools
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from rigwright.predict import constants as constants_table
from rigwright.predict.constants import Constants
from rigwright.predict.engines import engine_of
from rigwright.predict.memory import unified
from rigwright.predict.memory.formats import GIB, kv_bytes
from rigwright.predict.memory.ranges import DRIVER_BYTES, largest
from rigwright.predict.serving import step as steps
from rigwright.predict.serving.layout import split_of
from rigwright.spec.run import Machine, Prediction, Run, Users
from rigwright.workload.decoder import DecoderConfig

PROMPT, ANSWER = 1024, 256
"""Tokens where none are said."""
ROUNDS = 12
Question = dict[str, float]
"""users : of one copy of the model.  running : answers written at once.  prompt, answer, chunk :
tokens.  stages : groups of layers that work at once.  ahead : steps planned before one ends.
most : prompts that one step can carry.  pieces : steps that one prompt takes."""


class Room(NamedTuple):
    """Memory of the fullest card: all but the cache, left for it, and what one user of each copy
    takes with a whole context and with half of the answer. [B]"""

    rest: float
    free: float
    each: float
    mean: float
    copies: int

    @property
    def users(self) -> int:
        """Users whose whole context fits."""
        return self.copies * math.floor(max(self.free, 0.0) / self.each)


@functools.lru_cache(maxsize=256)
def room_of(config: DecoderConfig, run: Run, machine: Machine) -> Room:
    """Raises InputError for an unknown format and a layout that does not divide."""
    copies, whole = split_of(config, run, machine).replicas, _whole(run)
    used, shares = steps.serving_memory(config, whole, machine)
    number = math.ceil(whole.batch / copies)
    each = mean = max(shares["kv cache"] / number, 1.0)
    if engine_of(run.software).paged:  # given as an answer grows, else reserved for the whole
        half = replace(whole, gen_len=max((whole.gen_len or 0) // 2, 1))
        mean = max(steps.serving_memory(config, half, machine)[1]["kv cache"] / number, 1.0)
    rest = used - shares["kv cache"]
    usable = unified.usable_bytes(machine.chip) - DRIVER_BYTES
    return Room(rest, usable - rest, each, mean, copies)


@functools.lru_cache(maxsize=256)
def _whole(run: Run) -> Run:
    """The run whose memory its users fill if all their contexts are whole."""
    prompt, answer = run.seq_len or PROMPT, run.gen_len or ANSWER
    return replace(run, batch=run.concurrency or 1, seq_len=prompt, gen_len=answer)


def held_run(config: DecoderConfig, run: Run, machine: Machine) -> Run:
    """The run of as many users as memory holds at once, at least one: the others wait."""
    whole = _whole(run)
    return replace(whole, batch=max(min(whole.batch, room_of(config, run, machine).users), 1))


def posed(
    config: DecoderConfig, run: Run, machine: Machine, room: Room, number: int = 3
) -> tuple[Question, list[dict[str, float]]]:
    """One copy's question, and its steps: without a prompt, with one, with as many as can come.

    Micro-batches of a pipeline hold a part of the users each.  number : of these steps.
    Raises InputError.
    """
    run, split, engine = _whole(run), split_of(config, run, machine), engine_of(run.software)
    users, chunk = max(run.batch / split.replicas, 1.0), float(engine.chunk)
    prompt, answer = float(run.seq_len or PROMPT), float(run.gen_len or ANSWER)
    # Prompts that take every step hold back the answers.
    running = min(users, max(room.free / room.mean, 1.0), max(answer * chunk / prompt, 1.0))
    stages = float(split.pipeline if engine.joint else 1)
    q = {
        "users": users, "running": running, "prompt": prompt, "answer": answer, "chunk": chunk,
        "stages": stages, "ahead": float(engine.ahead),
        "most": max(min(chunk / prompt, running), 1.0), "pieces": max(prompt / chunk, 1.0),
    }  # fmt: skip
    one, sequences = min(prompt, chunk), max(running / stages, 1.0)
    loads = (
        steps.Traffic(sequences, prompt + answer / 2, prompts, prompt / 2)
        for prompts in (0.0, one, one * q["most"])[:number]
    )
    return q, [steps.case_of(config, run, machine, load, split) for load in loads]


def means(
    q: Mapping[str, Any], plain: Any, single: Any, full: Any, c: Constants
) -> tuple[Any, Any]:
    """Times to the first token and per token; of numbers or of arrays over many questions. [s]

    plain, single, full : of a step without a prompt, with one, with as many as can come.
    """
    group, first, token, cycle = 1.0 + 0.0 * plain, single, plain, plain
    several, others = q["most"] > 1, np.maximum(q["most"] - 1, 1e-9)
    lone, together = q["running"] ** -c.together, q["running"] ** c.together
    for _ in range(ROUNDS):
        share = np.where(several, (group - 1) / others, 0.0)
        carrying = single + (full - single) * share
        stall = (carrying - plain) * q["pieces"] / group / q["stages"]
        token = plain + np.maximum(q["running"] - group, 0.0) / q["answer"] * stall
        # Answers of one length end together and ask together: who comes finds a prompt in the step.
        cycle = first + (q["answer"] - 1.0) * token
        chance = 1.0 - lone
        chance = chance + (1.0 - chance) * np.minimum((q["running"] - 1.0) * carrying / cycle, 1.0)
        met = (0.5 + q["ahead"]) * (chance * carrying + (1.0 - chance) * plain)
        # Users of a closed loop take turns: at most half a step of prompts stands before another.
        queue = carrying * q["running"] * q["prompt"] / q["chunk"] / q["answer"] / 2.0
        first = met + queue + carrying * q["pieces"] + plain
        cycle = first + (q["answer"] - 1.0) * token
        came = q["running"] / cycle * carrying
        group = np.clip((group + together + came) / 2.0, 1.0, q["most"])
    # Who finds no room waits until somebody ends.
    return first + np.maximum(q["users"] - q["running"], 0.0) / q["running"] * cycle, token


def _beyond(run: Run, machine: Machine, room: Room) -> tuple[str, ...]:
    """What lacks when more users ask than memory holds, and what would carry them."""
    users, wanted = run.batch, math.ceil(run.batch / room.copies) * room.each
    if users <= room.users:
        return ()
    held, end = f"the whole context of {room.users:,} of {users:,} users", "the others wait"
    cards = math.ceil(machine.gpu_count * users / max(room.users, 1))
    if not room.users:
        held, end = "no user's whole context", "times are as if it held one"
        cards = math.ceil(machine.gpu_count * (room.rest + wanted) / (room.rest + room.free))
    lacks = f"{(wanted - room.free) / GIB:,.1f} GiB more on each GPU, or about {cards} of them"
    return (f"memory holds {held}: {lacks}, would do; {end}",)


def _timed(config: DecoderConfig, run: Run, machine: Machine, room: Room) -> tuple[Any, ...]:
    """The question, its steps, their parts, and (time to the first token, per token) in s."""
    c = constants_table.shipped("serving")
    q, cases = posed(config, run, machine, room)
    parts = [{k: float(v) for k, v in steps.seconds(case, c).items()} for case in cases]
    first, token = map(float, means(q, *(sum(p.values()) for p in parts[:3]), c))  # type: ignore
    return q, cases, parts, (first, token)


def _missed(run: Run, first: float, token: float) -> tuple[str, ...]:
    """Targets that are not met, and by how much."""
    asked = (("first token", first, run.ttft_ms_max), ("time per token", token, run.tpot_ms_max))
    return tuple(
        f"{what} {1e3 * got:,.4g} ms, {1e3 * got / most:.2f} x the {most:,.4g} ms asked"
        for what, got, most in asked
        if most and 1e3 * got > most
    )


def too_slow(config: DecoderConfig, run: Run, machine: Machine) -> bool:
    """Whether a step takes longer than a token may although nobody asks: the targets are missed."""
    if not run.tpot_ms_max:
        return False
    _, (plain,) = posed(config, run, machine, room_of(config, run, machine), 1)
    parts = steps.seconds(plain, constants_table.shipped("serving"))
    return 1e3 * float(sum(parts.values())) > run.tpot_ms_max


def reached(config: DecoderConfig, run: Run, machine: Machine, users: Users) -> Users:
    """How far the machine goes: most users within the targets, longest context of all users.

    Raises InputError for a layout that does not divide and for an unknown format.
    """
    whole, split, engine = _whole(run), split_of(config, run, machine), engine_of(run.software)
    prompt = max(whole.seq_len or 1, min(engine.chunk, config.max_positions))
    room = room_of(config, replace(whole, seq_len=prompt), machine)  # no longer one takes more
    own, paged = config.shared(split.tensor), engine.paged
    held = room.free / math.ceil(whole.batch / room.copies) / room.each
    most = held * kv_bytes(own, 1, prompt + (whole.gen_len or 0), paged=paged)
    context = largest(lambda n: kv_bytes(own, 1, n, paged=paged) <= most, config.max_positions)
    met, room = None, room_of(config, run, machine)
    if run.ttft_ms_max or run.tpot_ms_max:

        def meets(n: int) -> bool:
            other = replace(whole, batch=n, concurrency=n)
            return not _missed(run, *_timed(config, other, machine, room)[-1])

        met = largest(meets, max(room.users, 1)) or 0 if room.users else 0
    return replace(users, context_max=context or 0, users_met=met)


def serve_users(config: DecoderConfig, run: Run, machine: Machine) -> Prediction:
    """Mean times and throughput of a closed loop of ``concurrency`` users.

    Raises InputError for a layout that does not divide and for an unknown format.
    """
    c, split = constants_table.shipped("serving"), split_of(config, run, machine)
    room, run = room_of(config, run, machine), _whole(run)
    q, cases, parts, (first, token) = _timed(config, run, machine, room)
    total = first + (q["answer"] - 1) * token
    used, shares = steps.serving_memory(config, held_run(config, run, machine), machine)
    mixed = _mixed(parts, token)
    near, far = math.exp(steps.half_width(cases[0], c)), math.exp(c.range_ttft)
    return Prediction(
        step_s=token, low_s=token / near, high_s=token * near,
        throughput=run.batch * q["answer"] / total, unit="tok/s",
        memory_bytes=used, fits=room.users >= 1, bound=steps.bound_of(mixed),
        shares={k: v / token for k, v in mixed.items() if v > 0}, memory_shares=shares,
        notes=(*steps.notes_on(run, machine, cases[0], split), *_beyond(run, machine, room)),
        users=Users(
            missed=_missed(run, first, token), ttft_s=first,
            ttft_low_s=first / far, ttft_high_s=first * far, tpot_s=token,
            at_once=run.batch * q["answer"] * token / total, users_max=room.users,
        ),
    )  # fmt: skip


def _mixed(parts: list[dict[str, float]], token: float) -> dict[str, float]:
    """Parts of the time per token: of a plain step, and of what prompts add to it."""
    added = {name: max(parts[1][name] - part, 0.0) for name, part in parts[0].items()}
    more = (token - sum(parts[0].values())) / (sum(added.values()) or 1.0)
    return {name: part + added[name] * more for name, part in parts[0].items()}
