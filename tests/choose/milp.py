"""The made-up market again, as a 0-1 programme for HiGHS: every rule stated as linear rows.

Nothing here calls a rule or the search.
"""

from __future__ import annotations

from typing import Any

import highspy

from rigwright.choose.problem import Option, Problem, once
from tests.choose import market


class Model:
    """One option of one problem."""

    def __init__(self, problem: Problem, option: Option) -> None:
        self.problem, self.option = problem, option
        self.highs = highspy.Highs()
        self.highs.silent()
        self.rows = 0
        pools: dict[str, list[tuple[Any, int, int]]] = {
            kind: [
                (c.part, number, c.cents * number)
                for c in found
                for number in problem.copies.get(kind, once)(c.part)
            ]
            for kind, found in problem.candidates.items()
        }
        pools["card"] = [(c.part, option.count, c.cents * option.count) for c in option.cards]
        self.use = {
            kind: [(self.highs.addBinary(), *row) for row in rows] for kind, rows in pools.items()
        }

    def sum(self, kind: str, value: Any) -> Any:
        """Sum of value(part) x number over what is used of a kind."""
        return sum(x * (float(value(p)) * n) for x, p, n, _ in self.use[kind])

    def add(self, row: Any) -> None:
        self.highs.addConstr(row)
        self.rows += 1

    def one_of_each(self) -> None:
        for kind, found in self.use.items():
            total = sum(x for x, *_ in found)
            self.add(total <= 1 if kind == "cooler" else total == 1)

    def demands(self) -> None:
        for demand in self.problem.demands:
            if demand.amount is not None:
                self.add(self.sum(demand.kind, demand.amount) >= demand.least)
            else:
                for x, p, _, _ in self.use[demand.kind]:
                    if not demand.accepts(p):
                        self.add(x <= 0)

    def clash(self, a: str, b: str, clashes: Any) -> None:
        for x, p, *_ in self.use[a]:
            for y, q, *_ in self.use[b]:
                if clashes(p, q):
                    self.add(x + y <= 1)

    def pairs(self) -> None:
        doubt = self.problem.allow_unknown
        self.clash("cpu", "board", lambda c, b: c.socket != b.socket)
        self.clash("ram", "board", lambda r, b: r.type != b.memory_type)
        self.clash("cooler", "case", lambda k, c: k.height_mm > c.cooler_height_mm)
        self.clash("cooler", "cpu", lambda k, c: c.socket not in k.sockets)
        room = lambda k: k.memory_clearance_mm or 1000  # noqa: E731
        self.clash("cooler", "ram", lambda k, r: r.height_mm > room(k))
        inside = lambda c: c.gpu_length_mm or (1000 if doubt else 0)  # noqa: E731
        self.clash("card", "case", lambda g, c: g.length_mm > inside(c))
        boxed = self.sum(
            "cpu", lambda c: c.includes_cooler or (doubt and c.includes_cooler is None)
        )
        self.add(boxed + sum(x for x, *_ in self.use["cooler"]) >= 1)

    def budgets(self) -> None:
        count = self.option.count
        self.add(self.sum("ram", lambda r: r.modules)
                 <= self.sum("board", lambda b: b.memory_slots))  # fmt: skip
        self.add(self.sum("board", lambda b: len(b.slots)) >= count)
        vram = count * self.option.chip.vram_bytes / 2**30
        self.add(self.sum("ram", market.gib) >= vram)
        cards = market.CARD_LANES * count
        self.add(self.sum("cpu", lambda c: c.pcie_lanes) >= cards)
        beyond = self.sum("drive", lambda d: market.DRIVE_LANES * (d.interface == "pcie"))
        beyond -= self.sum("board", lambda b: market.DRIVE_LANES * len(b.m2_slots))
        self.add(beyond - self.sum("cpu", lambda c: c.pcie_lanes) <= -cards)

    def draw(self) -> Any:
        """A new expression each time: HiGHS changes those it is given."""
        draw = self.sum("cpu", lambda c: c.tdp_w) + self.sum("card", lambda c: c.power_limit_w)
        draw += self.sum("ram", lambda r: market.MODULE_W * r.modules)
        draw += self.sum("drive", lambda d: market.DISK_W if d.type == "hdd" else market.SSD_W)
        return draw + self.sum("cooler", lambda k: market.PUMP_W if k.type == "liquid" else 0)

    def power(self) -> None:
        self.add(self.draw() - self.sum("psu", lambda p: p.watts) <= -market.BASE_W)
        if self.problem.circuit is not None:
            most = market.wall_w(self.problem.circuit)
            share = self.sum("psu", lambda p: most * market.EFFICIENCY[p.efficiency])
            self.add(self.draw() - share <= -market.BASE_W)

    def price(self) -> Any:
        """A new expression of what is paid."""
        return sum(x * cents for found in self.use.values() for x, *_, cents in found)

    def lacking(self) -> Any:
        """What the parts lack, where the problem says so; a kind left out lacks it too."""
        lacks, total = self.problem.lacks, 0.0
        if lacks is None:
            return total
        for kind, found in self.use.items():
            if kind == "card":
                continue
            nothing = lacks(kind, ()) if kind in self.problem.optional else 0
            total += nothing
            total += sum(x * (lacks(kind, (p,) * n) - nothing) for x, p, n, _ in found)
        return total

    def spent(self) -> None:
        """Only a problem that says what lacks holds the price below its budget."""
        if self.problem.lacks is not None and self.problem.budget_cents is not None:
            self.add(self.price() <= self.problem.budget_cents)

    def cheapest(self) -> int | None:
        """Cents of the optimum; None when there is no build."""
        for rows in (self.one_of_each, self.demands, self.pairs, self.budgets, self.power):
            rows()
        self.spent()
        self.highs.minimize(self.lacking() + self.price())
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return round(self.highs.getObjectiveValue())
        assert status == highspy.HighsModelStatus.kInfeasible, status
        return None
