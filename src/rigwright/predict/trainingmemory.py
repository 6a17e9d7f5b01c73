"""Peak memory of one GPU of a decoder's training, and when a run is laid out over GPUs."""

from __future__ import annotations

from rigwright.predict.memory import decoder_peak
from rigwright.predict.trainingwork import mixed
from rigwright.spec.run import Machine, Run
from rigwright.workload.decoder.config import DecoderConfig

Shares = dict[str, float]


def memory(config: DecoderConfig, run: Run, machine: Machine) -> tuple[float, Shares]:
    """Peak of the fullest GPU, the first of its pipeline, and its shares. [B]

    Raises InputError for an unknown optimizer or a layout that does not divide.
    """
    peak = decoder_peak(config, run, machine)
    return peak.bytes, peak.shares


def laid_out(run: Run) -> bool:
    """The run divides state, layers or its batch; else every GPU holds everything."""
    split = run.tensor_parallel > 1 or run.pipeline_parallel > 1 or run.micro_batch is not None
    return split or run.sharding != "none" or run.offload or mixed(run)
