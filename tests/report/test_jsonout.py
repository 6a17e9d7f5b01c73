import datetime as dt
import json

import numpy as np

from rigwright.spec.answer import dumps
from rigwright.spec.build import Finding


def test_everything_becomes_plain_json():
    value = {
        "day": dt.date(2016, 10, 29),
        "finding": Finding("r", "ok", have=1.0),
        "inf": float("inf"),
        "numpy": np.float64(2.5),
        "tuple": (1, 2),
    }
    got = json.loads(dumps(value))
    assert got["day"] == "2016-10-29" and got["inf"] is None
    assert got["finding"]["verdict"] == "ok" and got["numpy"] == 2.5 and got["tuple"] == [1, 2]
