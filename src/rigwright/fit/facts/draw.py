"""What a machine draws: the one home of every power formula.

Sum of limits: processor's sustained maximum + cards' power limits (or the user's cap) + 50 W
board + 5 W per memory module + 8 W per NVMe drive (25 W U.2), 5 W per SATA SSD, 10 W per disk
+ 10 W for two case fans + 20 W for a liquid cooler's pump. The shape and most constants are the
published budget of PCPartCheck (POWER-BUDGET.md, Apache-2.0); limits, not typical loads.
"""

from __future__ import annotations

import math

from rigwright.fit.answer import positive
from rigwright.fit.facts.names import generation_key, socket_key
from rigwright.spec.build import Build, Circuit
from rigwright.spec.parts import Card, Cpu, Drive, Psu

BOARD_W = 50.0
MODULE_W = 5.0
FANS_W = 10.0
PUMP_W = 20.0
DRIVE_W = {"sas": 10.0, "hdd": 10.0, "sata": 5.0, "m.2": 8.0, "u.2": 25.0}
RESERVE_W = 100.0  # a supply below draw + this has no room for ageing and peaks
STEP_W = 50.0
HEADROOM = 0.8  # advised: run at no more than this share of the rating
CONTINUOUS = 0.8  # of a breaker's rating for loads over three hours, US NEC 210.20(A)

# Share of the wall power that comes out at full load, 115 V: 80 PLUS class limits (clearesult.com).
EFFICIENCY = {
    "white": 0.80,
    "bronze": 0.82,
    "silver": 0.85,
    "gold": 0.87,
    "platinum": 0.89,
    "titanium": 0.90,
}
WORST_EFFICIENCY, BEST_EFFICIENCY = 0.80, 0.94
USUAL_EFFICIENCY = 0.90  # 80 PLUS Gold at half load; used where no supply is chosen yet

# Where a maker's sustained maximum is not recorded, the most any model of the family may draw, as
# a multiple of TDP: AMD's PPT is 1.35 x TDP on AM4/AM5; Intel from Comet Lake on up to 224 W on a
# 65 W part (i9-10900 PL2); earlier families hold their TDP after the first half minute.
_INTEL_TURBO = frozenset(
    {
        "comet-lake",
        "rocket-lake",
        "alder-lake",
        "raptor-lake",
        "raptor-lake-refresh",
        "arrow-lake",
        "arrow-lake-refresh",
    }
)
_TURBO, _PPT = 3.5, 1.35


def turbo_factor(generation: str | None, socket: str | None) -> float:
    """Bound on sustained maximum / TDP of a processor whose maximum is not recorded."""
    if not generation or not socket:
        return _TURBO
    if generation_key(generation, socket) in _INTEL_TURBO:
        return _TURBO
    return _PPT if socket_key(socket) in ("AM4", "AM5") else 1.0


def cpu_w(cpu: Cpu) -> float | None:
    """Sustained maximum of a processor, W: as printed, else a bound from its TDP."""
    tdp, most = positive(cpu.tdp_w), positive(cpu.max_power_w)
    if most is not None:
        return max(most, tdp or 0.0)
    return None if tdp is None else tdp * turbo_factor(cpu.generation, cpu.socket)


def cpu_least_w(cpu: Cpu) -> float | None:
    """What a processor draws at least under full load, W: its maximum as printed, else its TDP."""
    return positive(cpu.max_power_w) or positive(cpu.tdp_w)


def card_w(card: Card, cap_w: float | None = None) -> float | None:
    """Power limit of a card, W, lowered by the user's cap."""
    limit = positive(card.power_limit_w)
    return limit if limit is None or cap_w is None else min(limit, cap_w)


def drive_w(drive: Drive) -> float | None:
    """Active power by class, W; catalogues rarely have the drive's own value."""
    if not drive.type or not drive.interface or not drive.form_factor:
        return None
    if drive.type == "hdd" or drive.interface == "sas":
        return DRIVE_W["hdd"]
    if drive.interface == "sata":
        return DRIVE_W["sata"]
    return DRIVE_W["m.2" if drive.form_factor.startswith("M.2") else "u.2"]


def draw_shares_w(build: Build, *, least: bool = False) -> tuple[tuple[str, float | None], ...]:
    """(what, W) for every part that draws; W is None where its fact is missing.

    least : a processor without a printed maximum counts with its TDP, not with a bound.
    """
    shares: list[tuple[str, float | None]] = []
    if build.cpu is not None:
        shares.append(("processor", cpu_least_w(build.cpu) if least else cpu_w(build.cpu)))
    shares += [("card", card_w(card, build.gpu_power_cap_w)) for card in build.cards]
    shares.append(("board", BOARD_W))
    shares += [("memory", MODULE_W * kit.modules if kit.modules else None) for kit in build.ram]
    shares += [("drive", drive_w(drive)) for drive in build.drives]
    shares.append(("fans", FANS_W))
    if build.cooler is not None and build.cooler.type != "air":
        shares.append(("pump", PUMP_W))
    return tuple(shares)


def draw_w(build: Build) -> float | None:
    """Sum of everything at its limit, W (DC side); None when a part's power is not known."""
    values = [w for _, w in draw_shares_w(build)]
    return None if None in values else float(sum(w for w in values if w is not None))


def least_draw_w(build: Build) -> float:
    """The sum of what is known for certain, W: a lower bound of ``draw_w``."""
    return float(sum(w for _, w in draw_shares_w(build, least=True) if w is not None))


def _step(watts: float) -> float:
    return math.ceil(watts / STEP_W - 1e-9) * STEP_W


def required_psu_w(draw: float) -> float:
    """Smallest sensible rating for a draw, W: 100 W in reserve, next 50 W step."""
    return _step(draw + RESERVE_W)


def advised_psu_w(draw: float) -> float:
    """Comfortable rating for a draw, W: at most 80 % used, next 50 W step."""
    return max(required_psu_w(draw), _step(draw / HEADROOM))


def efficiency(psu: Psu | None) -> float:
    """Share of wall power delivered; the worst class where a supply's is not recorded."""
    if psu is None:
        return USUAL_EFFICIENCY
    return EFFICIENCY.get((psu.efficiency or "").lower(), WORST_EFFICIENCY)


def wall_w(build: Build) -> float | None:
    """Power from the wall with everything at its limit, W; None when a draw is not known."""
    draw = draw_w(build)
    return None if draw is None else draw / efficiency(build.psu)


def continuous_w(circuit: Circuit) -> float:
    """What a circuit may carry for hours besides its other load, W: 80 % of volts x amperes."""
    return CONTINUOUS * circuit.volts * circuit.amperes - circuit.other_load_w


def heat_btu_per_h(watts: float) -> float:
    """Heat a room must get rid of; 1 W = 3.412 BTU/h."""
    return watts * 3.412
