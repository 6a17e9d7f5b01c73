"""Many users in a closed loop: laws, the contract's cases, and an event simulation beside it."""

import itertools
import time
from collections import deque
from dataclasses import replace

import pytest

from rigwright.catalog.tables import by_id
from rigwright.predict import constants, serving
from rigwright.predict.serving import users as loop
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.spec.software import Software
from rigwright.workload import decoder

CHIPS = by_id(Chip)
LLAMA, DENSE, MIXED = (decoder.find(n) for n in ("llama-3-8b", "qwen3-32b", "qwen3-30b-a3b"))
RUN = Run(model="llama-3-8b", mode="serve", precision="fp8", seq_len=1024, gen_len=256,
          concurrency=16, software=Software(engine="vllm"))  # fmt: skip
CASES = [
    (LLAMA, "geforce-rtx-4090", 1, "vllm", "fp8"),
    (LLAMA, "geforce-rtx-3090", 1, "llama.cpp", "q4_k_m"),
    (MIXED, "h100-sxm", 2, "sglang", "fp8"),
    (DENSE, "geforce-rtx-3090", 4, "vllm", "awq"),
    (DENSE, "h100-sxm", 2, "tensorrt-llm", "bf16"),
]


def machine(chip, count=1):
    link = "none" if count == 1 else "nvlink" if CHIPS[chip].link_bytes_per_s else "pcie-host"
    return Machine(chip=CHIPS[chip], gpu_count=count, gpu_link=link)


def answered(config, chip, count, engine, precision, **asked):
    run = replace(RUN, precision=precision, software=Software(engine=engine), **asked)
    return serving.serve_users(config, run, machine(chip, count))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0].name} {c[1]} {c[3]}")
@pytest.mark.parametrize("answer", [32, 256, 2048])
def test_more_users_get_more_together_and_less_each(case, answer):
    most = answered(*case, gen_len=answer).users.users_max
    loads = [n for n in (1, 2, 4, 8, 12, 16, 24, 32, 64, 128, 200, 256) if n <= most]
    got = [answered(*case, gen_len=answer, concurrency=n) for n in loads]
    for fewer, more in itertools.pairwise(got):
        assert more.throughput >= fewer.throughput * 0.9999
        assert more.users.tpot_s >= fewer.users.tpot_s * 0.9999
    for p, n in zip(got, loads, strict=True):
        assert p.low_s < p.step_s < p.high_s and p.step_s == p.users.tpot_s
        assert p.users.ttft_low_s < p.users.ttft_s < p.users.ttft_high_s
        assert sum(p.shares.values()) == pytest.approx(1)
        # Little's law of the closed loop.
        whole = p.users.ttft_s + (answer - 1) * p.users.tpot_s
        assert p.throughput == pytest.approx(n * answer / whole)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0].name} {c[1]} {c[3]}")
def test_one_user_is_a_decode_with_its_prompt_before(case):
    config, chip, count, engine, precision = case
    one = answered(*case, concurrency=1)
    run = replace(RUN, precision=precision, software=Software(engine=engine))
    each = {m: serving.serve(config, replace(run, mode=m), machine(chip, count)).step_s
            for m in ("decode", "prefill")}  # fmt: skip
    assert one.users.tpot_s == pytest.approx(each["decode"], rel=1e-9)
    assert one.users.ttft_s > each["prefill"]


def test_prompts_of_others_stand_between_two_tokens():
    short = answered(*CASES[0], gen_len=64).users
    long = answered(*CASES[0], gen_len=1024).users
    assert short.tpot_s > 1.1 * long.tpot_s
    assert answered(*CASES[0], seq_len=8192).users.ttft_s > 4 * long.ttft_s


def test_cards_that_are_copies_of_each_other_share_the_users():
    run = replace(RUN, concurrency=32, tensor_parallel=2)
    both = serving.serve_users(DENSE, replace(run, precision="fp8"), machine("h100-sxm", 4))
    one = serving.serve_users(
        DENSE, replace(run, precision="fp8", concurrency=16), machine("h100-sxm", 2)
    )
    assert both.throughput == pytest.approx(2 * one.throughput)
    assert both.users.users_max == 2 * one.users.users_max


