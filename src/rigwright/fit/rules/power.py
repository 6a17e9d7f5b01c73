"""Rules on power: rating, peaks, the wall circuit. The formulas live in ``draw``."""

from rigwright.fit.answer import Answer, number, positive, unknown
from rigwright.fit.facts import draw
from rigwright.fit.facts.bounds import bounds
from rigwright.fit.facts.ratings import peaks, supply_w
from rigwright.fit.rules.plugs import native_16pin
from rigwright.fit.table import rule
from rigwright.spec.build import Build, Circuit
from rigwright.spec.parts import Card, Psu

# Of one card: what ATX 3.0 makes a supply ride through. Others rarely peak in the same 1 ms.
DESIGN_PEAK = 2.0
PLUGGED_FROM = "watts from which an ATX 3 supply has a 16-pin plug"
LEAST_CAP = 0.5
"""Share of its limit below which drivers take no cap, or a card is no longer worth its price."""


def _cap_fix(build: Build, room_w: float, draw: float) -> str:
    """The cap per card, below the one in force, that makes the build fit, where one exists."""
    limits = [positive(card.power_limit_w) for card in build.cards]
    if not limits or None in limits:
        return ""
    most = max(w for w in limits if w is not None)
    now = min(most, build.gpu_power_cap_w or most)
    cap = now - max(0.0, draw - room_w) / len(limits)
    if cap < LEAST_CAP * most:
        return ""
    return f"cap each card at {number(cap // 5 * 5, 'W')} (nvidia-smi -pl), or "


@rule
def psu_wattage(build: Build, psu: Psu) -> Answer | None:
    """Conflict where cards or processor alone ask for more; a risk below the sum of limits.

    A run brings its cards to their limit, or its processor, hardly ever both at once: supplies of
    less than the sum ran for years, and others restarted. Below 125 % of it, or with less than
    100 W of reserve, it holds on that condition.
    """
    watts = positive(psu.watts)
    if watts is None:
        return unknown(f"rating of {psu.name}", "read its label")
    least, most = draw.least_draw_w(build), draw.draw_w(build)
    surely, perhaps = draw.at_once_w(build)
    have = f"{psu.name} gives {number(watts, 'W')}"
    buy = f"a supply of {number(draw.advised_psu_w(least), 'W')}"
    if watts < surely:
        why = f"one kind of load draws {number(surely, 'W')} at once, {have}"
        fix = _cap_fix(build, watts, least) + buy
        return Answer("conflict", why, watts, surely, "W", watts - surely, fix)
    if most is None or perhaps is None or watts < perhaps:
        return unknown(f"the power limit of a part ({have})", "maker's page")
    if watts < least:
        why = f"everything at its limit draws {number(least, 'W')}, {have}: it may restart"
        fix = _cap_fix(build, watts, least) + buy
        return Answer("conflict", why, watts, least, "W", watts - least, fix, "warning")
    if watts < most:
        why = f"between {number(least, 'W')} and {number(most, 'W')} is drawn, {have}"
        measure = "look up its PPT or maximum turbo power"
        return unknown(f"{why}: maximum power of the processor", measure, "warning")
    advised, margin = draw.advised_psu_w(most), watts - most
    why = f"everything at its limit draws {number(most, 'W')}, {have}"
    if watts < advised:
        why = f"{why}; {number(advised, 'W')} is advised"
        fix = _cap_fix(build, watts * draw.HEADROOM, most) + f"a {number(advised, 'W')} supply"
        return Answer("warning", why, watts, most, "W", margin, fix)
    return Answer("ok", f"{why}: {number(margin, 'W')} left", watts, most, "W", margin)


