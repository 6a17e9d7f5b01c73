"""Branch and bound over the pools of one problem, with look-ahead and remembered remainders.

A node has decided the first kinds and knows, for every later kind, the cheapest bundle that no
look-up refuses: their sum is a lower bound. Rules are asked about a bundle only once it is the
cheapest left. What is left to decide depends only on the bundles left and on what pending rules
read of the decided parts, so a remainder is solved once and looked up afterwards: equal-looking
boards, memory or cases do not multiply the work.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rigwright.choose.pool import Column, Pool, Replaced
from rigwright.choose.tables import BASE, CARD, LEVEL, Row, Step

NO_LIMIT = 1 << 60
"""Cents; more than anything costs."""
REMEMBERED = 200_000
"""Remainders kept before the memory is emptied; bounds it to some 100 MB."""

Asked = tuple[tuple[int, tuple[Row, ...]], ...]
Rest = tuple[int, tuple[int, ...]]
"""Cents of the cheapest remainder and its bundle numbers, in the order of the kinds."""


@dataclass(slots=True)
class Node:
    """Per kind the mask of bundles not refused so far, and the rows each has to pass.

    The lowest bit of every mask has passed all its rows; higher ones may not have been asked.
    """

    masks: list[int]
    rows: list[tuple[Row, ...]]


@dataclass(slots=True)
class Engine:
    """The search below the cards, for one way of reading the rules.

    steps : look-ups by level.  doubts : ids of the rules whose doubts may pass.
    tails : the same search over the last kinds alone, first the smallest: bounds on them together.
    blame : rule -> how often it left a kind without any bundle.  active : rules that ever took
    something away; the others cannot be part of a proof that nothing fits.  touched : what the rows
    read that took something away since it was last set to 0, card classes and levels as
    ``Step.bits``: whatever else is chosen elsewhere, the answer is the same or a dearer one.
    """

    pools: Sequence[Pool]
    steps: dict[int, list[Step]]
    doubts: frozenset[str]
    start: int = 0
    tails: "tuple[Engine, ...]" = ()
    blame: Counter[str] = field(default_factory=Counter)
    active: set[str] = field(default_factory=set)
    nodes: int = 0
    touched: int = 0
    emptied: Row | None = None
    _pending: list[tuple[tuple[tuple[Column, int], ...], tuple[int, ...]]] = field(
        default_factory=list
    )
    _known: dict[tuple[object, ...], tuple[int, Rest | None, str, int]] = field(
        default_factory=dict
    )

    _with_cards: dict[int, tuple[Step, ...]] = field(default_factory=dict)
    _without_cards: dict[int, tuple[tuple[int, ...], tuple[Step, ...]]] = field(
        default_factory=dict
    )
    _rows: dict[tuple[int, ...], Asked] = field(default_factory=dict)
    _spared: list[Replaced] = field(default_factory=list)

    def __post_init__(self) -> None:
        for level, found in self.steps.items():
            free = tuple(s for s in found if s.card is None)
            sources = tuple(sorted({source for s in free for source in s.sources}))
            self._without_cards[level] = (sources, free)
            self._with_cards[level] = tuple(s for s in found if s.card is not None)
        for level in range(len(self.pools)):
            columns: dict[tuple[int, int], tuple[Column, int]] = {}
            cards: set[int] = set()
            for step in (s for at in range(level, len(self.pools)) for s in self.steps.get(at, ())):
                for column, source in zip(step.columns, step.sources, strict=False):
                    if source < level:
                        columns[id(column), source] = (column, source)
                if step.card is not None:
                    cards.add(step.card)
            self._pending.append((tuple(columns.values()), tuple(sorted(cards))))
            self._spared.append(self._replaced(level))

    def _replaced(self, level: int) -> Replaced:
        """What each bundle of a level replaces, by what later look-ups read of it."""
        pool = self.pools[level]
        read = {
            name
            for found in self.steps.values()
            for step in found
            if level in step.sources
            for name in step.rule.decided_by[pool.kind]
        }
        return pool.replaced(tuple(sorted(read)))

    def begin(self, wanted: Sequence[int], cards: Sequence[int]) -> Node | None:
        """The pools once demands and cards are applied."""
        node = Node(list(wanted), [()] * len(wanted))
        base = self.after(BASE, node, (), ())
        return None if base is None else self.after(CARD, base, (), cards)

    def after(
        self, level: int, node: Node, pick: Sequence[int], cards: Sequence[int]
    ) -> Node | None:
        """What is left of every pool once ``level`` is decided; None when one is empty."""
        asked = self._asked(level, pick)
        with_cards = self._with_cards.get(level, ())
        if not asked and not with_cards:
            return node
        masks, rows = node.masks[:], node.rows[:]
        targets = dict.fromkeys(target for target, _ in asked)
        for target, found in asked:
            rows[target] += found
        for step in with_cards:
            targets[step.target] = None
            rows[step.target] += (step.row(pick, cards),)
        for target in targets:
            masks[target] = self.settle(masks[target], rows[target])
            if not masks[target]:
                return None
        return Node(masks, rows)

    def _asked(self, level: int, pick: Sequence[int]) -> Asked:
        """Per target the rows of the look-ups that read no card, remembered by what they read."""
        sources, steps = self._without_cards.get(level, ((), ()))
        if not steps:
            return ()
        key = (level, *[pick[source] for source in sources])
        found = self._rows.get(key)
        if found is None:
            rows: dict[int, tuple[Row, ...]] = {}
            for step in steps:
                rows[step.target] = (*rows.get(step.target, ()), step.row(pick, ()))
            found = self._rows[key] = tuple(rows.items())
        return found

    def settle(self, mask: int, rows: Sequence[Row]) -> int:
        """The mask without its cheapest bundles up to the first that passes every row."""
        doubts = self.doubts
        for row in rows:  # what is known to be refused goes first, all at once; as ``_key`` does
            gone = row.bad if doubts and row.step.rule.id in doubts else row.refused
            if gone & mask:
                self._took(row)
                mask &= ~gone
                if not mask:
                    return self._emptied_by(row)
        while True:
            bit = mask & -mask
            for row in rows:
                if not row.known & bit:
                    row.ask(bit)
                    gone = row.gone(doubts)
                    if gone & bit:
                        self._took(row)
                        mask &= ~gone
                        break
            else:
                return mask
            if not mask:
                return self._emptied_by(row)

    def _emptied_by(self, row: Row) -> int:
        self.emptied = row
        self.blame[row.step.rule.id] += 1
        return 0

    def others(self, level: int, choice: int, mask: int) -> int:
        """The mask without the bundles of a level that would leave the same pool empty that the
        one at ``choice`` just did: what is looked up there reads the same of them."""
        assert self.emptied is not None
        same = mask
        for step in self.steps.get(level, ()):
            if step.target == self.emptied.step.target and level in step.sources:
                column = step.columns[step.sources.index(level)]
                same &= column.mask(column.ids[choice])
        self.blame[self.emptied.step.rule.id] += same.bit_count()
        return mask & ~same

    def refusing(self, bit: int, rows: Sequence[Row]) -> Row | None:
        """The first row that refuses the bundle at ``bit``."""
        for row in rows:
            if not row.known & bit:
                row.ask(bit)
            if bit & row.gone(self.doubts):
                self._took(row)
                return row
        return None

    def blamed(self) -> str:
        """The rule that left a kind empty most often, or nothing."""
        return next((rule for rule, _ in self.blame.most_common(1)), "")

    def _took(self, row: Row) -> None:
        self.active.add(row.step.rule.id)
        self.touched |= row.step.bits

    def floor(self, node: Node, level: int, cards: Sequence[int]) -> int:
        """Cents that the kinds from ``level`` on cost at least; more than any limit: impossible.

        The cheapest bundle left of each kind; the last kinds, which hang together by the case, as
        they are cheapest together.
        """
        cents, end = 0, len(self.pools)
        tail = next((t for t in self.tails if level <= t.start), None)
        if tail is not None:
            end, tail.touched = tail.start, 0
            joint = tail.rest(end, node, [0] * len(self.pools), cards, NO_LIMIT)
            self.touched |= tail.touched
            if joint is None:
                self.blame += tail.blame
                self.active |= tail.active
                return NO_LIMIT + 1
            cents = joint[0]
        for at in range(level, end):
            mask = node.masks[at]
            cents += self.pools[at].cents[(mask & -mask).bit_length() - 1]
        return cents

    def bounded(self, starts: Iterable[int]) -> "Engine":
        """This engine with bounds on the kinds from each of the levels on, together."""
        for start in sorted(starts, reverse=True):
            steps = {
                level: [s for s in found if all(source >= start for source in s.sources)]
                for level, found in self.steps.items()
                if level >= start
            }
            last = Engine(self.pools, steps, self.doubts, start=start)
            last.tails = tuple(t for t in self.tails if t.start > start)
            self.tails = (last, *self.tails)
        return self

    def rest(
        self, level: int, node: Node, pick: list[int], cards: Sequence[int], limit: int
    ) -> Rest | None:
        """The cheapest way to decide the kinds from ``level`` on, at most ``limit`` cents."""
        least = self.floor(node, level, cards)
        if least > limit:
            self.blame["budget"] += 1
            return None
        if level >= len(self.pools) - 1:  # the cheapest bundle left has passed every rule
            return least, tuple((m & -m).bit_length() - 1 for m in node.masks[level:])
        key = self._key(level, node, pick, cards)
        known = self._known.get(key)
        if known is not None:
            proven, answer, blamed, touched = known
            self.touched |= touched
            if answer is not None:
                return answer if answer[0] <= limit else None
            if limit <= proven:
                self.blame[blamed] += 1
                return None
        before, self.touched = self.touched, 0
        best = self._decide(level, node, pick, cards, limit)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        worst = "" if best else self.blamed()
        self._known[key] = (limit, best, worst, self.touched)
        self.touched |= before
        return best

    def _key(
        self, level: int, node: Node, pick: Sequence[int], cards: Sequence[int]
    ) -> tuple[object, ...]:
        """Everything that the remainder depends on: bundles left, unasked rows, pending facts."""
        key: list[int] = [level]
        doubts = self.doubts
        for mask, rows in zip(node.masks[level:], node.rows[level:], strict=True):
            open_rows = []
            for row in rows:  # as ``gone``, which takes longer to call than to work out
                gone = mask & (row.bad if doubts and row.step.rule.id in doubts else row.refused)
                if gone:
                    mask ^= gone
                    self.touched |= row.step.bits
                if mask & ~row.known:
                    open_rows.append(-row.number)
            key.append(mask)
            key += open_rows
        columns, places = self._pending[level]
        key += [column.ids[pick[source]] for column, source in columns]
        key += [cards[place] for place in places]
        return tuple(key)

    def _decide(
        self, level: int, node: Node, pick: list[int], cards: Sequence[int], limit: int
    ) -> Rest | None:
        prices, mask, rows = self.pools[level].cents, node.masks[level], node.rows[level]
        tail = self.floor(node, level + 1, cards)
        spared = self._spared[level]
        best: Rest | None = None
        while mask:
            bit = mask & -mask
            mask ^= bit
            choice = bit.bit_length() - 1
            cents = prices[choice]
            if cents + tail > limit:
                self.blame["budget"] += 1
                break  # the pool is sorted: the others cost more
            if self.refusing(bit, rows) is not None:
                continue
            self.nodes += 1
            mask &= ~spared.mask(choice)  # the rest is no cheaper around these
            pick[level] = choice
            before, self.touched = self.touched, 0
            left = self.after(level, node, pick, cards)
            found = left and self.rest(level + 1, left, pick, cards, limit - cents)
            made, self.touched = self.touched, self.touched | before
            if found:
                best = (cents + found[0], (choice, *found[1]))
                limit = best[0] - 1
            if not made & LEVEL << level:
                break  # the rest asks nothing of this level, and the others cost more
            if left is None:
                mask = self.others(level, choice, mask)
        return best
