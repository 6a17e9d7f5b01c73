"""What is said of used cards: only what fits, is as fast and saves, and never unasked twice."""

import re
from dataclasses import replace

import pytest

import rigwright.fit as fit
from rigwright.catalog.prices.ledger import key
from rigwright.catalog.source import by_id, load, used_on
from rigwright.plan.ask import hosts
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine import planning, secondhand
from rigwright.plan.machine.planning import RESOLVED, plan
from rigwright.plan.speed.stepping import predict_run
from rigwright.spec.parts import Card, Chip

LINE = re.compile(
    r"used, (?P<many>\d) x (?P<chip>.+) \(about \$(?P<usd>[\d,]+), (?P<low>[\d,]+)-"
    r"(?P<high>[\d,]+)\) would save \$(?P<saves>[\d,]+): (as fast|[\d.]+ x as fast), fits; "
    r"set limits.used to let used parts in"
)
GOALS = [
    ("2018-02-15", 2500, {"model": "inception_v3", "precision": "fp32", "batch": 32}, {}),
    ("2019-11-01", 4000, {"model": "resnet50", "precision": "amp", "batch": 64}, {}),
    ("2023-10-01", 1500, {"model": "llama-3-8b", "mode": "decode", "precision": "q4_k_m",
                          "batch": 1, "seq_len": 4096}, {}),
    ("2023-10-01", 6000, {"model": "resnet50", "precision": "amp", "batch": 64},
     {"gpu_count_min": 2}),
    ("2026-10-20", 2500, {"model": "resnet50", "precision": "amp", "batch": 64},
     {"case_volume_l_max": 20}),
    ("2026-11-20", 3000, {"model": "llama-3-8b", "mode": "decode", "precision": "q4_k_m",
                          "batch": 1, "seq_len": 4096}, {"noise_dba_max": 30}),
    # One saves 7 %, which is not worth a line.
    ("2026-11-20", 14000, {"model": "llama-3-70b", "mode": "decode", "precision": "q4_k_m",
                           "batch": 1, "seq_len": 4096, "gen_len": 512}, {}),
]  # fmt: skip


def asked(day, usd, workload, limits, **more):
    data = {"as_of": day, "budget": {"usd": usd}, "workload": workload, "limits": limits}
    return parse_goal(data | more, "test")


def said(result):
    """The lines about used cards."""
    return [note for note in result.notes if note.startswith("used, ")]


@pytest.fixture(scope="module")
def planned():
    """Every goal with its plan, and the choice that the used cards are put into."""
    found, put_into = [], []
    real = secondhand.second_hand

    def noted(goal, choice, chosen, resolved):
        put_into.append(choice)
        return real(goal, choice, chosen, resolved)

    patch = pytest.MonkeyPatch()
    patch.setattr(planning, "second_hand", noted)
    for case in GOALS:
        goal = asked(*case)
        found.append((goal, plan(goal), put_into[-1]))
    patch.undo()
    return found


def possible(goal, choice, result):
    """(saves_usd, card) of every used card that would do, worked out one by one."""
    chosen, run = result.chosen, result.run
    quotes, chips = used_on(Card, goal.as_of), by_id(Chip)
    paid = sum(p.usd for p in chosen.parts if p.kind == "card")
    for card in load(Card):
        quote, chip, count = quotes.get(key(card)), chips[card.chip], chosen.gpu_count
        if quote is None or not quote.sold or chip.vendor not in goal.limits.gpu_vendors:
            continue
        if goal.limits.noise_dba_max and card.cooling == "blower":
            continue
        pieces, rest = divmod(count, card.chip_count)
        saves = paid - quote.usd * pieces
        if rest or saves < 0.1 * chosen.usd or (card.released and card.released > goal.as_of):
            continue
        build = replace(choice.build, cards=(card,) * pieces, chips=(chip,))
        findings = fit.check(build)
        if any(f.verdict == "conflict" or f.loses for f in findings):
            continue
        if any((f.verdict, f.severity) == ("unknown", "error") for f in findings):
            continue
        firm = {rule.id for rule in fit.RULES if rule.firm}
        if any(f.verdict == "warning" and f.rule in firm for f in findings):
            continue
        lesser = ("unknown", "warning")
        if any((f.verdict, f.severity) == lesser and f.rule in firm for f in findings):
            continue
        p = predict_run(run, replace(hosts.of_build(build, chip), gpu_count=count))
        if p.fits and p.step_s <= chosen.prediction.step_s * (1 + RESOLVED):
            yield saves, chip.name


def test_it_is_the_one_that_saves_most_of_all_that_fit_and_are_as_fast(planned):
    spoken = 0
    for goal, result, choice in planned:
        best = max(possible(goal, choice, result), default=None)
        lines = said(result)
        assert len(lines) == (best is not None), (goal, lines, best)
        if best is not None:
            told = LINE.fullmatch(lines[0])
            assert told["saves"] == f"{best[0]:,.0f}" and told["chip"] == best[1]
            assert int(told["many"]) == result.chosen.gpu_count
            assert lines[0] in result.to_dict()["notes"]
            spoken += 1
    assert 0 < spoken < len(planned)  # said of some, not of all


def test_it_is_not_said_where_used_parts_are_let_in_or_the_cards_are_named(planned):
    case = next(c for c, (_, result, _) in zip(GOALS, planned, strict=True) if said(result))
    day, usd, workload, limits = case
    assert not said(plan(asked(day, usd, workload, limits | {"used": True})))
    chosen = next(r for _, r, _ in planned if said(r)).chosen
    name = next(p.name for p in chosen.parts if p.kind == "card")
    for section in ("own", "use"):
        named = {section: {"cards": [name] * chosen.gpu_count}}
        assert not said(plan(asked(day, usd, workload, limits, **named)))


def test_a_used_card_costs_what_the_price_model_says(planned):
    for goal, result, _ in planned:
        for line in said(result):
            told, quotes = LINE.fullmatch(line), used_on(Card, goal.as_of)
            cards = [c for c in load(Card) if by_id(Chip)[c.chip].name == told["chip"]]
            count, known = result.chosen.gpu_count, [quotes[key(c)] for c in cards]
            usd = {
                f"{q.usd * count / c.chip_count:,.0f}" for q, c in zip(known, cards, strict=True)
            }
            assert told["usd"] in usd
            assert all(q.condition == "used" for q in quotes.values())


def test_only_cards_are_priced_a_second_time(planned, monkeypatch):
    from rigwright.catalog import source

    assert {name.partition(":")[0] for name in used_on(Card, planned[0][0].as_of)} == {"card"}
    monkeypatch.setattr(source, "prices_on", None)  # asking for all prices again would fail
    goal, result, choice = planned[0]
    source._used.cache_clear()
    assert secondhand.second_hand(goal, choice, result.chosen, RESOLVED) == tuple(said(result))
