"""What a goal names: parts by name, or by facts that it tells."""

import functools
import re
from collections.abc import Mapping

import rigwright.fit as fit
from rigwright.catalog.identify import identify
from rigwright.catalog.loose import MARK, TOLD, card_of_chip, loose_part
from rigwright.catalog.possible import possible
from rigwright.catalog.source import load
from rigwright.plan.ask.goal import Named
from rigwright.spec.build import Build, Possible
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.parts import Card, Chip, Part

SINGULAR = {"cards": "card", "drives": "drive"}
PLURAL = {kind: key for key, kind in SINGULAR.items()}
"""Keys of a goal's sections that are not called as the kind of their parts."""
MANY = frozenset({"card", "ram", "drive"})
"""Kinds of which a machine has several."""
NUMBER_MAX, CARDS_MAX = 64, 20
_LEAD = re.compile(r"\s*(\d+)\s*[xX\u00d7*]\s")
"""What a line says first; a large number is read as part of the name."""


def named_parts(name: str, section: Named) -> dict[str, tuple[Part, ...]]:
    """The parts of a section, each as often as it is said."""
    found: dict[str, tuple[Part, ...]] = {}
    for field in Named.model_fields:
        value = getattr(section, field)
        texts = (value,) if isinstance(value, str) else tuple(value or ())
        kind = SINGULAR.get(field, field)
        parts = [p for text in texts for p in identified(f"{name}.{field}", kind, text)]
        if parts:
            found[kind] = tuple(parts)
    return found


def identified(field: str, kind: str, text: str) -> tuple[Part, ...]:
    """The parts that a line of a goal means, as many as it says: by name, or by facts it tells.

    Raises UnknownNameError where it is neither, InputError for more than a machine has.
    """
    from rigwright.catalog.paste import read_line  # many patterns

    found, count = identify(kind, text), 1
    if found.part is None:
        line = read_line(text)
        found, count = identify(kind, line.text), line.quantity
    chip = found.chip and _for_slots(found.chip, found.text)
    part = found.part or (card_of_chip(chip, found.text) if chip else loose_part(kind, found.text))
    if part is None:
        facts = TOLD[kind] if field.startswith("own") else ""
        raise UnknownNameError(kind, text, tuple(p.name for p in found.candidates[:3]), facts)
    most = (CARDS_MAX if kind == "card" else NUMBER_MAX) if kind in MANY else 1
    lead = _LEAD.match(text)
    if max(count, int(lead[1][:9]) if lead and kind != "ram" else 1) > most:
        raise InputError("goal", field, text, f"at most {most} of the kind {kind}")
    return (part,) * count


def _for_slots(chip: Chip, text: str) -> Chip:
    """The chip that a line means; ``A100``, which is no module by its words, on cards for slots."""
    carried = {card.chip for card in load(Card)}
    said = set(re.sub(r"(\d)(gb)\b", r"\1 \2", text.removesuffix(MARK).lower()).split())
    alike = (c for c in load(Chip) if c.id in carried and said <= {*c.name.lower().split()})
    return chip if chip.id in carried else min(alike, key=lambda c: c.vram_bytes, default=chip)


@functools.lru_cache(maxsize=64)
def may_be(part: Part, here: Build) -> Possible:
    """The products that a part may be of which only what its owner says is known.

    None of them is chosen any more: what some of them do not fit is open. Of a machine that runs
    (here) none is in conflict with the others in it.
    """
    line = possible(identify(part.kind, part.name.removesuffix(MARK)))
    parts = () if line is None else tuple(part if p is line.part else p for p in line.parts)
    if part in here.of(part.kind):
        rules = [rule for rule in fit.RULES if part.kind in rule.reads]
        builds = {p: here.with_parts([(part, p)]) for p in parts}
        parts = tuple(
            p for p, build in builds.items()
            if p is part or all(f.verdict != "conflict" for f in fit.check(build, rules))
        )  # fmt: skip
    return Possible(part.name.removesuffix(MARK), part, parts or (part,))


Parts = Mapping[str, tuple[Part, ...]]
