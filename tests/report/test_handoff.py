"""Files that other tools run a plan from: read again by those tools' own readers where they are."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess

import pytest

from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.results import PlanResult
from rigwright.report.handoff import accelerator, forms, handoff
from rigwright.spec.errors import InputError

GOALS = {
    "serve": {"model": "qwen3-32b", "mode": "serve", "precision": "awq", "concurrency": 8,
              "seq_len": 2000, "gen_len": 500, "framework": "vllm"},
    "decode": {"model": "llama-3-8b", "mode": "decode", "precision": "q4_k_m"},
    "train": {"model": "resnet50", "batch": 64},
}  # fmt: skip


@functools.cache
def planned(kind: str) -> PlanResult:
    budget = {"usd": 9000 if kind == "serve" else 2000}
    said = {"as_of": "2026-11-01", "workload": GOALS[kind], "budget": budget}
    return plan(parse_goal({**said, "limits": {"used": True}}, kind), kind)


@pytest.mark.parametrize("kind", GOALS)
def test_every_form_says_what_runs_and_what_we_predict(kind: str) -> None:
    for form in forms():
        text = handoff(planned(kind), form)
        assert "predicted: " in text and "{{" not in text
        assert {"serve": "vllm serve", "decode": "llama-server", "train": "torchrun"}[kind] in text


def test_the_command_runs_and_checks_what_was_predicted() -> None:
    """Cards share every layer in vLLM where nobody says a layout; lengths are those of serving."""
    from rigwright.predict.serving.users import ANSWER, PROMPT

    workload = {"model": "qwen3-32b", "mode": "serve", "precision": "awq", "framework": "vllm"}
    said = {"as_of": "2026-11-01", "workload": workload, "budget": {"usd": 9000},
            "limits": {"used": True, "gpu_count_min": 2, "gpu_count_max": 2}}  # fmt: skip
    text = handoff(plan(parse_goal(said, "two"), "two"), "command")
    assert "--tensor-parallel-size 2 " in text
    assert f"--random-input-len {PROMPT} --random-output-len {ANSWER} " in text


@pytest.mark.parametrize("kind", GOALS)
@pytest.mark.parametrize("form", ["command", "torchrun", "slurm"])
def test_the_shell_reads_it(kind: str, form: str) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash here")
    text = handoff(planned(kind), form)
    assert subprocess.run([bash, "-n"], input=text.encode(), check=False).returncode == 0


def test_slurm_knows_the_options() -> None:
    """slurm.schedmd.com/sbatch.html"""
    known = {"--job-name", "--nodes", "--ntasks-per-node", "--gpus-per-node", "--time"}
    said = [line.split()[1].split("=")[0] for line in handoff(planned("train"), "slurm").split("\n")
            if line.startswith("#SBATCH")]  # fmt: skip
    assert said and set(said) <= known


def test_ray_takes_the_fields_of_a_submission() -> None:
    """docs.ray.io, REST API of jobs: POST /api/jobs/"""
    job = json.loads(handoff(planned("serve"), "ray"))
    assert set(job) == {"entrypoint", "entrypoint_num_gpus", "runtime_env", "metadata"}
    assert all(isinstance(value, str) for value in job["metadata"].values())


@pytest.mark.parametrize("kind", GOALS)
def test_dstack_reads_it(kind: str) -> None:
    yaml = pytest.importorskip("yaml")
    found = pytest.importorskip("dstack._internal.core.models.configurations")
    read = found.parse_run_configuration(yaml.safe_load(handoff(planned(kind), "dstack")))
    assert read.resources.gpu.count.min == planned(kind).chosen.gpu_count


@pytest.mark.parametrize("kind", GOALS)
def test_skypilot_reads_it(kind: str) -> None:
    yaml, check = pytest.importorskip("yaml"), pytest.importorskip("jsonschema")
    schemas = pytest.importorskip("sky.utils.schemas")
    task = yaml.safe_load(handoff(planned(kind), "skypilot"))
    check.validate(task, schemas.get_task_schema())
    check.validate(task["resources"], schemas.get_resources_schema())


@pytest.mark.parametrize(
    ("gpu", "gb", "name"),
    [
        ("GeForce RTX 3090", 24, "RTX3090"), ("A100 SXM4 80 GB", 80, "A100-80GB"),
        ("A100 PCIe 40 GB", 40, "A100"), ("Tesla V100 PCIe 32 GB", 32, "V100-32GB"),
        ("Tesla T4", 16, "T4"), ("L40S", 48, "L40S"),
    ],
)  # fmt: skip
def test_names_are_those_of_schedulers(gpu: str, gb: int, name: str) -> None:
    """docs.skypilot.co, accelerators: sky show-gpus"""
    assert accelerator(gpu, gb) == name


def test_an_unknown_form_is_one_line() -> None:
    with pytest.raises(InputError, match="emit"):
        handoff(planned("train"), "cron")
