"""Rules on coolers: mounting, height, capacity, radiators, room over the memory."""

from rigwright.fit.answer import Answer, Supply, fits, number, ok, positive, unknown
from rigwright.fit.facts.draw import cpu_least_w, cpu_w
from rigwright.fit.facts.names import kit_maker, mount, same_mount, socket_key
from rigwright.fit.facts.platforms import socket_row
from rigwright.fit.facts.radiators import Radiator, mounts, place_all
from rigwright.fit.table import rule
from rigwright.spec.parts import Card, Case, Cooler, Cpu, RamKit

COOLER_MARGIN_MM = 5.0
WIDE = "Threadripper frame"
"""Mount of processors with wide lids, of which only plates made for them cover all.

gamersnexus.net 3008 (common plates and the lid's outline), anandtech.com 12454 (what that costs).
"""
TOWER_MM = 120.0
"""From this height on an air cooler is a tower whose fans are clipped on."""


@rule
def cooler_socket(cooler: Cooler, cpu: Cpu) -> Answer | None:
    """LGA115x and 1200 share holes, so do LGA1700/1851, LGA2011/2066, and TR4 up to sTR5.

    Coolers for desktop sockets come with kits for those of their time, or their makers sell them.
    """
    if not cooler.sockets or not cpu.socket:
        row = socket_row(socket_key(cpu.socket or ""))
        desktop = row.mount != WIDE and (row.mount or row.processor_rdimm == "no")
        measure = "look at the cooler maker's list"
        return unknown(f"socket list of {cooler.name}", measure, "warning" if desktop else None)
    have = "|".join(cooler.sockets)
    if any(same_mount(cpu.socket, listed) for listed in cooler.sockets):
        text = f"{cooler.name} mounts on {cpu.socket}"
        wide = mount(cpu.socket) == WIDE and any(mount(s) != WIDE for s in cooler.sockets)
        if cooler.type == "liquid" and wide:
            why = f"{text}; its plate is made for smaller lids and leaves the edge of this one free"
            return Answer("warning", why, have, cpu.socket, fix="a cooler made for this socket")
        return ok(text, have, cpu.socket)
    why = f"{cooler.name} mounts on {', '.join(cooler.sockets)}; {cpu.name} needs {cpu.socket}"
    if cpu.socket.upper() == "AM5" and "AM4" in have:
        why = (
            f"{cooler.name} lists AM4: kits that screw into AMD's own backplate fit AM5, others not"
        )
        return Answer("warning", why, have, cpu.socket, fix="ask the maker for an AM5 kit")
    maker, sure = kit_maker(cooler, cpu.socket)
    if maker and not sure:
        return unknown(f"whether {maker} has a kit for it ({why})", "look at the maker's page")
    if maker:
        why = f"{why}: {maker} has a kit for it, not in the box of that time"
        return Answer("warning", why, have, cpu.socket, fix=f"order the kit from {maker}")
    return Answer("conflict", why, have, cpu.socket, fix="a kit from the maker or another cooler")


@rule
def cooler_height(cooler: Cooler, case: Case) -> Answer | None:
    """Board to side panel; less than 5 mm left is to be verified, makers round."""
    if cooler.type == "liquid":
        return None
    room, height = positive(case.cooler_height_mm), positive(cooler.height_mm)
    least = case.room_least[1]
    if room is None and height and least and height + COOLER_MARGIN_MM <= least:
        text = f"{cooler.name} stands {number(height, 'mm')}, cases of the series of {case.name}"
        return ok(f"{text} take at least {number(least, 'mm')}", least, height)
    return fits(
        Supply(room, f"{case.name} takes", f"cooler height limit of {case.name}"),
        Supply(height, f"{cooler.name} stands", f"height of {cooler.name}"),
        "mm",
        margin=COOLER_MARGIN_MM,
        fix=f"a cooler up to {number(room, 'mm')}" if room else "",
    )


@rule
def cooler_required(cpu: Cpu, cooler: Cooler | None) -> Answer | None:
    """A boxed processor may bring its own cooler; K, X and tray parts mostly do not."""
    if cooler is not None:
        return ok(f"{cooler.name} cools {cpu.name}")
    if cpu.includes_cooler is None:
        what = f"whether {cpu.name} comes with a cooler, as none is listed"
        return unknown(what, "look at the box contents: it is sold with and without")
    if cpu.includes_cooler:
        return ok(f"{cpu.name} comes with a cooler, none is listed")
    why = f"{cpu.name} comes without a cooler and none is listed"
    return Answer("conflict", why, 0, 1, "coolers", -1, "add a CPU cooler", "error")


