"""Constants that few rows tell: kept near what is documented, and said when a range stops one."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy", reason="scipy fits constants; a development dependency")

from rigwright.predict.constants import COLUMNS, Constants
from rigwright_accuracy.fitting import quantile_of
from rigwright_accuracy.step.bench import build
from rigwright_accuracy.step.calibration import operation_list
from rigwright_accuracy.step.leastsquares import Problem, calibrate, priors

TOOLS = Path(__file__).parents[2] / "tools"
START = Constants({p.name: p.high for p in priors()})
PRIOR = {p.name: p.prior for p in priors()}


class Toy:
    """Rows that take a time proportional to one constant, measured ``off`` its prior."""

    name = "toy"

    def __init__(self, constant: str, rows: int, off: float) -> None:
        self.constant, self.seconds = constant, np.full(rows, PRIOR[constant] * off)

    def predict(self, c: Constants) -> np.ndarray:
        return np.full(len(self.seconds), c[self.constant])


def fitted(*sets: Toy) -> Constants:
    return calibrate(Problem(build([], operation_list), sets), START, 30).constants  # type: ignore[arg-type]


def test_what_no_row_tells_is_what_is_documented() -> None:
    got = fitted(Toy("gather_traffic", 4, 1.0))
    for p in priors():
        if p.stage in ("step", "host", "network"):
            assert got[p.name] == pytest.approx(p.prior, rel=1e-3, abs=1e-6), p.name


@pytest.mark.parametrize("off", [0.3, 3.0])
@pytest.mark.parametrize("name", ["depthwise_wgrad_simt", "pageable_copy_gb_s"])
def test_a_set_far_off_moves_a_constant_without_reaching_an_end(name: str, off: float) -> None:
    got = fitted(Toy(name, 100, off))[name]
    (p,) = (p for p in priors() if p.name == name)
    assert p.low * 1.05 < got < p.high / 1.05
    assert abs(np.log(got / p.prior)) > 0.2 * abs(np.log(off))
    assert abs(np.log(got / p.prior)) < abs(np.log(off))


def test_a_constant_at_an_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))
    import calibrate_check

    table = tmp_path / "constants.csv"
    rows = ["stopped,10,1,10,1,x,rows,0.5", "inside,5,1,10,1,x,rows,0.5", "told,1,1,10,1,x,,"]
    table.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    assert list(calibrate_check.at_an_end(table)) == [
        "constants.csv: stopped: 10 is an end of its range"
    ]
    sys.modules.pop("calibrate_check")


def test_a_quantile_holds_its_share_with_every_feature():
    rng = np.random.default_rng(0)
    features = np.stack([np.ones(4000), rng.random(4000) < 0.5, rng.random(4000)], axis=1)
    values = rng.exponential(features @ [0.1, 0.2, 0.0])
    found = quantile_of(features, values, np.ones(4000))
    assert found[:2] == pytest.approx(np.array([0.1, 0.2]) * -np.log(0.2), rel=0.1)
    for of in (features[:, 1] == 0, features[:, 1] == 1):
        assert (values <= features @ found)[of].mean() == pytest.approx(0.8, abs=0.02)
