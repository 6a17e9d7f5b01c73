"""How the cards of a machine share a model that is served."""

import functools
import math
from dataclasses import dataclass
from statistics import NormalDist

from rigwright.predict.engines import engine_of
from rigwright.spec.errors import InputError
from rigwright.spec.run import Machine, Run
from rigwright.workload.decoder import DecoderConfig


@dataclass(frozen=True, slots=True)
class Split:
    """tensor : cards that share every layer.  pipeline : groups of layers.  experts : cards over
    which whole experts are spread, 1 = a part of each on every card.  replicas : copies of all.
    """

    tensor: int = 1
    pipeline: int = 1
    experts: int = 1
    replicas: int = 1

    @property
    def words(self) -> str:
        """How it is laid out, for a reader."""
        said = (
            (self.tensor, "cards share every layer (tensor parallel)"),
            (self.pipeline, "groups of layers in turn (pipeline)"),
            (self.experts, "cards hold whole experts (expert parallel)"),
            (self.replicas, "copies of the model share the users"),
        )
        return ", ".join(f"{n} {what}" for n, what in said if n > 1)


def _halves(config: DecoderConfig, tensor: int) -> bool:
    """Whether so many cards can take equal parts of all heads; few key heads are kept twice."""
    return all(
        a.heads % tensor == 0 and (a.kv_heads % tensor == 0 or tensor % a.kv_heads == 0)
        for a, _ in config.attentions
    )


@functools.lru_cache(maxsize=1024)
def split_of(config: DecoderConfig, run: Run, machine: Machine) -> Split:
    """The layout that was asked for; else, where an engine can, all cards share every layer as far
    as heads divide. The rest of the cards are copies.

    Raises InputError where cards, heads, layers or experts do not divide.
    """
    count, tensor, pipeline = machine.gpu_count, run.tensor_parallel, run.pipeline_parallel
    if tensor == pipeline == 1:
        whole = engine_of(run.software).joint
        fits = (n for n in range(count, 1, -1) if whole and not count % n and _halves(config, n))
        tensor = next(fits, 1)
        pipeline = count // tensor
    experts = run.expert_parallel if config.experts > 1 else 1
    heads = f"{config.heads} heads that divides {config.kv_heads} key heads or is divided by them"
    for name, part, right, allowed in (
        ("gpu_count", count, count > 0, "1 or more"),
        ("tensor_parallel", tensor, count % tensor == 0, f"a divisor of {count} (GPUs)"),
        ("tensor_parallel", tensor, _halves(config, tensor), f"a divisor of {heads}"),
        ("pipeline_parallel", pipeline, count % (tensor * pipeline) == 0,
         f"a divisor of {count // tensor} (GPUs / tensor_parallel)"),
        ("pipeline_parallel", pipeline, pipeline <= config.layers,
         f"at most {config.layers} (layers)"),
        ("expert_parallel", experts, config.experts % experts == count % experts == 0,
         f"a divisor of {config.experts} (experts) and {count} (GPUs)"),
    ):  # fmt: skip
        if not right:
            raise InputError("run", name, part, allowed)
    return Split(tensor, pipeline, experts, count // (tensor * pipeline))


def fullest(total: float, cards: int, free: float = 1.0) -> float:
    """What the busiest of ``cards`` has of ``total`` things that fall on them evenly by chance.

    free : variance over mean, 1 where each falls alone, less where there are only so many of them.
    The mean of the largest of n normal values is near the quantile (n - 3/8) / (n + 1/4) (Blom
    1958).
    """
    mean = total / cards
    if cards == 1:
        return mean
    above = NormalDist().inv_cdf((cards - 0.375) / (cards + 0.25))
    return mean + above * math.sqrt(mean * free)
