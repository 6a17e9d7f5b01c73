"""Goals of many users: ranked by what they get together, and targets that are kept."""

import pytest

from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.outfitting import NEAR
from rigwright.plan.machine.planning import plan

WORK = {"model": "llama-3-8b", "mode": "serve", "concurrency": 16, "precision": "awq",
        "seq_len": 1000, "gen_len": 300}  # fmt: skip


def planned(cards=2, **asked):
    goal = {"workload": WORK | asked, "budget": {"usd": 4000}, "as_of": "2026-11-01",
            "limits": {"gpu_count_max": cards}}  # fmt: skip
    return plan(parse_goal(goal, "goal"))


def test_the_machine_is_ranked_by_what_all_users_get_and_keeps_the_targets():
    free = planned()
    assert free.run.software.engine == "vllm"  # 16 users of a format that it reads
    paid = [p for p in free.frontier if p.within_budget and p.throughput]
    chosen = next(p for p in paid if p.chosen)
    assert chosen.throughput * (1 + NEAR) >= max(p.throughput for p in paid) * 0.999
    assert chosen.users.tpot_s == chosen.step_s and chosen.users.users_max >= 1

    limit = sorted(p.users.tpot_s for p in paid)[len(paid) // 2] * 1e3
    kept = planned(tpot_ms_max=limit)
    slower = {(p.gpu, p.gpu_count) for p in paid if p.users.tpot_s * 1e3 > limit}
    assert slower and kept.chosen.prediction.users.users_met >= 16
    assert not slower & {(p.gpu, p.gpu_count) for p in kept.frontier if p.fits}


def test_a_target_that_nothing_meets_is_refused_with_by_how_much():
    answer = planned(1, tpot_ms_max=0.5)
    assert answer.chosen is None
    assert any("time per token" in words and "x the 0.5 ms" in words for words in answer.conflicts)


@pytest.mark.parametrize("key", ["ttft_ms_max", "tpot_ms_max"])
def test_targets_are_of_many_users_alone(key):
    with pytest.raises(Exception, match="mode serve"):
        planned(mode="decode", concurrency=None, **{key: 10})


def test_experts_beside_the_card_are_worth_a_faster_main_memory():
    """The budget pays either generation; most of a token waits for main memory."""
    work = {"model": "gpt-oss-120b", "mode": "decode", "seq_len": 500, "gen_len": 500}
    goal = {"budget": {"usd": 6000}, "as_of": "2026-11-01", "limits": {"gpu_count_max": 1},
            "workload": work | {"offload": True}}  # fmt: skip
    chosen = plan(parse_goal(goal, "goal")).chosen
    assert "DDR5" in next(line.name for line in chosen.parts if line.kind == "ram")
    assert chosen.prediction.bound == "cpu" and chosen.prediction.fits
    assert {term.what for term in chosen.sizes.ram} >= {"offload"}
