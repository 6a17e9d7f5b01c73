"""Upgrades: what stays costs nothing, what comes is proven to fit, and it gains."""

from dataclasses import replace
from pathlib import Path

import pytest

from rigwright import fit
from rigwright.catalog.buildfile import read_build
from rigwright.catalog.source import used_on
from rigwright.catalog.tables import load
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.goals import goal_of
from rigwright.plan.machine.outfitting import RESOLVED
from rigwright.plan.machine.upgrading import upgrade, upgrade_build
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Card, Case

EXAMPLES = Path(__file__).parents[3] / "examples"
BUILD = EXAMPLES / "2016-desktop" / "build.toml"
STORY = EXAMPLES / "2016-desktop" / "goal.toml"
LLM = EXAMPLES / "today" / "goal.toml"
DAY = "2026-01-31"


def upgrade_file(build, goal, budget, day):
    return upgrade_build(build, goal_of(goal, {}, day, beside={"budget": budget}).goal)


@pytest.fixture(scope="module")
def found():
    return upgrade_file(BUILD, LLM, 1_200, DAY)


def test_what_does_not_fit_today_fits_afterwards_within_the_budget(found):
    assert not found.today.prediction.fits
    assert found.chosen is not None
    assert found.chosen.speedup is None
    assert found.chosen.prediction.fits
    assert found.chosen.usd <= 1_200
    assert found.chosen.usd == pytest.approx(sum(line.usd for line in found.chosen.buy))


def test_parts_are_swapped_one_for_one_and_the_rest_stays(found):
    for way in (found.chosen, *found.steps):
        gone, bought = {p.kind for p in way.take_out}, {line.kind for line in way.buy}
        assert "card" in bought
        assert not any(line.owned for line in way.buy)
        assert gone <= bought
        assert fit.verdict(way.findings) in ("ok", "warning")


def test_steps_are_dearer_and_faster_one_by_one(found):
    prices = [way.usd for way in found.steps]
    steps = [way.prediction.step_s for way in found.steps]
    assert prices == sorted(prices)
    assert steps == sorted(steps, reverse=True)


def test_a_supply_that_carried_the_old_card_is_changed_for_a_hungrier_one(found):
    hungry = next(way for way in found.steps if way.gpu == "GeForce RTX 5090")
    assert "psu" in {line.kind for line in hungry.buy}
    assert "Corsair CX600M" in {part.name for part in hungry.take_out}


def test_the_author_of_2016_is_told_to_stay_and_what_the_next_step_would_cost():
    result = upgrade_file(BUILD, STORY, 500, None)
    assert result.chosen is None
    assert result.today.prediction.fits
    assert all(way.usd > 500 for way in result.steps)
    nearest = next(way for way in result.steps if way.gpu == "GeForce GTX 1080")
    assert nearest.speedup > (1 + RESOLVED)
    assert [line.kind for line in nearest.buy] == ["card"]


def test_the_circuit_of_the_build_counts():
    build = read_build(BUILD)
    assert build.circuit is not None and build.circuit.volts == 100
    result = upgrade_file(BUILD, LLM, 30_000, DAY)
    assert all((way.draw_w or 0) < 0.8 * 100 * 15 for way in result.steps)


def test_an_unknown_fact_is_asked_to_be_measured_never_assumed(tmp_path):
    length_unknown = next(c for c in load(Case) if c.gpu_length_mm is None)
    listed = tmp_path / "build.toml"
    listed.write_text(BUILD.read_text().replace("NZXT S340", length_unknown.name))
    result = upgrade_file(listed, LLM, 1200, DAY)
    assert result.chosen is not None and result.if_measured is not None
    assert "case" in {line.kind for line in result.chosen.buy}
    assert "case" not in {line.kind for line in result.if_measured.buy}
    cheaper = result.if_measured.usd < result.chosen.usd
    assert cheaper or result.if_measured.prediction.step_s < result.chosen.prediction.step_s * 0.97
    assert any(f.verdict == "unknown" for f in errors(result.if_measured))
    for way in result.steps:
        assert not any(f.verdict == "unknown" for f in errors(way))


