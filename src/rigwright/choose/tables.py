"""Rules as tables over the pools, and the moment of the search at which each is looked up.

Kinds are decided in a fixed order, the cards first. A rule is looked up as soon as all but one of
the kinds it reads are decided, and then takes out of the last kind's pool what it rejects. A rule
that declares ``burdens`` is also looked up before those are decided: a conflict is final then.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rigwright.choose.pool import Column, Pool
from rigwright.choose.verdicts import SINGLE, Verdicts
from rigwright.spec.build import MANY
from rigwright.spec.rule import Rule

_NUMBERS = itertools.count(1)
CARD = -1
"""Level of the cards, which are decided before all pools."""
BASE = -2
"""Level of what needs no decision at all."""
LEVEL = 1 << 64
"""Bit of the first level in ``Step.bits``; there are fewer card classes than rules, so below 64."""


@dataclass(slots=True, eq=False)
class Row:
    """What one rule says to one pool, given one decision; asked bundle by bundle.

    known : mask of the bundles asked.  refused : those among them that do not pass, doubts too.
    bad : those that pass in no case.
    """

    step: "Step"
    key: tuple[int, ...]
    number: int
    known: int = 0
    refused: int = 0
    bad: int = 0

    def gone(self, doubts: frozenset[str]) -> int:
        """Those that do not pass where the doubts of some rules may."""
        return self.bad if self.step.rule.id in doubts else self.refused

    def ask(self, bit: int) -> None:
        """Ask the rule about the bundle at ``bit`` and all that look the same to it."""
        step = self.step
        column = step.columns[-1]
        number = column.ids[bit.bit_length() - 1]
        mask = column.mask(number)
        weight = step.verdicts.weight(step.rule, step.kinds, (*self.key, number))
        self.known |= mask
        if weight == "bad":
            self.bad |= mask
            self.refused |= mask
        elif weight == "doubt" and step.final:
            self.refused |= mask


@dataclass(slots=True)
class Step:
    """One look-up of one rule: decided ``sources`` (levels) against the pool at ``target``.

    card : place of the rule's card class in the list of card classes, None when it reads no card.
    final : everything the rule reads is there; otherwise only a conflict counts.
    """

    rule: Rule
    level: int
    target: int
    sources: tuple[int, ...]
    card: int | None
    final: bool
    kinds: tuple[str, ...]
    columns: tuple[Column, ...]
    verdicts: Verdicts
    rows: dict[tuple[int, ...], Row] = field(default_factory=dict)
    bits: int = field(init=False)
    """What it reads: a bit for its card class, and from ``LEVEL`` on one for each source."""

    def __post_init__(self) -> None:
        card = 0 if self.card is None else 1 << self.card
        self.bits = sum((LEVEL << source for source in self.sources), card)

    def row(self, pick: Sequence[int], cards: Sequence[int]) -> Row:
        """The row of a decision."""
        key = tuple(
            [column.ids[pick[lv]] for column, lv in zip(self.columns, self.sources, strict=False)]
        )
        if self.card is not None:
            key = (cards[self.card], *key)
        row = self.rows.get(key)
        if row is None:
            row = self.rows[key] = Row(self, key, next(_NUMBERS))
        return row


@dataclass(slots=True)
class Tables:
    """Every look-up of every rule that can stop a build, by the level that triggers it.

    cards : rules on cards alone, with the place of their card class.
    alone : rules that read no part at all.
    card_reads : what the card classes are made of, one rule for each distinct set of attributes.
    """

    kinds: tuple[str, ...]
    pools: Mapping[str, Pool]
    verdicts: Verdicts
    steps: dict[int, list[Step]] = field(default_factory=dict)
    cards: list[tuple[Rule, int]] = field(default_factory=list)
    alone: list[Rule] = field(default_factory=list)
    card_reads: list[Rule] = field(default_factory=list)

    def add(self, rule: Rule) -> None:
        """Plan the look-ups of a rule; a note never stops a build and gets none."""
        if rule.severity == "note":
            return
        levels = sorted(self.kinds.index(k) for k in rule.decided_by if k in self.kinds)
        card = self._card_place(rule) if {"card", "chip"} & set(rule.decided_by) else None
        if not levels:
            if card is None:
                self.alone.append(rule)
            else:
                self.cards.append((rule, card))
            return
        core = [lv for lv in levels if self.kinds[lv] not in rule.burdens]
        if 0 < len(core) < len(levels):
            self._plan(rule, self._before(core, card), core[-1], levels, card)
        self._plan(rule, self._before(levels, card), levels[-1], levels, card)

    @staticmethod
    def _before(levels: list[int], card: int | None) -> int:
        if len(levels) > 1:
            return levels[-2]
        return BASE if card is None else CARD

    def _plan(
        self, rule: Rule, level: int, target: int, levels: list[int], card: int | None
    ) -> None:
        sources = tuple(lv for lv in levels if lv <= level and lv != target)
        kinds = tuple(self.kinds[lv] for lv in (*sources, target))
        step = Step(
            rule, level, target, sources, card, len(kinds) == len(levels),
            kinds if card is None else ("card", *kinds),
            tuple(
                self.pools[kind].column(rule.decided_by[kind], self.verdicts) for kind in kinds
            ),
            self.verdicts,
        )  # fmt: skip
        self.steps.setdefault(level, []).append(step)

    def _card_place(self, rule: Rule) -> int:
        wanted = (rule.decided_by.get("card"), rule.decided_by.get("chip"))
        for place, other in enumerate(self.card_reads):
            if (other.decided_by.get("card"), other.decided_by.get("chip")) == wanted:
                return place
        self.card_reads.append(rule)
        return len(self.card_reads) - 1


def attributes(rules: Sequence[Rule], kind: str) -> tuple[str, ...]:
    """Everything of a kind that rules which can stop a build read."""
    names = {n for r in rules if r.severity != "note" for n in r.decided_by.get(kind, ())}
    return tuple(sorted(names))


def check_reads(rules: Sequence[Rule]) -> None:
    """Every rule must read kinds that exist, or its verdict would be looked up too early."""
    known = {*SINGLE, *MANY, "circuit", "build"}
    for rule in rules:
        strange = set(rule.decided_by) - known
        if strange:
            raise ValueError(f"rule {rule.id} reads unknown kinds {sorted(strange)}")
