"""What renting costs over time."""

from __future__ import annotations

from dataclasses import dataclass

from rigwright.cost.energy import DAYS_PER_MONTH
from rigwright.cost.owning import at_least
from rigwright.spec.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rented:
    """A machine rented by the hour for the same work.

    relative_speed : its throughput on the workload over the owned machine's; it runs
    ``hours / relative_speed`` for what takes the owned one ``hours``.
    restart_overhead : share of work done twice because a spot machine was taken away.
    storage_gb : data kept all month.  egress_gb_per_month : data fetched out.
    """

    usd_per_hour: float
    relative_speed: float = 1.0
    restart_overhead: float = 0.0
    storage_gb: float = 0.0
    storage_usd_per_gb_month: float = 0.0
    egress_gb_per_month: float = 0.0
    egress_usd_per_gb: float = 0.0

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            at_least("rented machine", name, getattr(self, name), 0)
        if self.relative_speed <= 0:
            raise InputError("rented machine", "relative_speed", self.relative_speed, "above 0")

    @property
    def work_usd_per_hour(self) -> float:
        """Rent of what the owned machine does in an hour. [USD/h]"""
        return self.usd_per_hour / self.relative_speed * (1 + self.restart_overhead)

    def usd_per_month(self, hours_per_day: float) -> float:
        """Rent, storage and egress for ``hours_per_day`` of the owned machine's work. [USD]"""
        rent = self.work_usd_per_hour * hours_per_day * DAYS_PER_MONTH
        kept = self.storage_gb * self.storage_usd_per_gb_month
        return rent + kept + self.egress_gb_per_month * self.egress_usd_per_gb
