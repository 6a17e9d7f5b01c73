"""What is said of machines: texts of the kinds that people post, a plan, symptoms."""

import html
import json
import os
import random
from pathlib import Path

import pytest

from rigwright.catalog.buildfile import build_of_toml
from rigwright.plan.found.machine import runs
from rigwright.plan.found.probing import as_build, found_in, probe
from rigwright.plan.found.verifying import verify
from rigwright.spec.errors import InputError

HERE = Path(__file__).parent
CASES = [json.loads(line) for line in (HERE / "cases.jsonl").read_text().splitlines()]
EXIT = {"healthy": 0, "note": 0, "low": 0, "warn": 1, "fail": 1, "unknown": 3}
SHARED = Path(os.environ.get("RIGWRIGHT_SHARED", HERE.parents[3] / "shared")) / "dumps"
DESKTOP = """
$ nvidia-smi -L
GPU 0: NVIDIA GeForce RTX 3090 (UUID: GPU-00000000-0000-4000-8000-000000000001)
GPU 1: NVIDIA GeForce RTX 3090 (UUID: GPU-00000000-0000-4000-8000-000000000002)
Model name: AMD Ryzen 9 5950X 16-Core Processor
MemTotal:       65777256 kB
"""
BUILD = """
[parts]
cpu = "AMD Ryzen 9 5950X"
cards = [{ name = "NVIDIA GeForce RTX 3090 Founders Edition", count = COUNT }]
"""


def text_of(name):
    return (HERE / "texts" / name).read_text()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_texts_of_every_kind(case):
    result = verify(found_in([text_of(case["file"])]))
    assert {*case["expects"]} <= {f"{j.check}:{j.verdict}" for j in result.verdicts}
    assert result.exit_code == EXIT[case["word"]]


def test_texts_of_real_machines():
    if not (SHARED / "index.jsonl").is_file():
        pytest.skip("no ../shared/dumps")
    for row in map(json.loads, (SHARED / "index.jsonl").read_text().splitlines()):
        if "file" in row:
            word = row["expected_verdict"].split()[0].strip(":;,")
            result = verify(found_in([(SHARED / row["file"]).read_text()]))
            assert result.exit_code == EXIT[word], row["file"]


@pytest.mark.parametrize(("count", "code"), [(2, 0), (3, 1)])
def test_a_build_against_the_machine(tmp_path, count, code):
    path = tmp_path / "build.toml"
    path.write_text(BUILD.replace("COUNT", str(count)))
    result = verify(found_in([DESKTOP]), path)
    assert result.exit_code == code and result.against == str(path)
    (said,) = {j.verdict for j in result.verdicts if j.check == "gpu_count" and "planned" in
               j.found + j.expected}  # fmt: skip
    assert said == ("ok" if code == 0 else "fault")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_texts_of_every_kind_beside_a_plan_that_names_every_part(tmp_path, case):
    path = tmp_path / "build.toml"
    path.write_text((HERE.parents[2] / "examples" / "2016-desktop" / "build.toml").read_text())
    verdicts = verify(found_in([text_of(case["file"])]), path).verdicts
    assert {"gpu_count", "cpu_name", "ram_size"} <= {j.check for j in verdicts}


def test_what_no_text_shows_is_unknown_and_not_missing(tmp_path):
    path = tmp_path / "build.toml"
    path.write_text(BUILD.replace("COUNT", "2"))
    result = verify(found_in([text_of("cpupower.txt")]), path)
    assert result.exit_code == 3
    assert {j.check for j in result.verdicts if j.verdict == "unknown"} >= {"gpu_count", "gpu_name"}


def test_a_fault_costs_what_the_plans_run_loses(tmp_path):
    card = {"kind": "card", "name": "NVIDIA GeForce RTX 4090 Founders Edition", "count": 2}
    run = {"model": "resnet50", "mode": "train", "batch": 64, "precision": "amp"}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"chosen": {"parts": [card]}, "run": run}))
    q = "GPU 00000000:0{}:00.0\n    Product Name : NVIDIA GeForce RTX 4090\n    Link Width\n"
    q += "        Max : 16x\n        Current : {}x\n    PCIe Generation\n        Max : 4\n"
    faulty = verify(found_in([q.format(1, 16) + q.format(2, 1)]), path)
    (link,) = (j for j in faulty.verdicts if j.check == "gpu_link" and j.verdict == "fault")
    assert link.cost.startswith("this run ") and link.cost.endswith("% slower")


