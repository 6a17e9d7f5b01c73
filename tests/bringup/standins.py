"""Stand-ins that fail as the real ones do: torch with cards, and nvidia-smi."""

import sys
import types

import numpy as np

SMI = f"""#!{sys.executable}
import json, pathlib, sys, time
state = pathlib.Path(__file__).with_name("state.json")
now, args = json.loads(state.read_text()), sys.argv[1:]
log = state.with_name("calls.txt")
log.write_text((log.read_text() if log.exists() else "") + " ".join(args) + chr(10))
if "-pl" in args:
    if not now["root"]:
        print("Failed to set power limit for GPU 00000000:01:00.0: Insufficient Permissions")
        sys.exit(4)
    now["limit"] = float(args[args.index("-pl") + 1])
    state.with_suffix(".new").write_text(json.dumps(now))
    state.with_suffix(".new").replace(state)
elif "--query-compute-apps=pid" in args:
    print(now.get("apps", ""))
elif args[0].startswith("--query-gpu="):
    fields = args[0].split("=")[1].split(",")
    for field in fields:
        if field.startswith("clocks_event") and now["driver"] < 535:
            print(f'Field "{{field}}" is not a valid field to query.')
            sys.exit(2)
    told = {{"power.draw": f"{{min(now['limit'], 340.0):.2f}}", "clocks.current.sm": "1710",
            "temperature.gpu": "71", "power.limit": f"{{now['limit']:.2f}}"}}
    print(", ".join(told.get(field, now.get("reason", "Not Active")) for field in fields))
else:
    sys.exit(9)
"""


class Tensor:
    """Numbers on a device."""

    faulty = None

    def __init__(self, values, device):
        self.values, self.device = values, str(device)

    def __iter__(self):
        return iter([Tensor(v, self.device) for v in self.values])

    def copy_(self, other, non_blocking=False):
        self.values[...] = other.values
        return self

    def add_(self, n):
        self.values += n
        return self

    def __sub__(self, n):
        return Tensor(self.values - n, self.device)

    def fill_(self, n):
        self.values[...] = n
        if Tensor.faulty is not None:
            self.values[Tensor.faulty] |= 4
        return self

    def __ne__(self, n):
        return Tensor(self.values != getattr(n, "values", n), self.device)

    def sum(self):
        return int(self.values.sum())

    def chunk(self, n):
        return [Tensor(v, self.device) for v in np.split(self.values, n)]

    def half(self):
        return self

    bfloat16 = t = half

    def to(self, *_):
        return self

    def __matmul__(self, _):
        return self


class Layer:
    def __init__(self, *_):
        pass

    def to(self, _):
        return self

    def __call__(self, given):
        return given


def torch(cards=2, free=1 << 22, capability=8.6):
    """A torch whose cards hold little, so that tests are quick."""

    def small(*sizes, device="cpu", dtype=None, pin_memory=False):
        if pin_memory and not cards:
            raise RuntimeError("Cannot access accelerator device when none is available.")
        sizes = [s if s <= 2 else 8 for s in sizes if isinstance(s, int)]
        return Tensor(np.ones(sizes, np.int32), device)

    def empty(count, dtype=None, device="cpu"):
        return Tensor(np.zeros(count, np.int32), device)

    def arange(count, dtype=None, device="cpu"):
        return Tensor(np.arange(count, dtype=np.int32), device)

    def scaled_mm(*_, **__):
        raise RuntimeError("torch._scaled_mm is only supported on CUDA devices with compute "
                           "capability >= 9.0 or 8.9, or ROCm MI300+")  # fmt: skip

    cuda = types.SimpleNamespace(
        device_count=lambda: cards, is_available=lambda: cards > 0, synchronize=lambda _: None,
        empty_cache=lambda: None, mem_get_info=lambda _: (free, 24 << 30),
        max_memory_allocated=lambda _: 3 << 30, can_device_access_peer=lambda a, b: False,
    )  # fmt: skip
    return types.SimpleNamespace(
        cuda=cuda, ones=small, rand=small, zeros=small, empty=empty, arange=arange,
        int32=np.int32, int8=np.int8, float8_e4m3fn="fp8", bfloat16="bf16",
        backends=types.SimpleNamespace(cuda=types.SimpleNamespace(matmul=types.SimpleNamespace())),
        nn=types.SimpleNamespace(Linear=Layer, LayerNorm=Layer, ReLU=Layer, Sequential=Layer),
        _scaled_mm=scaled_mm, _int_mm=lambda a, b: a, __version__="2.13.0",
    )  # fmt: skip
