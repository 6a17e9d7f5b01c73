"""Verdicts on texts of real machines, by kind: ``python tools/probe_score.py``.

Texts and what they deserve: ``../shared/dumps`` where it is there, and ``tests/plan/found``. Prints
the share of the kinds of trouble that are found, and of the healthy machines that are left alone.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

from rigwright.bringup.found import Verified
from rigwright.plan.found.probing import found_in
from rigwright.plan.found.verifying import verify

ROOT = Path(__file__).parents[1]
OWN = ROOT / "tests" / "plan" / "found"
SHARED = Path(os.environ.get("RIGWRIGHT_SHARED", ROOT.parent / "shared")) / "dumps"
EXIT = {"healthy": 0, "note": 0, "low": 0, "warn": 1, "fail": 1, "unknown": 3}
CHECKS = {
    "mig_partial": "gpu_mig", "persistence_off": "gpu_persistence",
    "host_gen_limit": "gpu_link_gen", "throttle_power_past": "gpu_throttle_past",
    "power_limit_lowered": "gpu_power_limit",
    "narrow_link": "gpu_link", "bar_small": "gpu_bar", "card_too_old": "gpu_support",
    "ram_one_channel": "ram_channels", "ram_slow": "ram_speed", "ram_mixed": "ram_mixed",
}  # fmt: skip
"""Trouble of the index -> the check that must tell it."""


def _told(result: Verified, check: str) -> bool:
    """A fault or a note that says why."""
    return any(j.check == check and (j.verdict != "ok" or j.cause) for j in result.verdicts)


def own() -> list[tuple[str, str, Verified, list[str]]]:
    """(kind, word, answer, what is missing) of each text of the tests."""
    found = []
    for line in (OWN / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        result = verify(found_in([(OWN / "texts" / case["file"]).read_text(encoding="utf-8")]))
        got = {f"{j.check}:{j.verdict}" for j in result.verdicts}
        missing = [e for e in case["expects"] if e not in got]
        kind = "none" if case["word"] == "healthy" else case["expects"][0].split(":")[0]
        found.append((kind, case["word"], result, missing))
    return found


def shared() -> list[tuple[str, str, Verified, list[str]]]:
    """The same of the shared texts; empty where they are not there."""
    index = SHARED / "index.jsonl"
    rows = (
        map(json.loads, index.read_text(encoding="utf-8").splitlines()) if index.is_file() else ()
    )
    found = []
    for row in rows:
        if "file" not in row:
            continue
        result = verify(found_in([(SHARED / row["file"]).read_text(encoding="utf-8")]))
        wanted = [CHECKS[k] for k in (row["trouble"], *row.get("also", ())) if k in CHECKS]
        word = row["expected_verdict"].split()[0].strip(":;,")
        missing = [check for check in wanted if not _told(result, check)]
        found.append((row["trouble"], word, result, missing))
    return found


def main() -> int:
    """Print the score; 1 below 90 %."""
    rows = own() + shared()
    kinds, good, healthy, alarms = Counter[str](), Counter[str](), 0, 0
    for kind, word, result, missing in rows:
        right = not missing and result.exit_code == EXIT[word]
        kinds[kind] += 1
        good[kind] += right
        if EXIT[word] == 0:
            healthy += 1
            alarms += result.exit_code == 1
        if not right:
            print(f"  missed: {kind} ({word}): exit {result.exit_code}, not told: {missing}")
    whole = [kind for kind in kinds if good[kind] == kinds[kind]]
    print(
        f"machines: {len(rows)} texts, {len(kinds)} kinds; kinds all right {len(whole)}; texts "
        f"right {sum(good.values())}; false alarms on {alarms} of {healthy} without a fault"
    )
    return 0 if sum(good.values()) >= 0.9 * len(rows) and alarms <= 0.1 * healthy else 1


if __name__ == "__main__":
    raise SystemExit(main())
