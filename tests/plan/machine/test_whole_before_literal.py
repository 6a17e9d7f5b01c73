"""A run as it is said is no reason to buy what a good builder would not, where another way to carry
it leaves money for all of that."""

import pytest

from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.planning import plan

RUN = {"model": "flux.1-dev", "mode": "infer", "precision": "fp8"}


def planned(usd, *, literal):
    data = {"workload": RUN | {"literal": literal}, "budget": {"usd": usd}, "as_of": "2025-06-20"}
    return plan(parse_goal(data, "test"))


@pytest.fixture(scope="module")
def modest():
    """Budgets at which the run as it is said leaves only a machine that gives something up."""
    budgets = (2700, 2760, 2780, 2800, 2820, 2900)
    found = {usd: planned(usd, literal=True) for usd in budgets}
    return [usd for usd, result in found.items() if result.chosen and result.gives_up]


def test_another_way_to_carry_the_run_goes_before_giving_up_what_is_sensible(modest):
    assert modest
    for usd in modest:
        result = planned(usd, literal=False)
        assert result.changed and not result.gives_up, usd
        assert result.chosen.usd <= usd