@pytest.mark.parametrize(
    ("limit", "verdict", "words"),
    [(450, "fault", "150 W more of each card"), (300, "ok", ""), (220, "fault", "slower"),
     (None, "unknown", "")],
)  # fmt: skip
def test_a_cap_that_was_planned_and_is_not_set_is_a_fault_with_its_cost(
    tmp_path, limit, verdict, words
):
    card = {"kind": "card", "name": "NVIDIA GeForce RTX 4090 Founders Edition", "count": 1}
    run = {"model": "resnet50", "mode": "train", "batch": 64, "precision": "amp"}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"chosen": {"parts": [card], "power_cap_w": 300}, "run": run}))
    text = "GPU 00000000:01:00.0\n    Product Name : NVIDIA GeForce RTX 4090\n"
    if limit:
        text += f"    GPU Power Readings\n        Current Power Limit : {limit}.00 W\n"
        text += "        Default Power Limit : 450.00 W\n"
    told = [j for j in verify(found_in([text]), path).verdicts if j.check == "gpu_power_limit"]
    assert [j.verdict for j in told] == [verdict] and told[0].expected.startswith(
        "300 W" * bool(told[0].expected)
    )
    assert words in told[0].cost


def test_symptoms_name_the_checks_in_order():
    result = verify(found_in([text_of("topo-sys.txt")]), symptom="NCCL hangs in all_reduce")
    assert result.verdicts[0].check == "gpu_peer"
    with pytest.raises(InputError, match="fallen off the bus"):
        verify(found_in([]), symptom="purple")


def test_kernels_run_on_later_chips_of_their_major_version():
    assert runs("8.9", ("8.0", "8.6")) and runs("6.1", ("6.0",)) and runs("12.1", ("12.0",))
    assert not runs("12.0", ("9.0",)) and not runs("8.0", ("8.6",)) and not runs("7.0", ("7.5",))
    assert runs("gfx1100", ("gfx1100",)) and not runs("gfx1010", ("gfx1100", "gfx1030"))


def test_a_virtual_machine_is_not_judged_by_its_memory_modules():
    text = "System Information\n\tManufacturer: QEMU\n\nMemory Device\n\tSize: 16 GB\n"
    text += (
        "\tLocator: DIMM 0\n\tType: RAM\n\tConfigured Memory Speed: Unknown\n\tManufacturer: QEMU\n"
    )
    assert verify(found_in([text])).exit_code == 0


def test_the_build_of_what_was_found_is_a_build_file():
    written = as_build(found_in([text_of("cim-laptop.txt"), DESKTOP]))
    build = build_of_toml(written, "found")
    assert build.cpu.name == "AMD Ryzen 9 5950X" and len(build.ram) == 1
    assert build.ram[0].modules == 2 and build.ram[0].form == "UDIMM"


def test_a_saved_measurement_is_judged_alike(tmp_path):
    from rigwright.spec.answer import dumps

    found = found_in([text_of("remap-pending.txt")])
    path = tmp_path / "measurement.json"
    path.write_text(dumps(found))
    assert verify(probe(path)).verdicts == verify(found).verdicts


def test_damaged_measurements_are_texts():
    head = '{"measurement": 1, "parts": {"gpu": '
    for text in (head + "[3]}}", '{"measurement"', "{" * 100_000,
                 head + '[{"limit_w": "x", "lanes": {}}]}}'):  # fmt: skip
        assert verify(found_in([text])).exit_code in (0, 3)


def test_a_folder_of_texts_is_one_machine():
    assert len(probe(HERE / "texts").parts) > 100
    with pytest.raises(InputError, match="--from"):
        probe(HERE / "nowhere.txt")