@rule
def cooler_capacity(cooler: Cooler, cpu: Cpu) -> Answer | None:
    """Above its rating a processor throttles; of a cooler that nobody rates the size warns."""
    rated, usual = positive(cooler.capacity_w), cooler.class_w
    heat, least = cpu_w(cpu), cpu_least_w(cpu)
    fix = "a larger cooler, or a power limit for the processor in the BIOS"
    if rated is None and usual is not None and heat is not None and least is not None:
        what = f"rating of {cooler.name} (coolers of its size carry about {usual:.0f} W)"
        if least > usual:
            why = f"{cpu.name} makes up to {least:.0f} W, and the {what} is not known"
            return Answer("conflict", why, usual, least, "W", usual - least, fix)
        return unknown(what, "look at the maker's page", "note" if heat <= usual else None)
    return fits(
        Supply(rated, f"{cooler.name} is rated for", f"rating of {cooler.name}"),
        Supply(heat, f"{cpu.name} makes up to", f"power of {cpu.name}"),
        "W",
        fix=fix,
    )


@rule
def radiator_fit(cooler: Cooler, case: Case) -> Answer | None:
    """A place for 360 mm also takes 240 and 120 mm; 280 mm places may lack holes for 240 mm.

    Where the maker says how thick a stack may be, radiator and fans count.
    """
    if cooler.type == "air":
        return None
    own = _radiator(cooler)
    if not cooler.type or own is None:
        return unknown(f"radiator size of {cooler.name}", "look at the maker's page")
    return _placed(case, (own,), cooler.name)


def _radiator(cooler: Cooler) -> Radiator | None:
    size = positive(cooler.radiator_mm)
    return Radiator(int(size), positive(cooler.radiator_thickness_mm)) if size else None


def _placed(case: Case, needs: tuple[Radiator, ...], what: str) -> Answer:
    need = "+".join(f"{r.size}" for r in needs)
    if case.radiators is None:
        least = case.room_least[0]
        if least and place_all(needs, mounts(least))[0]:
            have = ", ".join(least)
            return ok(
                f"{what}: cases of the series of {case.name} have at least {have}", have, need
            )
        return unknown(f"radiator places of {case.name}", "look in the case's manual")
    places = mounts(case.radiators)
    have = ", ".join(case.radiators) or "none"
    text = f"{what} needs radiator places for {need} mm, {case.name} has {have}"
    sure, perhaps = place_all(needs, places)
    if sure:
        return ok(text, have, need)
    if perhaps:
        plain = tuple(Radiator(r.size, 0.0) for r in needs)
        if not place_all(plain, tuple(dict.fromkeys(p) for p in places))[0]:
            return Answer("warning", f"{text}: check the fan holes", have, need, "mm")
        return unknown(f"how thick radiator and fans may be ({text})", "measure: the case's manual")
    return Answer("conflict", text, have, need, "mm", fix="a smaller radiator or an air cooler")


@rule
def gpu_radiator(cards: tuple[Card, ...], cooler: Cooler | None, case: Case) -> Answer | None:
    """Hybrid cards bring a 120 to 360 mm radiator; each takes one place of the case."""
    if any(not card.cooling for card in cards):
        return unknown("how a card is cooled", "look at the maker's page")
    wet = [card for card in cards if card.cooling in ("hybrid", "water")]
    if not wet:
        return None
    if any(positive(card.radiator_mm) is None for card in wet):
        return unknown(f"radiator size of {wet[0].name}", "look at the maker's page")
    needs = tuple(Radiator(int(card.radiator_mm or 0)) for card in wet)
    if cooler is not None and cooler.type != "air":
        own = _radiator(cooler)
        if own is None:
            return unknown(f"radiator size of {cooler.name}", "look at the maker's page")
        needs = (*needs, own)
    return _placed(case, needs, f"{len(wet)} liquid-cooled card(s)")


@rule
def cooler_ram_clearance(
    cooler: Cooler, ram: tuple[RamKit, ...], case: Case | None
) -> Answer | None:
    """Wide air coolers overhang the first memory sockets; a tower's front fan is clipped on."""
    if cooler.type == "liquid":
        return None
    heights = [positive(kit.stands_mm) for kit in ram]
    tallest = None if None in heights else max(h for h in heights if h is not None)
    clear = Supply(
        positive(cooler.memory_clearance_mm), f"{cooler.name} clears", "room over the memory"
    )
    stands = Supply(tallest, "the memory stands", "height of the memory modules")
    found = fits(clear, stands, "mm", fix="low-profile memory, or move the fan up")
    height, room = positive(cooler.height_mm), positive(case.cooler_height_mm) if case else None
    if found.verdict != "conflict" or not height or height < TOWER_MM or not room:
        return found
    up = -(found.margin or 0.0)
    if height + up > room:
        return found
    why = (
        f"{found.why}: the front fan goes up by {number(up, 'mm')}, then the cooler stands "
        f"{number(height + up, 'mm')} of {number(room, 'mm')}"
    )
    return Answer("warning", why, found.have, found.need, "mm", found.margin)
