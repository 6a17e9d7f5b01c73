"""A goal from flags: the same as in a file, over a file, or the packaged example."""

import json

import pytest
from typer.testing import CliRunner

from rigwright.cli import app
from rigwright.plan.ask.goal import sections
from rigwright.plan.machine.given.market import market, only_told
from rigwright.plan.machine.goals import goal_of
from rigwright.plan.machine.planning import plan
from rigwright.spec.errors import InputError, UnknownNameError

FILE = """as_of = 2026-03-01
[workload]
model = "llama-3-8b"
method = "qlora"
seq_len = 1024
[budget]
usd = 3000
"""
FLAGS = ["--model", "llama-3-8b", "--method", "qlora", "--seq-len", "1024", "--budget", "3000",
         "--as-of", "2026-03-01"]  # fmt: skip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "goal.toml"
    path.write_text(FILE)
    return path


def test_flags_are_the_same_goal_as_a_file(file):
    said = {"model": "llama-3-8b", "method": "qlora", "seq_len": "1024", "budget": "3000"}
    assert goal_of(None, said, "2026-03-01").goal == goal_of(file, {}).goal
    outs = [CliRunner().invoke(app, ["plan", *words, "--json"]).stdout
            for words in (FLAGS, [str(file)])]  # fmt: skip
    assert json.loads(outs[0]) == json.loads(outs[1])


def test_flags_go_over_a_file(file):
    said = {"budget": "900", "batch": "4", "used": True, "quiet": True, "amd": True,
            "case_litres": "15", "country": "DE", "set": ["limits.cores_min=8"]}  # fmt: skip
    goal = goal_of(file, said, "2026-04-01").goal
    limits = goal.limits
    assert (goal.budget.usd, goal.workload.batch, goal.workload.seq_len) == (900, 4, 1024)
    assert (limits.used, limits.noise_dba_max, limits.gpu_vendors) == (True, 30, ("nvidia", "amd"))
    assert (limits.case_volume_l_max, limits.cores_min, goal.site.country) == (15, 8, "DE")
    assert goal.as_of.isoformat() == "2026-04-01"
    no = goal_of(file, {"used": False, "quiet": False, "amd": False}).goal.limits
    assert (no.used, no.noise_dba_max, no.gpu_vendors) == (False, None, ("nvidia",))


KEYS = [(f"{name}.{q.name}".lstrip("."), q) for name, asked in sections().items() for q in asked]
OTHER = {
    "currency": "EUR",
    "tax": "included",
    "mode": "forward_backward",
    "drive": "any",
    "country": "DE",
    "gpu_vendors": ("amd",),
}
BESIDE = {
    "gen_len": ["workload.mode=decode", "workload.precision=q4_k_m"],
    "kv_precision": ["workload.mode=decode", "workload.precision=q4_k_m"],
    "concurrency": ["workload.mode=serve"], "expert_parallel": ["workload.mode=serve"],
    "ttft_ms_max": ["workload.mode=serve"], "tpot_ms_max": ["workload.mode=serve"],
    "gpu_layers": ["workload.mode=serve"], "cpu_moe": ["workload.mode=serve"],
    "steps": ["workload.model=sdxl", "workload.mode=infer"],
    "guidance": ["workload.model=sdxl", "workload.mode=infer"],
    "tax": ["site.country=DE"],
    "img_size": ["workload.model=resnet50"], "layout": ["workload.model=resnet50"],
    "adapters": ["workload.method=lora"], "adapter_rank": ["workload.method=lora"],
}  # fmt: skip


@pytest.mark.parametrize(("key", "q"), KEYS, ids=[key for key, _ in KEYS])
def test_set_reaches_every_key(key, q):
    value = OTHER.get(q.name, q.example)
    if value is None:
        value = q.default + 1  # a default would prove nothing
    text = "; ".join(value) if isinstance(value, tuple) else str(value)
    text = text.lower() if isinstance(value, bool) else text
    beside = (
        ["workload.model=resnet50", "data.name=coco"]
        if key.startswith("data.")
        else BESIDE.get(q.name, ())
    )
    settings = [*beside, f"{key}={text}"]
    said = {"model": "llama-3-8b", "budget": 1000, "set": settings}
    goal = goal_of(None, said).goal
    section, _, name = key.rpartition(".")
    held = getattr(getattr(goal, section) if section else goal, name)
    assert held == value or str(held) == value


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"model": "resnet50"}, "--budget"),
        ({"used": True}, "--model"),
        ({"model": "resnet50", "budget": "much"}, "budget.usd"),
        ({"model": "resnet50", "budget": "9", "set": ["limits.cors_min=3"]}, "nearest: cores_min"),
        ({"model": "resnet50", "budget": "9", "set": ["cores_min"]}, "SECTION.KEY=VALUE"),
        ({"model": "resnet50", "budget": "9", "set": ["as_of.x=1", "as_of=2"]}, "as_of"),
        ({"model": "resnet50", "budget": "9", "method": "qlora"}, "language models"),
        ({"model": "resnet50", "budget": "9", "own": ["thing of mine"]}, "--own"),
    ],
)
def test_wrong_flags_are_one_line(said, words):
    with pytest.raises(InputError, match=words) as error:
        goal_of(None, said)
    assert "\n" not in str(error.value)