def test_a_slower_link_between_cards_costs_time():
    def tpot(**how):
        at = Machine(chip=CHIPS["geforce-rtx-3090"], gpu_count=2, **how)
        return serving.serve_users(DENSE, replace(RUN, precision="awq"), at).users.tpot_s

    assert tpot(gpu_link="nvlink") < tpot(gpu_link="pcie") < tpot(gpu_link="pcie-host")
    assert tpot(gpu_link="pcie") < tpot(gpu_link="pcie", pcie_bytes_per_s=4e9)


@pytest.mark.parametrize(
    ("config", "count", "asked", "field"),
    [
        (LLAMA, 3, {"tensor_parallel": 3}, "tensor_parallel"),  # 32 heads
        (LLAMA, 2, {"tensor_parallel": 4}, "tensor_parallel"),  # two cards
        (LLAMA, 4, {"pipeline_parallel": 3}, "pipeline_parallel"),
        (MIXED, 4, {"tensor_parallel": 4, "expert_parallel": 3}, "expert_parallel"),
    ],
)
def test_parallel_sizes_that_do_not_divide_are_one_line(config, count, asked, field):
    with pytest.raises(InputError) as told:
        serving.serve_users(config, replace(RUN, **asked), machine("h100-sxm", count))
    assert field in str(told.value) and "\n" not in str(told.value)


def test_three_cards_serve_without_being_asked_how():
    p = answered(DENSE, "geforce-rtx-3090", 3, "vllm", "awq")
    assert "3 groups of layers" in " ".join(p.notes)


def test_loads_beyond_the_machine_say_by_how_much():
    held = answered(*CASES[0]).users.users_max
    more = answered(*CASES[0], concurrency=4 * held)
    words = " ".join(more.notes)
    assert f"{held:,} of {4 * held:,} users" in words and "GiB more on each GPU" in words
    assert more.fits and more.users.at_once < 4 * held
    assert more.users.ttft_s > 10 * answered(*CASES[0], concurrency=held).users.ttft_s
    none = answered(decoder.find("llama-3-70b"), "geforce-rtx-4090", 1, "vllm", "bf16")
    assert not none.fits and none.users.users_max == 0
    assert "no user's whole context" in " ".join(none.notes)


def test_a_question_is_answered_at_once():
    answered(*CASES[2])
    took = []
    for _ in range(20):
        start = time.perf_counter()
        answered(*CASES[2])
        took.append(time.perf_counter() - start)
    assert min(took) < 0.005


