"""Rules on memory: type, form, buffering, slots, capacity, speed, size against the cards'."""

from rigwright.fit.answer import Answer, Supply, fits, known_sum, number, ok, positive, unknown
from rigwright.fit.facts.names import board_socket, generation_key, socket_key
from rigwright.fit.facts.platforms import family, socket_row
from rigwright.fit.facts.speeds import later_module, official_mt_s
from rigwright.fit.table import rule
from rigwright.spec.fact import GIB
from rigwright.spec.parts import Board, Card, Chip, Cpu, RamKit

DESKTOP = dict.fromkeys(("core", "pentium", "celeron"), "no")  # whatever their socket: no RDIMM
EASY_DDR5_MT_S = 3600.0  # AMD's figure for four dual-rank modules, the lowest of the platforms


def kit_gib(kit: RamKit) -> float | None:
    """Capacity of a kit in GiB."""
    modules, size = positive(kit.modules), positive(kit.module_gib)
    return None if modules is None or size is None else modules * size


def _forms(text: str | None) -> set[str]:
    words = (text or "").upper().replace("-", "").replace("/", "|").split("|")
    return {w.strip() for w in words if w.strip()}


def _of_type(name: str, takes: tuple[str, ...], ram: tuple[RamKit, ...]) -> Answer:
    """Whether all memory is of the types that a processor or board takes."""
    if not takes or any(not kit.type for kit in ram):
        return unknown(f"memory type of {name} or of the kit", "look at the maker's pages")
    wrong, have = sorted({kit.type for kit in ram} - set(takes)), "/".join(takes)
    text = f"{name} takes {have}, the kit is {'/'.join(wrong) or ram[0].type}"
    if wrong:
        return Answer("conflict", text, have, "/".join(wrong), fix=f"a {have} kit")
    return ok(text, have, ram[0].type)


@rule
def cpu_ram_type(cpu: Cpu, ram: tuple[RamKit, ...]) -> Answer | None:
    """A processor drives only the memory generations its maker lists."""
    return _of_type(cpu.name, cpu.memory_types, ram)


@rule
def ram_type(board: Board, ram: tuple[RamKit, ...]) -> Answer | None:
    """DDR generations have different notches and voltages."""
    return _of_type(board.name, (board.memory_type,) if board.memory_type else (), ram)


@rule
def ram_form_factor(board: Board, ram: tuple[RamKit, ...]) -> Answer | None:
    """A few Mini-ITX boards take notebook modules."""
    forms = _forms(board.memory_form)
    if not forms or any(not kit.form for kit in ram):
        return unknown(f"module form of {board.name} or of the kit", "look at the board's manual")
    have = "SO-DIMM" if forms == {"SODIMM"} else "DIMM"
    kits = {"SO-DIMM" if "SODIMM" in _forms(kit.form) else "DIMM" for kit in ram}
    text = f"{board.name} has {have} sockets, the kit is {'/'.join(sorted(kits))}"
    if kits != {have}:
        return Answer("conflict", text, have, "/".join(sorted(kits)), fix=f"a {have} kit")
    return ok(text, have, have)


@rule
def ram_buffering(board: Board, ram: tuple[RamKit, ...], cpu: Cpu | None) -> Answer | None:
    """Consumer sockets take UDIMM; sTR5 and most server sockets take RDIMM."""
    forms = _forms(board.memory_form) - {"SODIMM"}
    kits = {w for kit in ram for w in _forms(kit.form) or {""}} - {"SODIMM"}
    if not kits:
        return None
    takes = (cpu.registered_memory or DESKTOP.get(cpu.line.split("-")[0])) if cpu else None
    if len(kits - {""}) > 1:
        return Answer("conflict", "registered and plain modules are mixed", fix="one kind only")
    if "" not in kits and takes == ("no" if "RDIMM" in kits else "yes"):
        why = f"{cpu.name if cpu else ''} does not take {max(kits)}"
        return Answer("conflict", why, takes, max(kits), fix="the other kind of memory")
    if not forms or "" in kits:
        return unknown(f"buffering of {board.name} or of the kit", "look at manual and label")
    text = f"{board.name} takes {'/'.join(sorted(forms))}, the kit is {'/'.join(sorted(kits))}"
    if not kits <= forms:
        if kits == {"RDIMM"} and takes in ("yes", "either"):
            return unknown("whether the board runs RDIMM with this processor", "ask its maker")
        return Answer("conflict", text, min(forms), max(kits), fix=f"a {min(forms)} kit")
    if cpu and not takes:
        return unknown(f"whether {cpu.name} takes registered memory", "maker's page")
    return ok(text, min(forms), max(kits))


