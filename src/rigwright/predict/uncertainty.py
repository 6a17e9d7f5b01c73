"""How wide the range around a prediction must be to hold about 80 % of unseen measurements."""

from rigwright.predict.constants import Constants


def log_half_width(
    unknown: float, host_share: float, stated: bool, vague: float, c: Constants
) -> float:
    """Half width of the 80 % range of log(step time).

    unknown : share of memory traffic in operations of unknown kind. [1]
    host_share : CPU dispatch time over step time; the CPU is rarely published, so a step that
    waits for it is known less well. [1]
    vague : what is added for a kernel library that was hardly measured.
    stated : whether the release of the software is known; kernels change between releases.
    """
    width = c.range_base + c.range_host * min(host_share, 1.0) + c.range_unknown * unknown
    return width + vague + (0.0 if stated else c.range_software)