def errors(way):
    return [f for f in way.findings if f.severity == "error"]


@pytest.mark.parametrize("budget", [0, -5, float("inf"), float("nan")])
def test_a_budget_that_is_none(budget):
    with pytest.raises(InputError, match=r"budget\.") as error:
        upgrade_file(BUILD, LLM, budget, DAY)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["900 EUR", "€900", "£700", "150,000 JPY", "1.2k"])
def test_a_budget_is_written_as_that_of_a_plan(text):
    goal = goal_of(LLM, {}, DAY, beside={"budget": text}).goal
    assert (
        upgrade_build(BUILD, goal).budget_usd == goal_of(LLM, {"budget": text}, DAY).goal.parts_usd
    )
    assert goal.parts_usd != 900


def test_a_build_without_a_card(tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text("CPU: Intel Core i7-6700K\nCase: NZXT S340\n")
    with pytest.raises(InputError, match="cards"):
        upgrade_file(listed, LLM, 500, DAY)


LIST = """CPU: Intel Core i7-6700K
Motherboard: ASRock Z170 Extreme4
Memory: 32 GB DDR4-2133 2x16
GPU: RTX 3060
Storage: 1TB SATA SSD
PSU: 750 W Corsair
Case: some ATX case with 3 fans
"""


def test_lines_that_are_not_understood_are_asked_for(tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text(LIST + "Cooler: the one my uncle gave me\n")
    with pytest.raises(InputError, match=r"uncle.*--anyway") as error:
        upgrade_file(listed, LLM, 1_200, DAY)
    assert "\n" not in str(error.value)
    goal = goal_of(LLM, {"budget": 900}, DAY).goal
    went_on = upgrade_build(listed, goal, anyway=True)
    assert any("uncle" in note for note in went_on.notes)
    listed.write_text(LIST)
    found = upgrade_build(listed, goal)
    assert found.today.gpu == "GeForce RTX 3060"
    assert any("750 W Corsair" in note for note in found.notes)


def test_a_machine_that_runs_has_no_open_questions_among_its_parts(tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text(LIST)
    found = upgrade_file(listed, LLM, 3000, DAY)
    assert not any(f.verdict in ("unknown", "conflict") for f in errors(found.today)
                   if f.rule != "cooler_required")  # fmt: skip
    ways = [w for w in (found.chosen, found.if_measured, *found.steps) if w]
    assert ways
    for way in ways:
        assert not any(f.verdict == "conflict" for f in way.findings)


def test_a_board_is_not_replaced_because_nobody_wrote_down_what_it_has():
    whole = read_build(BUILD)
    goal = goal_of(LLM, {"budget": "3000"}, DAY).goal
    blank = replace(whole.board, slots=None, lane_plans=None, m2_slots=None, memory_max_gib=None)
    known, unknown = (upgrade(replace(whole, board=b), goal, "x") for b in (whole.board, blank))
    small = [w for w in unknown.steps if w.vram_bytes <= 32 * 2**30]
    assert small and all("board" not in {line.kind for line in w.buy} for w in small)
    assert all(w.gpu_count == 1 for w in small)  # a second card is to be measured
    assert any(w.gpu_count == 2 for w in known.steps)
    measured = unknown.if_measured
    assert measured is None or "board" not in {line.kind for line in measured.buy}


def test_what_is_taken_out_is_sold_at_the_low_end_of_its_used_price(tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text(LIST)
    found = upgrade_file(listed, LLM, 3000, DAY)
    quotes = used_on(Card, goal_of(LLM, {}, DAY).goal.as_of)
    least = min(q.low_usd for k, q in quotes.items() if "rtx-3060" in k and "ti" not in k)
    sold = [w for w in found.steps if any(p.kind == "card" for p in w.take_out)]
    assert sold
    for way in found.steps:
        worth = sum(part.resale_usd or 0 for part in way.take_out)
        assert (way.resale_usd, way.net_usd) == pytest.approx((worth, way.usd - worth))
    assert next(p for p in sold[0].take_out if p.kind == "card").resale_usd == least


def test_cards_that_work_in_turn_do_not_need_eight_lanes():
    whole = read_build(BUILD)
    plan = replace(whole.board, slots=whole.board.slots[:2], lane_plans=((16, 4),))
    build = replace(whole, board=plan)
    said = {"model": "llama-3-70b", "mode": "decode", "precision": "q4_k_m", "budget": "6000",
            "used": True}  # fmt: skip
    served = upgrade(build, goal_of(None, said, DAY).goal, "x")
    assert any(w.gpu_count == 2 and "board" not in {p.kind for p in w.buy} for w in served.steps)
    joint = goal_of(None, {**said, "framework": "vllm"}, DAY).goal
    trained = goal_of(LLM, {"budget": "6000", "used": True}, DAY).goal
    for goal in (joint, trained):
        ways = upgrade(build, goal, "x").steps
        assert all("board" in {p.kind for p in w.buy} for w in ways if w.gpu_count == 2)


def test_a_machine_too_small_today_is_told_what_it_carries_without_buying():
    run = {"model": "llama-3-8b", "mode": "decode", "precision": "fp16"}
    asked = {"workload": run, "budget": {"usd": 100}, "as_of": DAY}
    said = " ".join(upgrade_build(BUILD, parse_goal(asked, "test")).notes)
    assert "the machine of today carries it with 4-bit weights" in said


def test_no_upgrade_takes_memory_away_from_a_machine_that_holds_the_run():
    result = upgrade_file(BUILD, STORY, 2000, None)
    assert result.today.prediction.fits and result.steps
    least = result.today.vram_bytes * result.today.gpu_count
    assert all(way.vram_bytes * way.gpu_count >= least for way in result.steps)


OFFICE = """CPU: Intel Core i5-9400F
Board: MSI B360M Mortar
RAM: Corsair Vengeance LPX 16GB (2x8GB) DDR4-2666
GPU: GTX 1060 6GB
PSU: Corsair CX550M 550W
Case: Fractal Design Define C
HDD: 2TB HDD
"""


@pytest.mark.parametrize("usd", [700, 900, 1200])
def test_a_run_that_is_not_taken_literally_in_a_plan_is_not_in_an_upgrade(tmp_path, usd):
    """Eight items at once need 80 GiB; one at a time, with gradients summed, a card of 16 holds."""
    path = tmp_path / "office.txt"
    path.write_text(OFFICE)
    said = {"model": "llama-3-8b", "method": "qlora", "seq_len": 1024, "batch": 8}
    goal = {"workload": said, "budget": {"usd": usd}, "as_of": "2026-11-20"}
    found = upgrade_build(path, parse_goal(goal, "goal"))
    assert found.chosen is not None and found.chosen.usd <= usd
    assert found.chosen.prediction.fits and "micro-batch" in " ".join(found.chosen.changed)
    literal = upgrade_build(path, parse_goal(goal | {"workload": said | {"literal": True}}, "goal"))
    assert literal.chosen is None


def test_weights_nobody_said_a_format_of_are_packed_for_an_upgrade_too(tmp_path):
    path = tmp_path / "office.txt"
    path.write_text(OFFICE)
    said = {"model": "qwen3-14b", "mode": "decode", "seq_len": 4096}
    goal = {"workload": said, "budget": {"usd": 900}, "as_of": "2026-11-20"}
    found = upgrade_build(path, parse_goal(goal, "goal"))
    assert found.chosen is not None and "planned with 4-bit weights" in found.notes


def test_what_runs_today_is_proven_by_that_though_nobody_identified_it(tmp_path):
    path = tmp_path / "office.txt"
    path.write_text(OFFICE)
    goal = {"workload": {"model": "resnet50"}, "budget": {"usd": 900}, "as_of": "2026-11-20"}
    found = upgrade_build(path, parse_goal(goal, "goal"))
    open_ = {f.rule for f in found.today.findings if f.verdict == "unknown"}
    grave = {rule.id for rule in fit.RULES if rule.severity == "error" and not rule.absence}
    assert not open_ & grave
    assert not {"m2_slots", "m2_size", "m2_lane_share"} & {
        f.rule for f in found.chosen.findings if f.verdict == "unknown"
    }