@rule
def ram_ecc(ram: tuple[RamKit, ...], board: Board) -> Answer | None:
    """An ECC UDIMM works as plain memory anywhere; whether errors are corrected differs."""
    if all(kit.ecc is False for kit in ram):
        return None
    if any(kit.ecc is None for kit in ram):
        return unknown("whether the memory has ECC", "look at the part number")
    registered = all(_forms(kit.form) == {"RDIMM"} for kit in ram)
    if registered and "RDIMM" in _forms(board.memory_form):
        return ok("registered ECC memory on a board made for it")
    return unknown("whether ECC is active on this board", "look in its manual, check `dmidecode`")


@rule
def ram_slots(board: Board, ram: tuple[RamKit, ...]) -> Answer | None:
    """Modules against sockets."""
    total, partial = known_sum(positive(kit.modules) for kit in ram)
    slots = positive(board.memory_slots)
    return fits(
        Supply(slots, f"{board.name} has", f"the number of memory slots of {board.name}"),
        Supply(total, "memory modules:", "the module count of a kit"),
        "slots",
        fix="fewer, larger modules",
        partial=partial,
    )


def _capacity(ram: tuple[RamKit, ...], have: Supply, socket: str) -> Answer:
    total, partial = known_sum(kit_gib(kit) for kit in ram)
    need = Supply(total, "memory:", "the size of a kit")
    found = fits(have, need, "GiB", fix="a smaller kit", partial=partial)
    late = [kit.module_gib for kit in ram if later_module(kit, socket)]
    if found.verdict == "conflict" and late and have.value and total <= 2 * have.value:
        size = number(late[0], "GiB")
        why = f"{found.why}; newer BIOS versions often raise the limit for modules of {size}"
        return Answer("conflict", why, have.value, total, "GiB", found.margin, found.fix, "warning")
    return found


@rule
def ram_capacity(board: Board, ram: tuple[RamKit, ...]) -> Answer | None:
    """Capacity against the board's printed maximum; DDR5 maxima grew with later BIOS versions."""
    most = positive(board.memory_max_gib)
    have = Supply(most, f"{board.name} takes", f"maximum memory of {board.name}")
    return _capacity(ram, have, socket_key(board.socket or ""))


@rule
def cpu_ram_capacity(cpu: Cpu, ram: tuple[RamKit, ...]) -> Answer | None:
    """Capacity against the processor's official maximum, or what its family was shown to take."""
    most = positive(cpu.memory_max_gib)
    if cpu.socket and cpu.generation:
        core, socket = generation_key(cpu.generation, cpu.socket), socket_key(cpu.socket)
        most = max(most or 0.0, family(socket, core).memory_max_gib or 0.0) or None
    have = Supply(most, f"{cpu.name} takes", f"maximum memory of {cpu.name}")
    return _capacity(ram, have, socket_key(cpu.socket or ""))


