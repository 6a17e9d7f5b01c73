import importlib.util
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from tests.bringup import standins

from rigwright.plan.ask.examples import example

WORKER = example("bench/worker.py")


@pytest.fixture
def worker(monkeypatch):
    """The worker with cards that a stand-in has, or with none; quick."""

    def made(cards=0, **about):
        spec = importlib.util.spec_from_file_location("worker", WORKER)
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
        whole = loaded.timed
        quick = {"FILE_BYTES": 1 << 24, "READ_S": 0.05, "CHUNK_BYTES": 1 << 12, "EVERY_S": 0.05,
                 "torch": standins.torch(cards, **about) if cards else None, "CARDS": cards,
                 "timed": lambda call, _=0: whole(call, 0.01)}  # fmt: skip
        for name, value in quick.items():
            setattr(loaded, name, value)
        return loaded

    return made


@pytest.fixture
def smi(monkeypatch, tmp_path):
    """An nvidia-smi of its own."""
    tool = tmp_path / "tools"
    tool.mkdir()
    (tool / "nvidia-smi").write_text(standins.SMI)
    (tool / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool}{os.pathsep}{os.environ['PATH']}")

    def told(**facts):
        state = {"limit": 350.0, "driver": 580, "root": True} | facts
        (tool / "state.json").write_text(json.dumps(state))
        return tool

    return told


def limit(tool):
    return json.loads((tool / "state.json").read_text())["limit"]


def lines(capsys):
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in told if "bench" in line]


def test_without_torch_the_host_is_measured_and_numpy_multiplies(worker, tmp_path, capsys):
    worker().measure({"folder": str(tmp_path), "run": {"model": "resnet50"}})
    found = {line["bench"]: line for line in lines(capsys)}
    assert found["ram"]["value"] > 1e8 and found["gemm_fp32"]["note"].endswith("by numpy")
    assert not {"copy_to", "step"} & found.keys() and not list(tmp_path.iterdir())


def test_cards_are_measured_each_and_in_pairs(worker, tmp_path, capsys):
    worker(2).measure({"folder": str(tmp_path)})
    told = lines(capsys)
    assert [line["index"] for line in told if line["bench"] == "copy_to"] == [0, 1]
    peers = [line for line in told if line["bench"] == "peer"]
    assert [(line["index"], line["to"]) for line in peers] == [(0, 1), (1, 0)]
    assert {line["note"] for line in peers} == {"through the host: no peer access"}
    assert "index" not in next(line for line in told if line["bench"] == "ram")


def test_what_a_card_cannot_do_is_said_and_the_rest_goes_on(worker, tmp_path, capsys):
    worker(1).measure({"folder": str(tmp_path)})
    found = {line["bench"]: line for line in lines(capsys)}
    assert found["gemm_fp8"]["note"].startswith("not measured: torch._scaled_mm is only supported")
    assert "value" not in found["gemm_fp8"] and found["gemm_int8"]["value"] > 0


def test_a_card_without_room_is_a_line_not_a_traceback(worker, tmp_path, capsys):
    made = worker(1)
    made.torch.rand = lambda *_, **__: (_ for _ in ()).throw(
        RuntimeError("CUDA out of memory. Tried to allocate 512.00 MiB. GPU 0 has ...")
    )
    made.measure({"folder": str(tmp_path)})
    found = {line["bench"]: line for line in lines(capsys)}
    assert "CUDA out of memory" in found["gemm_fp32"]["note"] and found["stream"]["value"] > 0


def test_wrong_words_of_memory_are_counted(worker, monkeypatch):
    made = worker(1, free=1 << 14)
    assert made.pattern({}, 0)["value"] == 0
    monkeypatch.setattr(standins.Tensor, "faulty", 7)
    assert made.pattern({}, 0)["value"] > 0


@pytest.mark.parametrize("driver", [470, 530, 580])
def test_power_and_reasons_are_read_by_any_driver(worker, smi, driver):
    smi(driver=driver, reason="Active")
    made = worker(1)
    with made.watched() as seen:
        time.sleep(1.5)
    told = made.summary(seen, 0)
    assert told["draw_w"] == 340 and told["r_hw_thermal"] == 1.0 and told["temp_c"] == 71


def test_without_a_tool_nothing_is_told(worker, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    made = worker(1)
    assert made.summary([made.sensed()], 0) == {}
    with pytest.raises(OSError, match="nothing tells a power limit"), made.put_back(0):
        pass


def _stepping(made, monkeypatch, step=lambda: time.sleep(0.001)):
    monkeypatch.setattr(made, "step_of", lambda _: (step, 4))
    monkeypatch.setattr(made, "not_mine", list)
    return made


def test_a_soak_tells_the_cards_and_a_pace_that_falls(worker, smi, monkeypatch, capsys):
    smi()
    slower = iter(range(10**6))
    made = _stepping(worker(1), monkeypatch, lambda: time.sleep(0.0003 * next(slower)))
    made.soak({"minutes": 0.03})
    soak, card = lines(capsys)
    assert 0 < soak["value"] < 0.8 and card["draw_w"] == 340


def test_caps_find_the_best_and_put_the_limit_back(worker, smi, monkeypatch, capsys):
    tool, made = smi(), _stepping(worker(1), monkeypatch)
    monkeypatch.setattr(made, "timed", lambda *_: time.sleep(1.0) or 0.01)
    monkeypatch.setattr(made, "CAPS", 4)
    made.caps({})
    *tried, best = lines(capsys)
    assert [line["limit_w"] for line in tried] == [350, 280, 210, 140]
    assert best == {"bench": "cap_best", "index": 0, "value": 140}  # equal work, least power
    assert limit(tool) == 350


def test_caps_without_rights_say_so(worker, smi, monkeypatch, capsys):
    tool = smi(root=False)
    _stepping(worker(1), monkeypatch).caps({})
    assert "Insufficient Permissions" in lines(capsys)[-1]["note"] and limit(tool) == 350


def test_an_interrupt_puts_the_limit_back(worker, smi, monkeypatch):
    tool, made = smi(), _stepping(worker(1), monkeypatch)

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(made, "timed", stop)
    with pytest.raises(KeyboardInterrupt):
        made.caps({})
    assert limit(tool) == 350


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_no_signal_leaves_a_changed_limit(smi, how):
    tool = smi()
    code = (
        f"import signal, sys, time\nsys.path.insert(0, {str(WORKER.parent)!r})\nimport worker\n"
        f"how = {int(how)}\n"  # who started the tests may have let it be ignored
        "usual = {signal.SIGINT: signal.default_int_handler}\n"
        "if how != signal.SIGKILL:\n    signal.signal(how, usual.get(how, signal.SIG_DFL))\n"
        "with worker.put_back(0):\n    worker.smi('-i', '0', '-pl', '200')\n"
        "    print('set', flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"set\n" and limit(tool) == 200
        os.kill(child.pid, how)
        child.wait(20)
    end = time.time() + 20
    while limit(tool) != 350 and time.time() < end:
        time.sleep(0.1)
    assert limit(tool) == 350


def test_other_peoples_machines_keep_their_limits(worker, smi, monkeypatch, capsys):
    tool = smi(apps="4242")
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    made = worker(1)
    monkeypatch.setattr(made, "LENT", ("SLURM_JOB_ID",))
    made.caps({})
    (line,) = lines(capsys)
    assert "SLURM_JOB_ID is there" in line["note"]
    assert "other programs use the card" in line["note"] and limit(tool) == 350
