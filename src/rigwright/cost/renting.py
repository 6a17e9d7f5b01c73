"""What renting costs over time, and what providers add to the price of an hour."""

import math
from dataclasses import dataclass

from rigwright.cost.countries import DATA, DAYS_PER_MONTH
from rigwright.cost.owning import at_least
from rigwright.spec.errors import InputError
from rigwright.spec.tables.table import table


@dataclass(frozen=True, slots=True)
class Terms:
    """What a provider adds. boot_s : until the job runs, with its data.  checkpoint_s : to write
    one.  interruptions_per_month : of a spot machine that runs all the time.
    """

    provider: str
    storage_usd_per_gb_month: float
    egress_usd_per_gb: float
    boot_s: float
    checkpoint_s: float
    interruptions_per_month: float

    def lost_share(self, job_hours: float | None, *, spot: bool) -> float:
        """Hours paid for beside the job's own, as a share of them.

        One boot a job; on a spot machine checkpoints at the best distance and the work since the
        last one at each interruption, with a boot (Young 1974: sqrt(2 checkpoint rate)).
        """
        per_s = self.interruptions_per_month / (DAYS_PER_MONTH * 86400) if spot else 0.0
        boot = self.boot_s / 3600 / job_hours if job_hours else 0.0
        return boot + math.sqrt(2 * self.checkpoint_s * per_s) + self.boot_s * per_s


def terms(provider: str) -> Terms:
    """Of a provider; of one that is not listed the usual ones."""
    known = {t.provider: t for t in table(Terms, DATA / "terms.csv")}
    return known.get(provider, known["other"])


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

    @property
    def kept_usd_per_month(self) -> float:
        """Storage and egress. [USD/month]"""
        kept = self.storage_gb * self.storage_usd_per_gb_month
        return kept + self.egress_gb_per_month * self.egress_usd_per_gb

    def usd_per_month(self, hours_per_day: float) -> float:
        """Rent, storage and egress for ``hours_per_day`` of the owned machine's work. [USD]"""
        rent = self.work_usd_per_hour * hours_per_day * DAYS_PER_MONTH
        return rent + self.kept_usd_per_month
