"""Use case: which part does a line that somebody wrote mean, and why that one?"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from rigwright.catalog import source
from rigwright.catalog.identify import KINDS, identify
from rigwright.catalog.names.agree import enough
from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.names.resolve import Match, Resolution, compare
from rigwright.catalog.names.twins import differing
from rigwright.catalog.paste import Line, read_line
from rigwright.catalog.paste.words import kind_of_label
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip, Part

EXIT = {"exact": 0, "ambiguous": 3, "unknown": 3}
CHARACTERS_MAX = 1000
_TOLD = {
    "ram": "how many modules of which size and speed",
    "drive": "the capacity",
    "card": "the chip",
}
_DIFFERENCES = 4


class Near(NamedTuple):
    """A part that the line may mean. fits : nothing the line says speaks against it."""

    kind: str
    id: str
    name: str
    fits: bool
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """What a line means.

    verdict : exact (one part), ambiguous (several fit) or unknown (none does). part : the exact
    one, else None. same : other listings that it stands for. price is for one piece, as written.
    chip : the chip of a card, where that is certain. near : candidates, best first.
    """

    line: str
    kind: str | None
    text: str
    quantity: int
    price: float | None
    currency: str | None
    verdict: str
    part: Near | None = None
    same: tuple[str, ...] = ()
    chip: str | None = None
    near: tuple[Near, ...] = ()
    hint: str = ""
    attribution: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 exact, 3 otherwise."""
        return EXIT[self.verdict]


def kind_named(word: str) -> str:
    """``gpu`` -> card, ``Motherboard`` -> board. Raises InputError for what is no kind of part."""
    kind = word if word in KINDS else kind_of_label(word)
    if kind not in KINDS:
        raise InputError(
            "parts --line", "KIND", word, ", ".join(KINDS), "gpu, motherboard ... also do"
        )
    return str(kind)


def name_line(text: str, kind: str | None = None) -> Named:
    """The part that a line means.

    kind : cpu, cooler, board, ram, card, drive, psu, case or what people call them; without it the
    line's own words tell, or every kind is tried.
    Raises InputError for an empty or endless line and for an unknown kind.
    """
    if not text.strip() or len(text) > CHARACTERS_MAX:
        allowed = f"1 to {CHARACTERS_MAX} characters"
        raise InputError("name", "LINE", text[:40], allowed, "GPU: Gigabyte 1070 G1")
    asked = None if kind is None else kind_named(kind)
    line = read_line(text)
    if asked is not None:
        line = replace(line, kind=asked)
    if line.kind is not None and line.kind not in KINDS:
        return _named(text, line, "unknown", hint="no rule looks at things of this kind")
    kinds = KINDS if line.kind is None else (line.kind,)
    hits = [identify(k, line.text) for k in kinds]
    exact = [hit for hit in hits if hit.part is not None]
    if len(exact) == 1:
        return _exact(text, line, exact[0])
    return _open(text, line, exact or hits)


def _named(text: str, line: Line, verdict: str, **rest: object) -> Named:
    rest.setdefault("kind", line.kind)
    return Named(
        line=text,
        text=line.text,
        quantity=line.quantity,
        price=line.price,
        currency=line.currency,
        verdict=verdict,
        **rest,  # type: ignore[arg-type]
    )


def _exact(text: str, line: Line, hit: Resolution) -> Named:
    assert hit.part is not None
    doubts = sorted({n for other in hit.same for n in differing(hit.part, other)})
    why = [f"{len(hit.same) + 1} listings of one product"] if hit.same else []
    lost = [n for other in hit.same for n in _unknown_now(hit.part, other)]
    if lost:
        why.append(f"they differ in {', '.join(sorted(set(lost)))}: taken as unknown")
    elif doubts:
        why.append("our own table is taken where they differ")
    part = Near(hit.part.kind, hit.part.id, hit.part.name, True, tuple(why))
    ours = hit.part.id in source.embedded_ids(hit.part.kind)
    return _named(
        text, line, "exact", kind=hit.part.kind, part=part, same=tuple(p.name for p in hit.same),
        chip=hit.chip.name if hit.chip else None, attribution=() if ours else source.attribution(),
    )  # fmt: skip


def _unknown_now(part: Part, other: Part) -> list[str]:
    """Facts of another listing that its representative does not vouch for."""
    held = source.part(part.kind, part.id)
    return list(differing(held, other)) if held is not None and held != part else []


def _open(text: str, line: Line, hits: list[Resolution]) -> Named:
    """Several parts or none: candidates of all kinds that were tried, best first."""
    matches = [
        compare(p, claims_of(line.text, p.kind), source.by_id(Chip).get(getattr(p, "chip", "")))
        for hit in hits
        for p in (hit.candidates if hit.part is None else (hit.part,))
    ]
    matches.sort(key=lambda m: (not m.agrees, len(m.clashes) + len(m.extra) + len(m.missing)))
    chip = next((hit.chip.name for hit in hits if hit.chip), None)
    agreeing = [m for m in matches if m.shared and not (m.clashes or m.extra or m.missing)]
    near = tuple(_near(m, agreeing) for m in (agreeing or matches)[: max(5, len(agreeing))])
    kind = line.kind
    hint = ""
    if kind and not enough(kind, claims_of(line.text, kind), hits[0].chip):
        hint = f"say {_TOLD[kind]} too"
    elif chip:
        hint = f"the chip is known ({chip}); maker and model of the card are not"
    # Candidates that fit a chip alone are not told apart by anything the line says.
    verdict = "ambiguous" if agreeing or chip else "unknown"
    held = any(m.part.id not in source.embedded_ids(m.part.kind) for m in matches)
    notice = source.attribution() if held else ()
    return _named(text, line, verdict, chip=chip, near=near, hint=hint, attribution=notice)


def _near(match: Match, agreeing: list[Match]) -> Near:
    why = list(match.clashes)
    if match.extra:
        why.append(f"its name lacks: {' '.join(match.extra)}")
    if match.missing:
        words = ("Founders Edition" if word == "fe" else word for word in match.missing)
        why.append(f"the line lacks: {' '.join(words)}")
    if match in agreeing:
        others = [
            m.part
            for m in agreeing
            if m.part.id != match.part.id and m.part.kind == match.part.kind
        ]
        apart = sorted({n for p in others for n in differing(match.part, p)})
        values = {n: getattr(match.part, n) for n in apart}
        plain = {n: v for n, v in values.items() if isinstance(v, int | float | str) and v != ""}
        facts = [f"{n} {v}" for n, v in plain.items() if not isinstance(v, bool)]
        why.append(", ".join(facts[:_DIFFERENCES]) or "agrees as well as the others")
    elif not match.enough and not why:
        why.append(f"the line does not say {_TOLD[match.part.kind]}")
    elif not why:
        why.append("has no telling word in common")
    return Near(match.part.kind, match.part.id, match.part.name, match in agreeing, tuple(why))
