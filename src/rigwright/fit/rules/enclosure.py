"""Rules on the case: cards, supply."""

from dataclasses import replace

from rigwright.fit.answer import Answer, Supply, fits, number, ok, positive, unknown
from rigwright.fit.facts.names import form_key
from rigwright.fit.facts.placement import SLOT_TOLERANCE
from rigwright.fit.facts.radiators import FAN_MM, Radiator, mounts, takes
from rigwright.fit.facts.ratings import bend_mm
from rigwright.fit.table import rule
from rigwright.spec.build import Severity
from rigwright.spec.parts import Card, Case, Cooler, Psu

GPU_MARGIN_MM = 10.0
PSU_MARGIN_MM = 10.0
FAN_W = 100.0
"""What one fan of a chassis carries off: 60 m3/h warmed by 5 K (from knowledge)."""
SAG_MM, SAG_SLOTS = 300.0, 3.0


def firmly(found: Answer) -> Answer:
    """Too long by the maker's own number cannot be built, whatever a missing number weighs."""
    return replace(found, severity="error") if found.verdict == "conflict" else found


def _longest(cards: tuple[Card, ...]) -> Supply:
    lengths = [(positive(card.length_mm), card.name) for card in cards]
    for length, name in lengths:
        if length is None:
            return Supply(None, name, f"length of {name}")
    most, name = max((length or 0.0, name) for length, name in lengths)
    return Supply(most, f"{name} is", "")


@rule
def gpu_length(cards: tuple[Card, ...], case: Case) -> Answer | None:
    """Bracket to front fan; less than 10 mm left is to be verified with the cables."""
    room = positive(case.gpu_length_mm)
    return fits(
        Supply(room, f"{case.name} takes", f"card length limit of {case.name}"),
        _longest(cards),
        "mm",
        margin=GPU_MARGIN_MM,
        fix=f"a card up to {number(room, 'mm')}" if room else "",
    )


@rule
def gpu_length_with_radiator(cards: tuple[Card, ...], cooler: Cooler, case: Case) -> Answer | None:
    """A radiator that only fits at the front takes its thickness from the cards' room."""
    if cooler.type == "air":
        return None
    size, need = positive(cooler.radiator_mm), _longest(cards)
    if size is None or case.radiators is None or need.value is None:
        what = f"place of the radiator in {case.name}, its size or the card's length"
        return unknown(what, "look in the case's manual")
    elsewhere = mounts(r for r in case.radiators if not r.strip().startswith("front"))
    thick = positive(cooler.radiator_thickness_mm)
    if any(takes(place, Radiator(int(size), thick))[0] for place in elsewhere):
        return ok(f"{cooler.name} fits elsewhere than at the front of {case.name}")
    printed = positive(case.gpu_length_radiator_mm)
    if printed is not None:
        have = Supply(printed, f"{case.name} with a front radiator takes")
        fix = "a shorter card or an air cooler"
        return firmly(fits(have, need, "mm", margin=GPU_MARGIN_MM, fix=fix))
    room = positive(case.gpu_length_mm)
    if room is not None and thick is not None and room - thick < need.value:
        have = Supply(room - thick, f"{case.name} with {number(thick, 'mm')} of radiator takes")
        return firmly(fits(have, need, "mm", fix="a shorter card or an air cooler"))
    if room is None or thick is None or room - thick - FAN_MM < need.value:
        return unknown(f"card length limit of {case.name} with a front radiator", "measure it")
    left = room - thick - FAN_MM
    why = f"{need.says} {number(need.value, 'mm')}, about {number(left, 'mm')} stay: verify"
    return Answer("warning", why, left, need.value, "mm", left - need.value)


@rule
def gpu_thickness(cards: tuple[Card, ...], case: Case) -> Answer | None:
    """Slot openings, or fewer where the maker prints a limit (riser and sandwich cases)."""
    each = [positive(card.thickness_slots) for card in cards]
    openings, printed = positive(case.expansion_slots), positive(case.gpu_thickness_slots)
    limits = [v for v in (openings, printed) if v is not None]
    room = min(limits, default=None)
    thick = None if None in each else max(t for t in each if t is not None)
    need = Supply(thick, "the thickest card takes", "thickness of a card")
    have = Supply(room, f"{case.name} takes", f"slot openings of {case.name}")
    found = fits(have, need, "slots", fix="a thinner card")
    tight = found.verdict == "conflict" and -(found.margin or 0) <= SLOT_TOLERANCE
    if (tight or found.verdict == "ok") and openings is None:
        return unknown(f"slot openings of {case.name}", "count them")
    if tight:
        return Answer("warning", found.why, room, thick, "slots", found.margin)
    return found


@rule
def gpu_height(cards: tuple[Card, ...], case: Case) -> Answer | None:
    """Taller than the limit: the panel does not close. Tall with its plug: it presses the cable."""
    room = positive(case.gpu_height_mm)
    if room is None:  # makers of roomy cases print none
        return unknown(f"card height limit of {case.name}", "measure to the side panel", "note")
    heights = [positive(card.height_mm) for card in cards]
    tallest, partial = max((h or 0.0 for h in heights), default=0.0), None in heights
    have = Supply(room, f"{case.name} takes")
    body = Supply(tallest, "the tallest card is", "height of a card")
    found = fits(have, body, "mm", fix=f"a card up to {number(room, 'mm')}", partial=partial)
    if found.verdict != "ok":
        return found
    bends, usual = bend_mm(), max(bend_mm().values())
    plugged = [
        (h or 0.0)
        + (usual if c.plugs is None else max((bends.get(p, usual) for p in c.plugs), default=0.0))
        for h, c in zip(heights, cards, strict=True)
    ]
    need = max(plugged)
    if need <= room:
        return found
    text = f"{found.why}; with the bend of its cable about {number(need, 'mm')}"
    if any(c.plugs is None for h, c in zip(plugged, cards, strict=True) if h > room):
        return unknown(f"where the power sockets of a card sit ({text})", "look at a photo", "note")
    fix = "an angled plug, or a case with more room at the side panel"
    return Answer("warning", text, room, need, "mm", room - need, fix)


