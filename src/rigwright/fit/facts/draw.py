"""What a machine draws: the one home of every power formula.

Sum of limits: processor's sustained maximum + cards' power limits (or the user's cap) + 50 W
board + 5 W per memory module + 8 W per NVMe drive (25 W U.2), 5 W per SATA SSD, 10 W per disk
+ 10 W for two case fans + 20 W for a liquid cooler's pump. The shape and most constants are the
published budget of PCPartCheck (POWER-BUDGET.md, Apache-2.0); limits, not typical loads.
"""

import math

from rigwright.fit.answer import positive
from rigwright.fit.facts.names import generation_key, socket_key
from rigwright.fit.facts.platforms import generations, socket_row
from rigwright.fit.facts.ratings import Efficiency, efficiencies, usual_w
from rigwright.spec.build import Build, Circuit
from rigwright.spec.parts import Card, Cpu, Drive, Psu

RESERVE_W = 100.0  # a supply below draw + this has no room for ageing and peaks
STEP_W = 50.0
HEADROOM = 0.8  # advised: run at no more than this share of the rating
USUAL = "gold"  # the label taken where no supply is chosen yet
CONTINUOUS = 0.8  # of a breaker's rating for loads over three hours, US NEC 210.20(A)

# Where a maker's sustained maximum is not recorded, the most any model of the family may draw, as
# a multiple of TDP, is a fact of its generation or socket; others hold their TDP after the first
# half minute. A generation that nobody names may be any of them.
_UNKNOWN_FACTOR = 3.5


def turbo_factor(generation: str | None, socket: str | None) -> float:
    """Bound on sustained maximum / TDP of a processor whose maximum is not recorded."""
    if not generation or not socket:
        return _UNKNOWN_FACTOR
    known = generations().get(generation_key(generation, socket))
    row = socket_row(socket_key(socket))
    return (known and known.power_over_tdp) or row.power_over_tdp or 1.0


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


def drive_w(drive: Drive, *, least: bool = False) -> float:
    """Active power by class, W; catalogues rarely have the drive's own value. Of a drive that may
    be of several classes, the most, or the least, that one of them draws."""
    link, form = drive.interface or "", drive.form_factor or ""
    if drive.type == "hdd" or link == "sas":
        return usual_w()["hdd"]
    classes = ["sata", *(() if drive.type else ("hdd",))] if link in ("", "sata") else []
    if link != "sata":
        classes += ["m.2"] * (not form or form[:3] == "M.2") + ["u.2"] * (form[:3] != "M.2")
    return (min if least else max)(usual_w()[name] for name in classes)


def draw_shares_w(build: Build, *, least: bool = False) -> tuple[tuple[str, float | None], ...]:
    """(what, W) for every part that draws; W is None where its fact is missing.

    least : a processor without a printed maximum counts with its TDP, not with a bound.
    """
    shares: list[tuple[str, float | None]] = []
    if build.cpu is not None:
        others = [part for part, _, count in build.more for _ in range(count)]
        weigh = cpu_least_w if least else cpu_w
        shares += [("processor", weigh(c)) for c in (build.cpu, *others) if isinstance(c, Cpu)]
    shares += [("card", card_w(card, build.gpu_power_cap_w)) for card in build.cards]
    usual = usual_w()
    if build.cpu is None and build.board is not None:
        return tuple(shares)  # what a further supply feeds (``supplies.fed``)
    shares.append(("board", usual["board"]))
    module_w = usual["memory module"]
    shares += [("memory", module_w * kit.modules if kit.modules else None) for kit in build.ram]
    shares += [("drive", drive_w(drive, least=least)) for drive in build.drives]
    shares.append(("fans", usual["fans"]))
    if build.cooler is not None and build.cooler.type != "air":
        shares.append(("pump", usual["pump"]))
    return tuple(shares)


def draw_w(build: Build) -> float | None:
    """Sum of everything at its limit, W (DC side); None when a part's power is not known."""
    values = [w for _, w in draw_shares_w(build)]
    return None if None in values else float(sum(w for w in values if w is not None))


def least_draw_w(build: Build) -> float:
    """The sum of what is known for certain, W: a lower bound of ``draw_w``."""
    return float(sum(w for _, w in draw_shares_w(build, least=True) if w is not None))


def at_once_w(build: Build) -> tuple[float, float | None]:
    """(surely, at most) what one kind of load draws, W: cards or processor, and all the rest.

    None where the power of a part is missing.
    """

    def heaviest(shares: tuple[tuple[str, float | None], ...]) -> float:
        cards = sum(w or 0.0 for what, w in shares if what == "card")
        cpu = sum(w or 0.0 for what, w in shares if what == "processor")
        rest = sum(w or 0.0 for what, w in shares if what not in ("card", "processor"))
        return float(max(cards, cpu) + rest)

    shares = draw_shares_w(build)
    known = all(w is not None for _, w in shares)
    return heaviest(draw_shares_w(build, least=True)), heaviest(shares) if known else None


def _step(watts: float) -> float:
    return math.ceil(watts / STEP_W - 1e-9) * STEP_W


def required_psu_w(draw: float) -> float:
    """Smallest sensible rating for a draw, W: 100 W in reserve, next 50 W step."""
    return _step(draw + RESERVE_W)


def advised_psu_w(draw: float) -> float:
    """Comfortable rating for a draw, W: at most 80 % used, next 50 W step."""
    return max(required_psu_w(draw), _step(draw / HEADROOM))


def efficiency_row(psu: Psu) -> Efficiency | None:
    """The limits of a supply's 80 PLUS label; None where it is not recorded."""
    return efficiencies().get((psu.efficiency or "").lower())


def efficiency(psu: Psu | None) -> float:
    """Share of wall power delivered; the worst class where a supply's is not recorded."""
    if psu is None:
        return efficiencies()[USUAL].half_load
    row = efficiency_row(psu)
    return row.full_load if row else min(e.full_load for e in efficiencies().values())


def best_efficiency() -> float:
    """What no label promises more than."""
    return max(e.half_load for e in efficiencies().values())


def wall_w(build: Build) -> float | None:
    """Power from the wall with everything at its limit, W; None when a draw is not known."""
    draw = draw_w(build)
    return None if draw is None else draw / efficiency(build.psu)


def continuous_w(circuit: Circuit) -> float:
    """What a circuit may carry for hours besides its other load, W: 80 % of volts x amperes."""
    return CONTINUOUS * circuit.volts * circuit.amperes - circuit.other_load_w