@rule
def psu_suggested(psu: Psu, cards: tuple[Card, ...]) -> Answer | None:
    """Makers' suggestions assume poor supplies and hungry processors."""
    watts = positive(psu.watts)
    wanted = [positive(c.suggested_psu_w) or supply_w(c.chip or "") for c in cards]
    if watts is None or None in wanted:
        return unknown("supply the card's maker suggests", "card maker's page")
    need = max(w for w in wanted if w is not None)
    own = any(card.suggested_psu_w == need for card in cards)
    who = "card" if own else "chip"
    why = f"the {who}'s maker suggests {number(need, 'W')}, the supply has {number(watts, 'W')}"
    facts = (watts, need, "W", watts - need)
    return Answer("ok" if watts >= need else "warning", why, *facts)


@rule
def psu_transient(build: Build, psu: Psu) -> Answer | None:
    """Supplies before ATX 3, and any without a 16-pin plug, may switch off on a card's peak."""
    watts = positive(psu.watts)
    limits = [draw.card_w(card, build.gpu_power_cap_w) for card in build.cards]
    least, most = draw.least_draw_w(build), draw.draw_w(build)
    if watts is None:
        return unknown(f"rating of {psu.name}", "read its label")
    largest = max((w for w in limits if w is not None), default=0.0)
    native = native_16pin(psu)
    new = psu.atx_version.startswith("3") if psu.atx_version else None
    plugged = native is not None or (new and watts >= bounds()[PLUGGED_FROM].least)
    modern = False if native == 0 else new if plugged else None
    cores = {chip.id: chip.architecture for chip in build.chips}
    measured = [peaks().get(cores.get(card.chip, ""), peaks()["any"]) for card in build.cards]
    rises = [(w or 0.0) * (m - 1) for w, m in zip(limits, measured, strict=True)]
    surely = least + max(rises, default=0.0)
    if surely > watts and modern is False:
        why = (
            f"one card's peak lifts the draw to {number(surely, 'W')} for a millisecond,"
            f" {psu.name} is a {number(watts, 'W')} supply from before ATX 3"
        )
        fix = "an ATX 3 supply of the same rating, or a larger one"
        return Answer("conflict", why, watts, surely, "W", watts - surely, fix)
    if most is None or None in limits:
        return unknown("the power limit of a part", "maker's page")
    peak = most + (DESIGN_PEAK - 1) * largest
    stands = watts * DESIGN_PEAK if modern else watts
    why = f"peaks reach {number(peak, 'W')}, {psu.name} rides through {number(stands, 'W')}"
    if peak <= stands:
        return Answer("ok", why, stands, peak, "W", stands - peak)
    if modern is None:
        return unknown(f"whether {psu.name} is an ATX 3 supply ({why} if not)", "maker's page")
    fix = "an ATX 3 supply, or cap the card's power"
    return Answer("warning", why, stands, peak, "W", stands - peak, fix)


@rule
def wall_circuit(build: Build, circuit: Circuit) -> Answer | None:
    """Draw divided by the supply's efficiency, against 80 % of volts x amperes."""
    if positive(circuit.volts) is None or positive(circuit.amperes) is None:
        return unknown("volts or amperes of the circuit", "read them on the breaker")
    have = draw.continuous_w(circuit)
    known = build.psu is None or draw.efficiency_row(build.psu) is not None
    share = draw.efficiency(build.psu)
    least = draw.least_draw_w(build) / (share if known else draw.best_efficiency())
    most = draw.wall_w(build)
    kind = f"{circuit.volts:g} V {circuit.amperes:g} A circuit"
    says = f"a {kind} carries {number(have, 'W')} for hours"
    if least > have:
        fix = _cap_fix(build, have * share, least * share) + "a 230 V or a larger circuit"
        why = f"the machine takes {number(least, 'W')} from the wall, {says}"
        return Answer("conflict", why, have, least, "W", have - least, fix)
    if most is None or most > have:
        return unknown(f"efficiency of the supply or power of a part ({says})", "maker's pages")
    why = f"the machine takes {number(most, 'W')} from the wall, {says}"
    return Answer("ok", why, have, most, "W", have - most)