@pytest.mark.parametrize(
    ("version", "card", "verdict"),
    [
        ("2.5.1+cu121", "RTX 3090", "ok"),  # the line that names CUDA was cut off
        ("2.5.1+cpu", "RTX 3090", "fault"),
        ("2.4.1", "RTX 5090", "fault"),  # no wheel of it has kernels for sm_120 (pytorch 150733)
        ("2.8.0", "RTX 5090", "ok"),
    ],
)
def test_a_cut_report_of_torch_is_read_by_its_version(version: str, card: str, verdict: str):
    text = (
        f"PyTorch version: {version}\nIs CUDA available: True\n"
        f"GPU models and configuration: GPU 0: NVIDIA GeForce {card}\n"
    )
    judged = {j.check: j.verdict for j in verify(found_in([text])).verdicts}
    assert judged["torch"] == verdict


SPOKEN = {
    "my gpu disappears under load": "gpu_lost", "second GPU is slower than the first": "gpu_link",
    "all_reduce timeout": "gpu_peer", "sm_120 is not compatible with PyTorch": "torch",
    "torch.cuda.is_available() returns False": "driver", "CUDA out of memory": "gpu_memory",
    "NVIDIA-SMI has failed because it couldn't communicate with the driver": "driver",
    "computer shuts down during training": "gpu_log", "black screen": "gpu_log",
    "memory not detected": "ram_size", "XMP does not stick": "ram_size",
    "thermal throttling": "gpu_temperature", "fans at 100%": "gpu_temperature",
    "loss becomes NaN": "gpu_ecc", "ECC errors": "gpu_ecc", "card runs at x8": "gpu_link",
    "training is slow": "run_step", "loading data takes forever": "drive_nvme",
    "Unable to determine the device handle": "gpu_lost", "only one GPU is found": "driver",
}  # fmt: skip


@pytest.mark.parametrize("spoken", SPOKEN)
def test_a_symptom_in_ones_own_words_begins_with_its_likeliest_check(spoken):
    told = verify(found_in([""]), None, spoken).verdicts
    assert told[0].check == SPOKEN[spoken] and all(j.verdict == "unknown" for j in told)
    assert all("rigwright verify" in j.fix for j in told)


def test_words_inside_other_words_are_no_symptom():
    for spoken in ("photo finance", "a fantastic machine"):
        with pytest.raises(InputError, match="NCCL hangs"):
            verify(found_in([""]), None, spoken)


PASTED = {
    "windows": lambda t: t.replace("\n", "\r\n"),
    "quoted": lambda t: "> " + t.replace("\n", "\n> "),
    "indented": lambda t: "    " + t.replace("\n", "\n    "), "marked": lambda t: "\ufeff" + t,
    "fenced": lambda t: f"My output:\n```\n{t}\n```\nthanks",
    "code": lambda t: f"[code]{t}\n[/code]",
    "page": lambda t: f"<pre><code>{html.escape(t)}</code></pre>",
    "coloured": lambda t: "\x1b[1;32m" + t.replace("\n", "\x1b[0m\x1b[K\n\x1b[33m"),
    "spaced": lambda t: t.replace("\n", "\n\n"), "hard spaces": lambda t: t.replace("  ", "\xa0 "),
    "typeset": lambda t: t.replace('"', "\u201c").replace("'", "\u2019"),
    "numbered": lambda t: "\n".join(f"{n:4}  {x}" for n, x in enumerate(t.split("\n"), 1)),
    "under a prompt": lambda t: f"me@host:~$ nvidia-smi -q\n{t}\nme@host:~$ ",
}  # fmt: skip


@pytest.mark.parametrize("how", PASTED)
def test_a_text_says_the_same_however_it_was_pasted(how):
    for path in sorted((HERE / "texts").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        if how == "numbered" and "\n" not in text:
            continue  # one line is no listing
        plain, pasted = (verify(found_in([t])) for t in (text, PASTED[how](text)))
        said = [{(j.check, j.verdict) for j in r.verdicts} for r in (plain, pasted)]
        assert said[0] == said[1], path.name


def test_texts_of_many_machines_in_one_paste_are_judged_and_break_nothing():
    """Modules that say their channel beside some that do not, once came to a traceback."""
    texts = [p.read_text(encoding="utf-8") for p in sorted((HERE / "texts").glob("*.txt"))]
    assert verify(found_in(texts)).verdicts
    draw = random.Random(7)
    for _ in range(30):
        assert verify(found_in(draw.sample(texts, 3))).verdicts
