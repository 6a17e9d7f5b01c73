"""Measures the machine it runs on: memory, drive, processor; cards and your own run by torch.

It needs no rigwright, only Python 3.9 or newer: numpy, Pillow and torch where they are there. Each
measurement is a line of JSON on standard output. `rigwright bench` runs it; so can anybody else:

    python worker.py '{"minutes": 10}' > bench.jsonl
    rigwright verify plan.json --from bench.jsonl

Keys of the question, all of which may be left out: folder (on the drive of the data), minutes (of a
soak), caps (true: look for the power limit of card 0 with the most work per joule, as root), run
(model: file.py:callable, timm:NAME, hf:NAME or config.json; mode, batch, precision, optimizer,
img_size, seq_len, layout, compile).
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import json
import mmap
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path

THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
FILE_BYTES, READ_S, CHUNK_BYTES = 2**28, 2.0, 2**30
PATTERNS = (0, -1, 0x55555555, -0x55555556)
CAP_S, CAPS, LEAST_CAP, PARTS, EVERY_S = 12.0, 8, 0.4, 10, 0.5
PASSES = ("train", "forward_backward", "forward", "infer")
FORMATS = {"fp32": "float32", "tf32": "float32", "amp": "float16", "bf16": "bfloat16",
           "fp16": "float16"}  # fmt: skip
KEPT = ("model", "mode", "precision", "optimizer", "batch", "img_size", "seq_len", "layout",
        "compile")  # fmt: skip
PUT_BACK = "import subprocess, sys; sys.stdin.read(); subprocess.run(sys.argv[1:], timeout=30)"
LENT = ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "KUBERNETES_SERVICE_HOST", "RUNPOD_POD_ID",
        "VAST_CONTAINERLABEL", "COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE", "/.dockerenv",
        "/run/.containerenv")  # fmt: skip
FIELDS = {  # since driver 535, before, what it is called here
    "draw_w": ("power.draw", "power.draw"),
    "sm_mhz": ("clocks.current.sm", "clocks.current.sm"),
    "temp_c": ("temperature.gpu", "temperature.gpu"),
    "limit_w": ("power.limit", "power.limit"),
    "r_sw_power": ("clocks_event_reasons.sw_power_cap", "clocks_throttle_reasons.sw_power_cap"),
    "r_hw_thermal": (
        "clocks_event_reasons.hw_thermal_slowdown", "clocks_throttle_reasons.hw_thermal_slowdown",
    ),
    "r_sw_thermal": (
        "clocks_event_reasons.sw_thermal_slowdown", "clocks_throttle_reasons.sw_thermal_slowdown",
    ),
    "r_hw_brake": (
        "clocks_event_reasons.hw_power_brake_slowdown",
        "clocks_throttle_reasons.hw_power_brake_slowdown",
    ),
}  # fmt: skip

torch = None
if importlib.util.find_spec("torch"):
    import torch
CARDS = torch.cuda.device_count() if torch and torch.cuda.is_available() else 0


def told(name, **facts):
    """Print a measurement; what is not known is left out."""
    print(json.dumps({"bench": name, **{k: v for k, v in facts.items() if v is not None}}))
    sys.stdout.flush()


def say(text):
    """Progress."""
    print(json.dumps({"doing": text}), flush=True)


def device(card):
    """A card, or the processor where there is none."""
    return f"cuda:{card}" if CARDS else "cpu"


def finish():
    """Wait for what the cards were given."""
    for card in range(CARDS):
        torch.cuda.synchronize(card)


def timed(call, least_s=0.5):
    """Median of one call, warmed up. [s]"""
    took = []
    while len(took) < 5 or sum(took[2:]) < least_s:
        start = time.perf_counter()
        call()
        finish()
        took.append(time.perf_counter() - start)
    return statistics.median(took[2:])


# ---- the host ----


def ram(_):
    """Bytes that a copy by all threads reads and writes. [B/s]"""
    import numpy as np

    part = 2**26 // THREADS
    pairs = [(np.ones(part, np.int32), np.zeros(part, np.int32)) for _ in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        took = timed(lambda: [*pool.map(lambda pair: np.copyto(*pair), pairs)])
    return {"value": 2 * 4 * part * THREADS / took, "note": f"copied by {THREADS} threads"}


def drive_reads(folder, block, at_once, ordered):
    """Reads per second from a new file, past the system's cache (O_DIRECT), by threads."""
    span = FILE_BYTES // at_once
    with tempfile.NamedTemporaryFile(dir=folder, prefix="rigwright-") as file:
        for _ in range(FILE_BYTES >> 22):
            file.write(os.urandom(1 << 22))
        file.flush()
        os.fsync(file.fileno())
        handle = os.open(file.name, os.O_RDONLY | os.O_DIRECT)
        end = time.perf_counter() + READ_S

        def reads(start):
            buffer, done, dice = mmap.mmap(-1, block), 0, random.Random(start)
            while time.perf_counter() < end:
                number = done if ordered else dice.randrange(2**30)
                os.preadv(handle, [buffer], start + number % (span // block) * block)
                done += 1
            return done

        try:
            with ThreadPoolExecutor(at_once) as pool:
                done = sum(pool.map(reads, range(0, FILE_BYTES, span)))
        finally:
            os.close(handle)
    return done / READ_S


def drive_ordered(asked):
    """Large reads in order. [B/s]"""
    rate = 2**22 * drive_reads(asked.get("folder", "."), 2**22, 4, True)
    return {"value": rate, "note": "4 threads, past the cache"}


def drive_random(asked):
    """Reads of 4 KiB anywhere. [1/s]"""
    rate = drive_reads(asked.get("folder", "."), 2**12, 16, False)
    return {"value": rate, "note": "16 threads, past the cache; makers state deeper queues"}


def decode(_):
    """Pixels that one core decodes from a JPEG like those of ImageNet. [px/s]"""
    import io

    from PIL import Image

    small, jpeg = (
        Image.frombytes("RGB", (160, 120), random.Random(1).randbytes(57600)),
        io.BytesIO(),
    )
    small.resize((500, 375), Image.Resampling.BICUBIC).save(jpeg, "JPEG", quality=90)
    took = timed(lambda: Image.open(io.BytesIO(jpeg.getvalue())).load())
    return {"value": 500 * 375 / took, "note": "JPEG by Pillow, one core"}


def gemm_numpy(_):
    """A product where torch is not installed. [FLOP/s]"""
    import numpy as np

    a, b = np.ones((2, 2048, 2048), np.float32)
    return {"value": 2 * 2048**3 / timed(lambda: a @ b), "note": "torch is not installed: by numpy"}


# ---- cards, or the processor, by torch ----


def dispatch(_, card):
    """Host's time for one small layer while nothing waits for the card long. [s]"""
    layers = [
        m
        for _ in range(64)
        for m in (torch.nn.Linear(8, 8), torch.nn.LayerNorm(8), torch.nn.ReLU())
    ]
    net, given = (
        torch.nn.Sequential(*layers).to(device(card)),
        torch.zeros(1, 8, device=device(card)),
    )
    return {"value": timed(lambda: net(given)) / 192, "note": "small layers, one after the other"}


def copy_to(_, card):
    """From page-locked memory to the card. [B/s]"""
    host, there = torch.ones(2**26, pin_memory=True), torch.ones(2**26, device=device(card))
    took = timed(lambda: there.copy_(host, non_blocking=True))
    return {"value": 2**28 / took, "note": "page-locked memory"}


def copy_from(_, card):
    """From the card to page-locked memory. [B/s]"""
    host, there = torch.ones(2**26, pin_memory=True), torch.ones(2**26, device=device(card))
    took = timed(lambda: host.copy_(there, non_blocking=True))
    return {"value": 2**28 / took, "note": "page-locked memory"}


def stream(_, card):
    """Bytes that a copy inside the card reads and writes. [B/s]"""
    a, b = torch.ones(2**28, device=device(card)), torch.ones(2**28, device=device(card))
    return {"value": 2**31 / timed(lambda: a.copy_(b)), "note": "copied inside the card"}


def gemm(precision):
    """A large square product in a format. [FLOP/s]"""

    def measured(_, card):
        side = 8192 if CARDS else 2048 if precision == "fp32" else 1024
        torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
        a, b = torch.rand(2, side, side, device=device(card))
        call = lambda: a @ b  # noqa: E731
        if precision in ("fp16", "bf16"):
            a, b = (m.half() if precision == "fp16" else m.bfloat16() for m in (a, b))
        elif precision == "fp8":
            a, b = a.to(torch.float8_e4m3fn), b.to(torch.float8_e4m3fn)
            one = torch.ones((), device=device(card))
            call = lambda: torch._scaled_mm(a, b.t(), one, one, out_dtype=torch.bfloat16)  # noqa: E731
        elif precision == "int8":
            a, b = a.to(torch.int8), b.to(torch.int8)
            call = lambda: torch._int_mm(a, b)  # noqa: E731
        return {"value": 2 * side**3 / timed(call), "note": f"{side} x {side} x {side}"}

    return measured


def peer(_, card, other):
    """From one card to another. [B/s]"""
    a, b = torch.ones(2**26, device=device(card)), torch.ones(2**26, device=device(other))
    direct = torch.cuda.can_device_access_peer(card, other)
    took = timed(lambda: b.copy_(a, non_blocking=True))
    note = "direct" if direct else "through the host: no peer access"
    return {"value": 2**28 / took, "note": note, "to": other}


def pattern(_, card):
    """32-bit words of nine tenths of the free memory that read back otherwise than written: solid
    and checkered patterns, then numbers that differ at each address."""
    of = {"dtype": torch.int32, "device": device(card)}
    count = max(int(0.9 * torch.cuda.mem_get_info(card)[0] // CHUNK_BYTES), 1)
    held, wrong = [torch.empty(CHUNK_BYTES // 4, **of) for _ in range(count)], 0
    for value in PATTERNS:
        for part in held:
            part.fill_(value)
        wrong += sum(int((part != value).sum()) for part in held)
    numbers = torch.arange(CHUNK_BYTES // 32, **of)
    pieces = [piece for part in held for piece in part.chunk(8)]
    for step, piece in enumerate(pieces):
        piece.copy_(numbers).add_(step)
    wrong += sum(int((piece - step != numbers).sum()) for step, piece in enumerate(pieces))
    return {"value": wrong, "note": f"{count} x {CHUNK_BYTES >> 20} MiB, solid, checkered, address"}


# ---- the user's own run ----


def model_of(run):
    """(module, inputs, loss) of what a run names; inputs(batch, seq) gives tensors."""
    name, side, seq = run["model"], run.get("img_size") or 224, run.get("seq_len")
    path, _, function = name.rpartition(":")
    if path.endswith(".py"):
        sys.path.insert(0, str(Path(path).resolve().parent))
        spec = importlib.util.spec_from_file_location(Path(path).stem, path)
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
        made = getattr(loaded, function)()
        module, *rest = made if isinstance(made, (tuple, list)) else (made,)
    elif name.endswith(".json") or name.startswith("hf:"):
        import transformers

        if name.startswith("hf:"):
            config = transformers.AutoConfig.from_pretrained(name[3:])
        else:
            config = transformers.AutoConfig.for_model(**json.loads(Path(name).read_text()))
        config.use_cache = False
        named = (config.architectures or [None])[0]
        make = getattr(transformers, named) if named else transformers.AutoModelForCausalLM
        build = getattr(make, "_from_config", None) or make.from_config
        module, rest, seq = build(config), [], seq or 512
    else:
        import timm

        module, rest = timm.create_model(name.removeprefix("timm:")), []
    inputs = rest[0] if rest else None
    if inputs is None and seq:
        inputs = lambda batch, length: (torch.zeros(batch, length, dtype=torch.long),)  # noqa: E731
    elif inputs is None:
        inputs = lambda batch, _: (torch.empty(batch, 3, side, side),)  # noqa: E731
    return module, inputs, rest[1] if len(rest) > 1 else loss_of, seq


def loss_of(out):
    """Cross entropy of classes or next tokens; of other outputs the mean."""
    own = getattr(out, "loss", None)
    value = own if own is not None else getattr(out, "logits", out)
    while not hasattr(value, "dim"):
        value = next(iter(value.values() if isinstance(value, dict) else value))
    if value.dim() < 2 or value.shape[-1] == 1:
        return value.float().mean()
    flat = value.flatten(0, -2)
    target = torch.zeros(flat.shape[0], dtype=torch.long, device=flat.device)
    return torch.nn.functional.cross_entropy(flat.float(), target)


def work(run):
    """A step of a run on the first card, and facts of it. ValueError for what is not run here."""
    mode, precision = run.get("mode", "train"), run.get("precision", "fp32")
    optimizer = run.get("optimizer", "sgd")
    for word, words in ((mode, PASSES), (precision, FORMATS), (optimizer, ("sgd", "adam", "adamw")),
                        (run.get("method", "full"), ("full",))):  # fmt: skip
        if word not in words:
            raise ValueError(f"{word} is not run here ({', '.join(words)}); what serves or adapts "
                             "has a benchmark of its own: plan --emit command")  # fmt: skip
    dtype, batch = getattr(torch, FORMATS[precision]), run.get("batch", 1)
    low, trains = dtype if precision in ("bf16", "fp16") else torch.float32, mode in PASSES[:2]
    with torch.device(device(0)):
        module, inputs, loss, seq = model_of(run)
        given = inputs(batch, seq or 0)
    module = module.to(device(0), low).train(trains)
    if run.get("layout") == "nhwc":
        module = module.to(memory_format=torch.channels_last)
    given = given if isinstance(given, dict) else {str(n): v for n, v in enumerate(given)}
    named = {k: v.to(low).normal_() if getattr(v, "dtype", None) == torch.float32 else v
             for k, v in given.items()}  # fmt: skip
    args = [v for k, v in named.items() if k.isdecimal()]
    more = {k: v for k, v in named.items() if not k.isdecimal()}
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    makes = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    extra = {"momentum": 0.9} if optimizer == "sgd" else {}
    update = makes[optimizer](module.parameters(), lr=1e-4, **extra) if mode == "train" else None
    eager = run.get("compile") in (None, "", "eager", "none")
    model = module if eager else torch.compile(module)
    kind = torch.device(device(0)).type
    auto = torch.bfloat16 if kind == "cpu" else dtype

    def step():
        with torch.autocast(kind, auto, enabled=precision == "amp"), torch.set_grad_enabled(trains):
            out = model(*args, **more)
        if trains:
            loss(out).backward()
            if update:
                update.step()
            module.zero_grad()

    facts = {name: run[name] for name in KEPT if run.get(name)}
    facts |= {"items": batch * (seq or 1), "torch": torch.__version__}
    return step, {**facts, "parameters": sum(p.numel() for p in module.parameters())}


def peak():
    """Memory held at the peak, as tools count it: of the first card, else of this process. [B]"""
    if CARDS:
        free, total = torch.cuda.mem_get_info(0)
        return {"peak_bytes": total - free, "tensor_bytes": torch.cuda.max_memory_allocated(0)}
    import resource

    return {"peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def own_step(asked, _):
    """The user's run. [s]"""
    step, facts = work(asked["run"])
    took = timed(step, 5.0)
    return {"value": took, "note": "median, warmed up; on one card", **facts, **peak()}


def step_of(asked):
    """What a soak runs: the user's step where there is one, else a product; and its items."""
    if asked.get("run"):
        step, facts = work(asked["run"])
        return step, facts["items"]
    a, b = torch.rand(2, 4096, 4096, device=device(0))
    return (lambda: a @ b), 1


# ---- sensors and limits ----


def smi(*arguments):
    """What nvidia-smi prints. OSError where it is not there or refuses, in its words."""
    path = shutil.which("nvidia-smi")
    if path is None:
        raise OSError("nvidia-smi is not there")
    done = subprocess.run([path, *arguments], capture_output=True, timeout=30, check=False)
    text = (done.stdout + done.stderr).decode(errors="replace").strip()
    if done.returncode:
        raise OSError(f"nvidia-smi {' '.join(arguments)}: {text[-160:] or done.returncode}")
    return text


def sensed():
    """What the driver, of any version, tells of each card now: numbers, and 1 for a reason that is
    active; what a card does not tell is left out. Empty without nvidia-smi."""
    for version in (0, 1):
        names = ",".join(fields[version] for fields in FIELDS.values())
        with contextlib.suppress(OSError):
            text = smi(f"--query-gpu={names}", "--format=csv,noheader,nounits").lower()
            return [dict(_numbers(line)) for line in text.splitlines()]
    return []


def _numbers(line):
    for name, cell in zip(FIELDS, line.split(",")):  # noqa: B905  (Python 3.9)
        with contextlib.suppress(ValueError):
            yield name, float({"active": "1", "not active": "0"}.get(cell.strip(), cell))


@contextlib.contextmanager
def watched():
    """What cards tell while something runs, time after time."""
    seen, over = [], threading.Event()

    def look():
        while not over.wait(EVERY_S):
            seen.append(sensed())

    beside = threading.Thread(target=look, daemon=True)
    beside.start()
    try:
        yield seen
    finally:
        over.set()
        beside.join()


def summary(seen, card):
    """Means of a card, the highest temperature, and shares of the time of reasons."""
    of = [each[card] for each in seen if card < len(each)]
    series = {name: [one[name] for one in of if name in one] for name in FIELDS}
    return {name: max(values) if name == "temp_c" else statistics.fmean(values)
            for name, values in series.items() if values}  # fmt: skip


@contextlib.contextmanager
def put_back(card):
    """The limit [W], which may be changed inside; it is set back however this ends: a process of
    its own waits for the end of a pipe, so that a signal nobody can catch does it, too."""
    before = next((one.get("limit_w") for one in sensed()[card : card + 1]), None)
    if not before:
        raise OSError(f"nothing tells a power limit of card {card}")
    ask = [shutil.which("nvidia-smi"), "-i", str(card), "-pl", f"{before:g}"]
    guard = [sys.executable, "-I", "-c", PUT_BACK, *ask]
    with subprocess.Popen(
        guard, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    ):
        yield before
    if sensed()[card].get("limit_w") != before:
        raise OSError(f"card {card} is not at its limit of before; set it: sudo {' '.join(ask)}")


def not_mine():
    """Why limits of this machine are not to be changed, as far as its system tells."""
    why = [f"{name} is there" for name in LENT if name in os.environ or Path(name).exists()][:1]
    with contextlib.suppress(OSError, subprocess.SubprocessError, AttributeError):
        mine = {os.getuid(), int(os.environ.get("SUDO_UID", os.getuid()))}
        text = subprocess.run(["ps", "-eo", "uid="], capture_output=True, check=True).stdout
        users = {int(uid) for uid in text.split()} - mine
        why += ["programs of other people run here"] * any(1000 <= uid < 60000 for uid in users)
    with contextlib.suppress(OSError):
        busy = smi("--query-compute-apps=pid", "--format=csv,noheader")
        why += ["other programs use the card"] * busy[:1].isdecimal()
    return why


# ---- all of it ----


def soak(asked):
    """Every card at work for so long: the user's run on the first, products on the others."""
    step, _ = step_of(asked)
    pairs = [torch.rand(2, 4096, 4096, device=device(card)) for card in range(1, CARDS)]
    minutes, paces = asked["minutes"], [0] * PARTS
    with watched() as seen:
        start = time.perf_counter()
        while (gone := time.perf_counter() - start) < 60.0 * minutes:
            for a, b in pairs:
                a @ b
            step()
            finish()
            part = min(int(PARTS * gone / (60.0 * minutes)), PARTS - 1)
            if not paces[part]:
                say(f"soak: {gone / 60:.1f} of {minutes:g} minutes")
            paces[part] += 1
    held = paces[-1] / paces[1] if paces[1] else None
    told("soak", value=held, note=f"{minutes:g} minutes")
    for card in range(CARDS):
        told("soak_card", index=card, **summary(seen, card))


def caps(asked):
    """Work per joule of the first card under falling limits, which are put back at the end."""
    best = (0.0, 0)
    try:
        if why := not_mine():
            raise OSError(", ".join(why))
        step, items = step_of(asked)
        with put_back(0) as most:
            for number in range(CAPS):
                cap = round(most * (1.0 - (1.0 - LEAST_CAP) * number / (CAPS - 1)))
                say(f"power limit {cap} W ({number + 1} of {CAPS})")
                smi("-i", "0", "-pl", f"{cap:g}")
                with watched() as seen:
                    rate = items / timed(step, CAP_S)
                found = {**summary(seen, 0), "limit_w": cap}
                each = rate / found["draw_w"] if "draw_w" in found else 0.0
                best = max(best, (each, cap))
                told("cap", index=0, value=each or None, rate=rate, **found)
    except (OSError, RuntimeError, ValueError) as error:
        told("cap_stopped", index=0, note=f"not measured: {error}")
    if best[0]:
        told("cap_best", index=0, value=best[1])


ROWS = (  # name, unit, where, and what measures it
    ("ram", "B/s", "host", ram), ("drive_ordered", "B/s", "host", drive_ordered),
    ("drive_random", "1/s", "host", drive_random), ("decode", "px/s", "host", decode),
    ("gemm_fp32", "FLOP/s", "plain", gemm_numpy), ("dispatch", "s", "device", dispatch),
    ("copy_to", "B/s", "card", copy_to), ("copy_from", "B/s", "card", copy_from),
    ("stream", "B/s", "card", stream), ("gemm_fp32", "FLOP/s", "device", gemm("fp32")),
    ("gemm_tf32", "FLOP/s", "card", gemm("tf32")), ("gemm_fp16", "FLOP/s", "card", gemm("fp16")),
    ("gemm_bf16", "FLOP/s", "device", gemm("bf16")), ("gemm_fp8", "FLOP/s", "card", gemm("fp8")),
    ("gemm_int8", "FLOP/s", "card", gemm("int8")), ("peer", "B/s", "pair", peer),
    ("pattern", "words", "card", pattern), ("step", "s", "run", own_step),
)  # fmt: skip


def places(kind, asked):
    """Cards that a row speaks of; host, plain (torch is not there) and run stand for one place."""
    if kind in ("host", "plain"):
        return [()] if kind == "host" or torch is None else []
    if kind == "run":
        return [(0,)] if torch and asked.get("run") else []
    if kind == "device" and torch and not CARDS:
        return [(0,)]
    return list(permutations(range(CARDS), 2 if kind == "pair" else 1))


def measure(asked):
    """Every row, on every place; what fails is said, and the rest goes on."""
    each = [(row, at) for row in ROWS for at in places(row[2], asked)]
    for number, ((name, unit, _, call), at) in enumerate(each, 1):
        say(f"{name}{' of card ' + str(at[0]) if at and CARDS else ''} ({number} of {len(each)})")
        try:
            found = call(asked, *at)
        except Exception as error:  # drivers and libraries fail in ways of their own
            said = (str(error).strip() or type(error).__name__).splitlines()[0][:160]
            found = {"note": f"not measured: {said}"}
        told(name, unit=unit, index=at[0] if at and CARDS else None, **found)
        gc.collect()
        if CARDS:
            torch.cuda.empty_cache()
    if asked.get("minutes") and torch:
        soak(asked)
    if asked.get("caps"):
        caps(asked)


if __name__ == "__main__":
    try:
        measure(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})
    except KeyboardInterrupt:
        sys.exit(130)
