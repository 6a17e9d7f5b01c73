"""A set of parts, where it will stand, and what a rule says about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Part, Psu, RamKit

Verdict = Literal["ok", "warning", "conflict", "unknown"]
Severity = Literal["error", "warning", "note"]
MANY = {"ram": "ram", "card": "cards", "drive": "drives", "chip": "chips"}
"""Kinds of which a build may hold several -> its field."""
TRAINING_LANES, LANES_IN_TURN = 8, 4
"""pugetsystems.com labs 887 and 1167: x8 is enough for training, x4 costs. In turn only the
activations of one layer pass from card to card."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """The wall circuit that feeds the machine. number : circuits like it, one for each supply."""

    volts: float = 120.0
    amperes: float = 15.0
    other_load_w: float = 0.0
    number: float = 1


@dataclass(frozen=True, slots=True)
class Possible:
    """A line that names no single product: what it may be.

    part : stands for it in the build: what the line states, all else unknown.
    parts : the products it may be. ``part`` is among them where there may be others.
    wish : the line names no model (``850 W``, ``RTX 3090``): what is bought can be chosen to fit.
    """

    text: str
    part: Part
    parts: tuple[Part, ...]
    wish: bool = False

    @property
    def closed(self) -> bool:
        """Whether it is one of the products that are known."""
        return self.part not in self.parts


@dataclass(frozen=True, slots=True)
class Whole:
    """A machine bought as a whole: nothing in it is to be fitted.

    chip : None = not told, or cards that the list names are put in.  chip_count : of that chip.
    """

    name: str
    chip: Chip | None
    chip_count: int = 1


@dataclass(frozen=True)
class Build:
    """Parts that are meant to work together; anything may still be missing.

    cards, ram and drives repeat an item that is used more than once.
    risers : riser cables and slot adapters: cards need not sit in the board's slots.
    chips : the chips of those cards, for rules on VRAM and PCIe links; each once.
    machines : whole machines, which hold whatever a machine needs.
    open_frame : cards and board are mounted in a frame that limits nothing; no case then.
    enclosures : boxes that hold a card outside, on Thunderbolt.
    more : (part, its line, pieces) of processors and supplies beyond the one that rules weigh.
    unresolved : lines that named a part nobody could identify, as (kind or "", text).
    possible : lines that may mean several products; the part that stands for each is here, too.
    unstated : kinds of lines that say no more than that there is one: ``case``, ``a cooler``.
    whole : nothing is left out on purpose: a part that is not here is missing.
    runs : ids of the parts that run together today, each as often as it is there.
    told : for parts of which only what their owner says is known: the same with every fact filled
        in. What a rule decides then is the owner's to look up, and no reason to buy something else.
    there : ids of parts that their owner has in any case.
    lanes_each : PCIe lanes that the work wants for each card: 8 to exchange or be fed at every
        step, 4 where cards hold some layers each and work in turn.
    """

    name: str = ""
    cpu: Cpu | None = None
    cooler: Cooler | None = None
    board: Board | None = None
    ram: tuple[RamKit, ...] = ()
    cards: tuple[Card, ...] = ()
    drives: tuple[Drive, ...] = ()
    psu: Psu | None = None
    case: Case | None = None
    circuit: Circuit | None = None
    gpu_power_cap_w: float | None = None
    unresolved: tuple[tuple[str, str], ...] = ()
    possible: tuple[Possible, ...] = ()
    unstated: tuple[str, ...] = ()
    chips: tuple[Chip, ...] = ()
    risers: int = 0
    whole: bool = False
    runs: tuple[str, ...] = ()
    told: tuple[Part, ...] = ()
    there: tuple[str, ...] = ()
    lanes_each: int = TRAINING_LANES
    machines: tuple[Whole, ...] = ()
    open_frame: bool = False
    enclosures: int = 0
    more: tuple[tuple[Part, str, int], ...] = ()

    def holding(self, held: Iterable[Mapping[str, Any]]) -> "Build":
        """As ``replace`` with these fields, which the search asks for ten thousand times."""
        made = object.__new__(Build)
        for fields in (vars(self), *held):
            vars(made).update(fields)
        return made

    def of(self, kind: str) -> tuple[Part, ...]:
        """The parts of one kind."""
        held = getattr(self, MANY.get(kind, kind))
        if isinstance(held, tuple):
            return held
        return () if held is None else (held,)

    def has(self, kind: str) -> bool:
        """Whether there is a part of this kind, or a ``circuit``."""
        return bool(getattr(self, MANY.get(kind, kind)))

    def with_told(self) -> "Build":
        """With those parts as ``told`` has them, whatever their lines may mean."""
        known = {part.id: part for part in self.told}
        told = self.with_parts((p, known[p.id]) for p in self.parts() if p.id in known)
        return replace(told, told=(), possible=())

    def with_parts(self, pairs: Iterable[tuple[Part, Part]]) -> "Build":
        """With other parts, second of each pair, in the place of all that are as the first."""
        known, held = dict(pairs), dict[str, Any]()
        for kind in {part.kind for part in known}:
            new = tuple(known.get(part, part) for part in self.of(kind))
            if new:
                held[MANY.get(kind, kind)] = new if kind in MANY else new[0]
        if self.more:
            held["more"] = tuple((known.get(p, p), *rest) for p, *rest in self.more)
        return replace(self, **held)

    def lines(self) -> tuple[Possible, ...]:
        """The lines that may mean several products and whose part is in the machine."""
        here = {part.id for part in self.parts()} if self.possible else ()
        return tuple(line for line in self.possible if line.part.id in here)

    def parts(self) -> tuple[Part, ...]:
        """Every part, in the order of assembly."""
        single = (self.cpu, self.cooler, self.board)
        rest = (self.psu, self.case)
        return (
            *(p for p in single if p is not None), *self.ram, *self.cards, *self.drives,
            *(p for p in rest if p is not None),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says about one build.

    verdict, severity : what is the case, and what it costs. ``conflict`` is always of severity
    ``error``: it cannot be built or will not run. A ``warning`` works: ``error`` if what has to be
    verified first is true, ``warning`` with a loss or a risk, ``note`` with nothing to lose.
    An ``unknown`` weighs what it may hide.
    have, need : the two numbers (or words) compared, in ``unit``; margin = what is left
    (negative when it does not fit), ``None`` where a difference makes no sense.
    why : one sentence that names both.  fix : the cheapest change that helps.
    """

    rule: str
    verdict: Verdict
    parts: tuple[str, ...] = ()
    have: float | str | None = None
    need: float | str | None = None
    unit: str = ""
    margin: float | None = None
    why: str = ""
    source: str = ""
    severity: Severity = "error"
    fix: str = field(default="")

    @property
    def loses(self) -> bool:
        """The machine works, with a loss or a risk that another choice would spare."""
        return self.verdict == "warning" and self.severity == "warning"