@rule
def ram_speed(cpu: Cpu, ram: tuple[RamKit, ...]) -> Answer | None:
    """Faster kits run through an XMP or EXPO profile, an overclock that mostly works."""
    modules, partial = known_sum(positive(kit.modules) for kit in ram)
    kinds = {kit.type for kit in ram}
    memory = kinds.pop() if len(kinds) == 1 else None
    official = official_mt_s(cpu, memory, None if partial else modules)
    rated = min(kit.speed_mt_s or 0 for kit in ram)
    if official is None or not rated:
        return unknown(f"official memory speed of {cpu.name} or of the kit", "maker's page")
    least, most = official
    count = "" if partial else f" with {modules:g} module(s)"
    says = f"the kit {number(rated, 'MT/s')}"
    if rated <= least:
        text = f"{cpu.name} officially runs {number(least, 'MT/s')}{count}, {says}"
        return Answer("ok", text, least, rated, "MT/s", least - rated)
    if rated <= most:
        span = f"{number(least, 'MT/s')} to {number(most, 'MT/s')}"
        known = f"its family {span}" if least else f"alone {number(most, 'MT/s')}"
        return unknown(f"what {cpu.name} officially runs{count} ({known}, {says})", "maker's page")
    text = f"{cpu.name} officially runs {number(most, 'MT/s')}{count}, {says}"
    why = f"{text}: switch on its XMP/EXPO profile"
    return Answer("warning", why, most, rated, "MT/s", most - rated)


@rule
def ram_matched(cpu: Cpu, ram: tuple[RamKit, ...]) -> Answer | None:
    """Mixed kits may fall back to slower timings; a free channel costs bandwidth."""
    total, partial = known_sum(positive(kit.modules) for kit in ram)
    channels = positive(cpu.memory_channels)
    if channels is None or partial:
        return unknown(f"channels of {cpu.name} or modules of the kit", "maker's page")
    facts = [(kit.module_gib, kit.type, kit.speed_mt_s, kit.cas) for kit in ram]
    if len(facts) > 1 and any(v is None for f in facts for v in f):
        return unknown("whether the kits are equal", "compare part numbers")
    if len(set(facts)) > 1:
        return Answer(
            "warning", f"{len(facts)} different kits are mixed", fix="one kit of all modules"
        )
    text = f"{total:g} modules on {channels:g} channels"
    if total % channels:
        why = f"{text}: some channels carry less"
        return Answer("warning", why, channels, total, "modules", fix=f"{channels:g} equal modules")
    return ok(text, channels, total)


@rule
def ram_4dimm_ddr5(board: Board, ram: tuple[RamKit, ...]) -> Answer | None:
    """Four DDR5 modules on two channels are promised 3600 to 4400 MT/s, not the kit's rating."""
    if any(kit.type is None for kit in ram):
        return unknown("type of the memory", "look at the part number")
    if all(kit.type != "DDR5" for kit in ram):
        return None
    key = board_socket(board.socket, board.chipset) if board.socket else None
    channels = socket_row(key).channels
    total, partial = known_sum(positive(kit.modules) for kit in ram)
    speeds = [positive(kit.speed_mt_s) for kit in ram]
    if channels is not None and channels > 2:
        return None
    if channels is None or partial or None in speeds:
        return unknown("memory channels, module count or speed", "maker's pages")
    speed = max(s for s in speeds if s is not None)
    text = f"{total:g} DDR5 modules on {channels} channels at {number(speed, 'MT/s')}"
    if total > channels and speed > EASY_DDR5_MT_S:
        why = (
            f"{text}: only about {number(EASY_DDR5_MT_S, 'MT/s')} is promised with two per channel"
        )
        return Answer("warning", why, channels, total, "modules", fix="two larger modules")
    return ok(text, channels, total)


@rule
def ram_vs_vram(
    ram: tuple[RamKit, ...], cards: tuple[Card, ...], chips: tuple[Chip, ...]
) -> Answer | None:
    """Weights and batches pass through main memory on their way to the card."""
    total, partial = known_sum(kit_gib(kit) for kit in ram)
    vram = {chip.id: chip.vram_bytes for chip in chips}
    sizes = [positive(vram.get(card.chip)) for card in cards]
    if partial or None in sizes:
        return unknown("size of the memory or of a card's VRAM", "maker's pages")
    largest = max(s for s in sizes if s is not None) / GIB
    text = f"main memory is {number(total, 'GiB')}, the largest GPU has {number(largest, 'GiB')}"
    facts = (total, largest, "GiB", total - largest)
    if total >= largest:
        return Answer("ok", text, *facts)
    why = f"{text}: weights are loaded in pieces, and nothing of that size stays beside the card"
    fix = "a larger kit; for loading language models twice the total VRAM is comfortable"
    return Answer("warning", why, *facts, fix)
