"""What the search is given and what it returns; all prices are integer cents."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rigwright.spec.build import TRAINING_LANES, Build, Circuit, Possible
from rigwright.spec.parts import Chip, Part
from rigwright.spec.rule import Rule

KINDS = ("board", "cpu", "ram", "cooler", "case", "drive", "psu")
"""Kinds chosen besides the cards."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A part that may be used; an owned one costs nothing.

    named : bought and asked for; like an owned one it must be in the machine.
    """

    part: Part
    cents: int
    owned: bool = False
    named: bool = False

    @property
    def kept(self) -> bool:
        """Whether the machine has it in any case."""
        return self.owned or self.named


@dataclass(frozen=True, slots=True)
class Option:
    """One (chip, count) with its predicted step; several cards of the chip compete.

    cards : boards that carry the chip; owned and named ones are all used, the rest is bought of
        one kind.
    step_s : None when the workload does not fit its memory.
    asks : names of the demands of the problem that are asked only where an option names them.
    """

    chip: Chip
    count: int
    cards: tuple[Candidate, ...]
    step_s: float | None
    asks: frozenset[str] = field(default=frozenset(), kw_only=True)


@dataclass(frozen=True, slots=True)
class Demand:
    """A requirement on one kind of part, by name, so that it can be relaxed and reported.

    kind : a kind of part, or ``chip`` for a limit on the GPU processor itself.
    accepts : part -> whether it meets the demand; owned parts are not asked.
    amount, least : instead of ``accepts``: the sum of ``amount`` over all parts of the kind (owned
        ones too) must reach ``least``, in whatever unit both are in.
    some : asked only of the options that name it; what those cards need beside them.
    """

    name: str
    kind: str
    accepts: Callable[[Part], bool] = lambda _: True
    amount: Callable[[Part], float] | None = None
    least: float = 0.0
    some: bool = False


def once(_: Part) -> tuple[int, ...]:
    """The numbers in which most parts are bought."""
    return (1,)


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a search needs.

    candidates : what may be bought or is owned, by kind; a kind that is not a key is not chosen.
        Owned and named drives and kits are all used together; of other kinds the owned part is.
    lacks : (kind but not card, all its parts) -> cents of worth that they lack; added to their
        price where the search compares, never paid.
    weights : how often a cent of price, and one of what is lacking, counts in that comparison.
    runs, told, possible, there, lanes_each, risers : as in ``Build``; with risers all hang in an
        open frame.
    replaceable : kinds of which owned parts may also be taken out and others bought instead.
    demands : unary requirements.
    rules : compatibility rules; see ``weigh`` for what a verdict means to the search.
    copies : kind -> part -> the numbers of it that may be bought (default one), e.g. two kits.
    optional : kinds that may stay empty where rules and demands allow it (a boxed CPU cooler).
    ignored : ids of rules that are not asked.
    better : kind -> attribute -> the direction (``more`` or ``less``) that never makes the verdict
        of any rule worse; parts that are dearer and nowhere better are set aside. Leaving it empty
        costs time, never the right answer.
    """

    candidates: Mapping[str, tuple[Candidate, ...]]
    options: tuple[Option, ...]
    rules: tuple[Rule, ...]
    demands: tuple[Demand, ...] = ()
    budget_cents: int | None = None
    allow_unknown: bool = False
    circuit: Circuit | None = None
    gpu_power_cap_w: float | None = None
    ignored: frozenset[str] = frozenset()
    copies: Mapping[str, Callable[[Part], Sequence[int]]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset({"cooler"})
    better: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    replaceable: frozenset[str] = frozenset()
    lacks: Callable[[str, Sequence[Part]], int] | None = None
    weights: tuple[int, int] = (1, 1)
    runs: tuple[str, ...] = ()
    told: tuple[Part, ...] = ()
    possible: tuple[Possible, ...] = ()
    there: tuple[str, ...] = ()
    lanes_each: int = TRAINING_LANES
    risers: int = 0

    @property
    def site(self) -> Build:
        """The machine without its parts: where it stands; what is not chosen is not there."""
        return Build(
            circuit=self.circuit, gpu_power_cap_w=self.gpu_power_cap_w, whole=True, runs=self.runs,
            told=self.told, possible=self.possible, there=self.there,
            lanes_each=self.lanes_each, risers=self.risers, open_frame=self.risers > 0,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """The cheapest build for one option; ``used`` holds every candidate with its number.

    cents : what the search compared: prices, and what parts lack where the problem says so.
    lack_cents : worth that the parts lack, where the problem says what lacks.
    """

    option: Option
    build: Build
    cents: int
    used: tuple[tuple[Candidate, int], ...]
    lack_cents: int = 0

    @property
    def paid_cents(self) -> int:
        """Prices alone."""
        return sum(candidate.cents * number for candidate, number in self.used)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer for one option: a choice, or None with what stood in the way.

    blocked_by : rule, demand or ``budget`` that turned away most of what was tried.
    """

    option: Option
    choice: Choice | None
    blocked_by: str = ""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Demands (by name) and rules (by id) that are not asked, and whether unknowns may pass.

    doubts : only unknowns of these rules may pass; None = of any, where the problem lets them.
    """

    demands: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    unknown: bool = False
    doubts: frozenset[str] | None = None


Weight = Literal["fine", "doubt", "bad"]


def weigh(rule: Rule, build: Build) -> Weight:
    """What a rule's finding means to the search.

    A conflict stops a build, and so does a warning that costs speed or safety: the search buys
    something better. Of a ``firm`` rule any warning does, but one that nothing sold avoids or about
    a supply that is there anyway: an adapter costs less than another one. An unknown is a doubt
    (let through only on request) where it could hide that the machine cannot work, however unlikely
    that is, or of a ``firm`` rule; a lesser unknown goes on the list of things to measure instead,
    as does one of a supply that is there and would do if it is as usual: its owner looks.
    Among parts that run today nothing is bought, so nothing is asked; what only the owner of a part
    can look up is no doubt.
    """
    if build.runs and rule.settled(build):
        return "fine"
    there = build.psu is not None and "psu" in rule.needs and build.psu.id in build.there
    wary = (rule.firm or rule.severity == "error") and not there  # any unknown is a doubt
    finding = rule.check(build, graded=not wary)
    if finding is None:
        return "fine"
    if finding.verdict == "conflict" or finding.loses:
        return "bad"
    lesser = rule.severity == "error" and finding.severity == "note"
    if finding.verdict == "warning" and rule.firm and not lesser:
        return "fine" if there else "bad"
    if finding.verdict != "unknown":
        return "fine"
    grave = ("error", "warning") if wary else ("error",)
    if finding.severity not in grave or _owners(rule, build):
        return "fine"
    return "doubt"


def _owners(rule: Rule, build: Build) -> bool:
    """Whether the rule is decided once all is known of the parts that only their owner knows."""
    known = build.with_told() if build.told else build
    if known.parts() == build.parts():
        return False
    finding = rule.check(known, graded=False)
    return finding is None or finding.verdict != "unknown"