@rule
def gpu_sag(cards: tuple[Card, ...]) -> Answer | None:
    """A bracket under the card's end keeps the slot from bending."""
    for card in cards:
        length, thick = positive(card.length_mm), positive(card.thickness_slots)
        if (length or SAG_MM + 1) <= SAG_MM or (thick or SAG_SLOTS) < SAG_SLOTS - SLOT_TOLERANCE:
            continue
        if length is None or thick is None:
            return unknown(f"length or thickness of {card.name}", "maker's page")
        why = f"{card.name} is {number(length, 'mm')} long and {thick:g} slots thick"
        why = f"{why}: above {number(SAG_MM, 'mm')} and {SAG_SLOTS:g} slots hold it up"
        return Answer("warning", why, SAG_MM, length, "mm", SAG_MM - length)
    return ok("no card is long and thick enough to sag")


def _front_fans(case: Case) -> int:
    """Fans of 120 or 140 mm that stand in a row before the cards: as many as on a radiator."""
    front = mounts(r for r in case.radiators or () if r.strip().startswith("front"))
    sizes = (size for place in front for size in place)
    return max((size // (140 if size % 120 else 120) for size in sizes), default=0)


@rule
def pro_card_passive(cards: tuple[Card, ...], case: Case | None) -> Answer | None:
    """Data-centre cards (Tesla, A100, L40) rely on the server's fans."""
    if any(not card.cooling for card in cards):
        weight: Severity | None = None if case is not None and case.form_factor else "warning"
        return unknown("how a card is cooled", "look at a photo", weight)
    bare = [card for card in cards if card.cooling == "passive"]
    if not bare:
        return None
    text = f"{bare[0].name} has no fan of its own"
    if case is None or not case.form_factor:
        why = f"{text}: it needs a server's stream of air, or a shroud with a fan of its own"
        return Answer("warning", why)
    if any(word in case.form_factor.lower() for word in ("server", "rack", "1u", "2u", "3u", "4u")):
        watts = sum(positive(card.power_limit_w) or 0.0 for card in bare)
        included, places = case.fans_included or 0, _front_fans(case)
        if included * FAN_W >= watts:
            return Answer("warning", f"{text}: check that the chassis fans blow through it")
        if places * FAN_W >= watts:
            why = f"{text}: {case.name} has room for {places} fans before it, see that they blow "
            return Answer(
                "warning", f"{why}through it", fix=f"buy what is missing of {places} fans"
            )
        if not included:
            why = f"{text}; what fans {case.name} comes with"
            return unknown(why, "look at the case maker's page", "warning")
        said = f"the {included:g} fans of {case.name} carry off {number(watts, 'W')}"
        fix = "a wall of fans before the cards, or a shroud and fan"
        return unknown(f"{text}; whether {said}", fix, "warning")
    return Answer(
        "conflict", f"{text}, {case.name} is a {case.form_factor}", fix="a shroud and fan"
    )


@rule
def psu_form_factor(psu: Psu, case: Case) -> Answer | None:
    """SFX-L is longer than SFX; both fit an ATX opening with a bracket."""
    if not psu.form_factor or not case.psu_form_factors:
        what = f"supply sizes of {case.name}" if psu.form_factor else f"form of {psu.name}"
        return unknown(what, "look at the maker's page")
    key, listed = form_key(psu.form_factor), {form_key(f) for f in case.psu_form_factors}
    have = ", ".join(case.psu_form_factors)
    text = f"{psu.name} is {psu.form_factor}, {case.name} takes {have}"
    if key in listed or (key == "SFX" and "SFXL" in listed):
        return ok(text, have, psu.form_factor)
    if key in ("SFX", "SFXL") and "ATX" in listed:
        return ok(f"{text}: with an SFX bracket", have, psu.form_factor)
    return Answer("conflict", text, have, psu.form_factor, fix=f"a supply of form {have}")


@rule
def psu_length(psu: Psu, case: Case) -> Answer | None:
    """Housing depth; modular plugs and cables need the 10 mm margin."""
    room = positive(case.psu_length_mm)
    found = fits(
        Supply(room, f"{case.name} takes", f"supply length limit of {case.name}"),
        Supply(positive(psu.length_mm), f"{psu.name} is", f"length of {psu.name}"),
        "mm",
        margin=PSU_MARGIN_MM,
        fix=f"a supply up to {number(room, 'mm')}" if room else "",
    )
    return firmly(found)


def likely_psu_forms(case_form: str, board_forms: tuple[str, ...]) -> tuple[str, ...] | None:
    """What a case without a printed list takes: towers for ATX boards take ATX supplies.

    For mending imported data, which says where it used this; None = not safe to say.
    """
    tower = "tower" in case_form.lower() and "mini" not in case_form.lower()
    return ("ATX",) if tower and "ATX" in {form_key(f) for f in board_forms} else None