def test_owned_parts_are_known_by_name_and_a_bare_chip_is_to_be_measured():
    said = {"model": "resnet50", "budget": "1500",
            "own": ["Gigabyte GTX 1070 G1 Gaming", "i7-6700K", "case=NZXT S340"]}  # fmt: skip
    asked = goal_of(None, said)
    own = asked.goal.own
    assert own.cards == ("Gigabyte GTX 1070 G1 Gaming",) and own.cpu == "i7-6700K"
    assert own.case == "NZXT S340" and not asked.notes and not asked.goal.limits.allow_unknown
    bare = goal_of(None, {**said, "own": ["2x RTX 3090"]})
    assert bare.goal.own.cards == ("RTX 3090", "RTX 3090")
    told = only_told(bare.goal, market(bare.goal))
    assert [part.chip for part in told] == ["geforce-rtx-3090"] * 2
    strict = goal_of(None, {**said, "own": ["RTX 3090"], "set": ["limits.allow_unknown=false"]})
    for goal in (strict.goal, asked.goal):
        assert only_told(goal, market(goal)) == ()


def test_a_plan_takes_a_card_of_which_the_chip_alone_is_known():
    words = ["--model", "resnet50", "--budget", "1500", "--own", "RTX 3090"]
    done = CliRunner().invoke(app, ["plan", *words, "--as-of", "2026-03-01", "--json"])
    plan = json.loads(done.stdout)
    chosen = plan["chosen"]
    assert done.exit_code == 0 and chosen["gpu"] == "GeForce RTX 3090"
    card = next(p for p in chosen["parts"] if p["kind"] == "card")
    assert card["owned"] and card["usd"] == 0
    assert any(f["verdict"] == "unknown" and f["rule"] == "gpu_length" for f in chosen["findings"])


def test_without_anything_it_is_the_example_and_said():
    asked = goal_of(None, {})
    assert asked.goal.workload.model == "llama-3-8b" and "--model" in asked.notes[0]
    assert goal_of(None, {}, "2026-03-01").goal.as_of.isoformat() == "2026-03-01"


def test_rent_and_upgrade_take_the_flags():
    run = CliRunner().invoke(app, ["rent", *FLAGS[:-1], "2026-11-23", "--json"])
    assert run.exit_code == 0 and json.loads(run.stdout)["rows"]
    words = [w for w in FLAGS if w not in ("--budget", "3000")]
    build = "examples/2016-desktop/build.toml"
    run = CliRunner().invoke(app, ["upgrade", build, "--budget", "900", *words, "--json"])
    assert run.exit_code in (0, 1) and json.loads(run.stdout)["run"]["method"] == "qlora"


@pytest.mark.parametrize("key", ["brands", "exclude_brands"])
def test_a_maker_of_nothing_is_refused(key):
    said = {"model": "resnet50", "budget": "2000", "set": [f"limits.{key}=Zotacc"]}
    with pytest.raises(UnknownNameError, match="Zotac"):
        plan(goal_of(None, said).goal)


def test_stages_that_no_single_card_has_are_explained_on_as_many_cards():
    said = {"model": "llama-3-70b", "budget": "9000", "pipeline_parallel": "2"}
    found = plan(goal_of(None, said).goal)
    assert found.chosen is None
    assert "GiB on one GPU" in found.conflicts[0] and "too small" in found.conflicts[0]


@pytest.mark.parametrize("said", ["0", "0.0", 0, "0 EUR"])
def test_a_budget_of_nothing_is_said_as_it_was_given(said):
    with pytest.raises(InputError, match=r"budget.(usd|amount): got .?0.*above 0"):
        goal_of(None, {"model": "resnet50", "budget": said})