# -- an event simulation, step by step -----------------------------------------------------
def simulated(q, plain, single, full, requests=3000):
    """(time per token, tokens per second) of users who start one after the other."""
    one = min(q["prompt"], q["chunk"])
    slope = (full - single) / max(one * (q["most"] - 1), 1e-9)
    waiting, writing, clock, done, spent = deque(), [], 0.0, 0, []
    users, answer = int(q["users"]), int(q["answer"])
    starts = deque(i * answer * plain * 1.5 / users for i in range(users))
    while done < requests:
        while starts and starts[0] <= clock:
            starts.popleft()
            waiting.append([q["prompt"]])
        left, read, ready = q["chunk"], 0.0, []
        while waiting and left > 0:
            part = min(waiting[0][0], left)
            waiting[0][0] -= part
            left, read = left - part, read + part
            if waiting[0][0] > 0:
                break
            ready.append(waiting.popleft())
        step = plain if not read else single + slope * max(read - one, 0.0)
        if not writing and not read:
            step = starts[0] - clock
        clock += step
        for request in writing:
            request[0] -= 1
        over = [r for r in writing if r[0] <= 0]
        writing = [r for r in writing if r[0] > 0]
        for request in over:
            done += 1
            spent.append(((clock - request[1]) / (answer - 1), clock))
            waiting.append([q["prompt"]])
        writing += [[answer - 1, clock] for _ in ready]
    late = spent[len(spent) // 2 :]
    rate = (len(late) - 1) * answer / (late[-1][1] - late[0][1])
    return sum(t for t, _ in late) / len(late), rate


@pytest.mark.parametrize("case", CASES[:4], ids=lambda c: f"{c[0].name} {c[1]} {c[3]}")
@pytest.mark.parametrize(("users", "prompt", "answer"), [(8, 512, 256), (32, 1024, 512)])
def test_the_formula_agrees_with_a_simulation(case, users, prompt, answer):
    config, chip, count, engine, precision = case
    run = replace(RUN, precision=precision, software=Software(engine=engine), seq_len=prompt,
                  gen_len=answer, concurrency=users)  # fmt: skip
    at = machine(chip, count)
    q, cases = loop.posed(config, run, at, loop.room_of(config, run, at))
    c = constants.shipped("serving")
    steps = [float(sum(serving.seconds(case, c).values())) for case in cases]
    # Users who come one by one; those of one start, whose answers end together, interfere less.
    first, token = loop.means(q, *steps, c.replace({"together": 0.0}))
    alone, rate = simulated(q, *steps)
    assert token == pytest.approx(alone, rel=0.03)
    assert users * answer / (first + (answer - 1) * token) == pytest.approx(rate, rel=0.03)
    assert steps[0] <= loop.means(q, *steps, c)[1] <= token


@pytest.mark.parametrize("case", CASES[:3], ids=lambda c: f"{c[0].name} {c[1]} {c[3]}")
def test_targets_are_missed_by_what_is_said_and_met_by_the_users_that_are_named(case):
    config, chip, count, engine, precision = case
    plain = answered(*case)
    assert not plain.users.missed and plain.does and plain.pace_s == 1 / plain.throughput
    run = replace(RUN, precision=precision, software=Software(engine=engine),
                  tpot_ms_max=700 * plain.users.tpot_s)  # fmt: skip
    p = serving.serve_users(config, run, machine(chip, count))
    assert p.fits and not p.does and p.throughput == plain.throughput
    assert len(p.users.missed) == 1 and "1.43 x" in p.users.missed[0]
    met = serving.reached(config, run, machine(chip, count), p.users).users_met
    for users, good in ((met, True), (met + 1, False)):
        if users:
            asked = replace(run, concurrency=users)
            assert serving.serve_users(config, asked, machine(chip, count)).does is good
    hopeless = replace(run, ttft_ms_max=1e-3)
    assert serving.reached(config, hopeless, machine(chip, count), p.users).users_met == 0


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0].name} {c[1]} {c[3]}")
def test_the_longest_context_of_all_users_is_held_and_more_is_not(case):
    config, chip, count, engine, precision = case
    run = replace(RUN, precision=precision, software=Software(engine=engine), concurrency=8)
    where = machine(chip, count)
    users = serving.serve_users(config, run, where).users
    longest = serving.reached(config, run, where, users).context_max
    if longest < config.max_positions:
        for tokens, held in ((longest, True), (longest * 1.02 + 32, False)):
            prompt = replace(run, seq_len=int(tokens) - run.gen_len)
            assert (loop.room_of(config, prompt, where).users >= 8) is held


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0].name} {c[1]} {c[3]}")
@pytest.mark.parametrize("prompt", [64, 1024, 16384])
def test_what_is_too_slow_without_a_prompt_misses_its_target(case, prompt):
    """What is said early and cheaply is never said of cards that meet the target."""
    config, chip, count, engine, precision = case
    for users, answer in itertools.product((1, 8, 64), (16, 1024)):
        run = replace(RUN, precision=precision, software=Software(engine=engine), seq_len=prompt,
                      gen_len=answer, concurrency=users)  # fmt: skip
        got = 1e3 * serving.serve_users(config, run, machine(chip, count)).users.tpot_s
        at = replace(run, tpot_ms_max=got)
        assert not serving.too_slow(config, at, machine(chip, count))
        assert serving.too_slow(config, replace(run, tpot_ms_max=1e-3), machine(chip, count))
    assert not serving.too_slow(config, run, machine(chip, count))
