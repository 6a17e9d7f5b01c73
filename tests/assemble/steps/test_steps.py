"""The order of assembly: every hard precedence holds for any parts, in both orders."""

import graphlib
import random
from dataclasses import replace

import pytest

from rigwright.assemble import ORDERS, steps
from rigwright.assemble.steps.guide import Step, ordered, traits
from rigwright.catalog.tables import load
from rigwright.spec.build import Build
from rigwright.spec.parts import Board, Card, Case, Cooler, Cpu, Drive, Psu, RamKit

# Before -> after, wherever both are needed; "Order" of published build guides, see docs/guide.md.
HARD = (
    ("parts", "cpu"), ("cpu", "cooler"), ("backplate", "board"), ("backplate", "cooler"),
    ("case", "board"), ("case", "psu"), ("ram", "cooler"), ("radiator", "cooler"),
    ("board", "power-cables"), ("psu", "power-cables"), ("board", "front-panel"),
    ("front-panel", "card"), ("m2", "card"), ("drives", "card"), ("card", "card-power"),
    ("psu", "card-power"), ("card-power", "look"), ("power-cables", "look"), ("cooler", "look"),
    ("look", "first-power"), ("first-power", "more-cards"), ("bench-test", "board"),
    ("cpu", "bench-test"), ("cooler", "bench-test"),
)  # fmt: skip


def random_build(seed):
    r = random.Random(seed)

    def some(kind, none=0.15):
        return None if r.random() < none else r.choice(load(kind))

    return Build(
        cpu=some(Cpu),
        cooler=some(Cooler, 0.3),
        board=some(Board),
        ram=tuple(r.sample(load(RamKit), r.randrange(3))),
        cards=tuple(r.choice(load(Card)) for _ in range(r.randrange(5))),
        drives=tuple(r.sample(load(Drive), r.randrange(4))),
        psu=some(Psu),
        case=some(Case),
    )


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("seed", range(150))
def test_hard_precedence_holds_for_any_parts(seed, order):
    found = steps(random_build(seed), order)
    place = {step.id: n for n, step in enumerate(found)}
    assert len(place) == len(found)
    for before, after in HARD:
        if before in place and after in place:
            assert place[before] < place[after], (before, after)
    for step in found:
        assert step.do
        assert 0 <= step.minutes[0] <= step.minutes[1]
        assert all(place[a] < place[step.id] for a in step.after if a in place)


def test_each_order_is_what_its_name_says():
    build = next(
        b
        for b in map(random_build, range(1000))
        if None not in (b.cpu, b.board, b.psu, b.case, b.cooler) and b.cooler.type == "air"
    )
    bench = [s.id for s in steps(build, "bench")]
    first = [s.id for s in steps(build, "case-first")]
    assert bench.index("cooler") < bench.index("bench-test") < bench.index("case")
    assert first.index("case") < first.index("board") < first.index("cpu")
    assert "bench-test" not in first
    assert set(bench) - {"bench-test"} == set(first)


def step(name, *after):
    return Step(id=name, phase="p", title=name, do=("x",), after=after)


def test_wishes_bend_to_what_must_come_before():
    found = ordered([step("a", "b"), step("b"), step("c")], ("a", "b", "c"))
    assert [s.id for s in found] == ["b", "a", "c"]


def test_steps_that_need_each_other_are_an_error():
    with pytest.raises(graphlib.CycleError):
        ordered([step("a", "b"), step("b", "a")], ())


def words(build, name, order="bench", seats=()):
    found = next(s for s in steps(build, order, seats) if s.id == name)
    return " ".join((*found.do, *found.checks, *found.hazards))


def part(kind, **facts):
    return next(p for p in load(kind) if all(getattr(p, k) == v for k, v in facts.items()))


@pytest.mark.parametrize(
    ("socket", "kind"),
    [
        ("LGA1151", "lga"),
        ("AM5", "lga"),
        ("AM4", "pins-on-cpu"),
        ("sTR5", "frame"),
        ("LGA4677", "carrier"),
    ],
)
def test_the_socket_decides_how_the_processor_goes_in(socket, kind):
    # AM5 is an LGA socket (AMD: LGA1718); AM4 has the pins on the processor.
    build = Build(cpu=part(Cpu, socket=socket))
    assert traits(build)["socket"] == kind
    said = words(build, "cpu")
    assert ("pins are on the processor" in said) == (kind == "pins-on-cpu")


def test_am5_keeps_the_board_s_own_backplate():
    build = Build(cpu=part(Cpu, socket="AM5"), cooler=part(Cooler, type="air"))
    assert "own backplate stays" in words(build, "backplate")


def test_a_sixteen_pin_plug_is_warned_of_and_an_eight_pin_one_is_not():
    hot = next(c for c in load(Card) if c.plugs == ("16",) and c.power_limit_w >= 450)
    old = next(c for c in load(Card) if c.plugs == ("8",))
    psu = load(Psu)[0]
    assert "melts" in words(Build(cards=(hot,), psu=psu), "card-power")
    assert "little margin" in words(Build(cards=(hot,), psu=psu), "card-power")
    assert "melts" not in words(Build(cards=(old,), psu=psu), "card-power")


def test_a_card_without_fan_and_without_monitor_socket():
    card = next(c for c in load(Card) if c.cooling == "passive" and c.display_outputs == 0)
    build = Build(cards=(card,), board=load(Board)[0])
    assert "no fan" in words(build, "card")
    assert "monitor is on the board" in words(build, "look")


def test_several_cards_start_with_one_and_go_where_the_rules_seat_them():
    card = next(c for c in load(Card) if c.plugs == ("8", "8"))
    build = Build(cards=(card, card), board=load(Board)[0], psu=load(Psu)[0])
    found = [s.id for s in steps(build, "bench")]
    assert found.index("first-power") < found.index("more-cards")
    assert "opening 5 (x8)" in words(build, "more-cards", seats=((2, 8), (5, 8)))


def test_risers_are_spoken_of_where_there_are_any():
    build = Build(cards=(load(Card)[0],), board=load(Board)[0])
    assert "riser" not in words(build, "card")
    assert "riser" in words(replace(build, risers=1), "card")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("seed", range(150))
def test_no_text_of_any_machine_shows_what_it_was_made_from(seed, order):
    for found in steps(random_build(seed), order):
        for text in (found.title, *found.do, *found.checks, *found.hazards, *found.tools):
            assert text == text.strip() and text
            assert not any(sign in text for sign in ("{", "}", "None", "  ", " .", " ,", "\n")), (
                text
            )


def test_the_bench_test_plugs_in_the_card_where_the_processor_shows_no_picture():
    blind = part(Cpu, has_igpu=False)
    seeing = part(Cpu, has_igpu=True)
    card = next(c for c in load(Card) if c.plugs == ("8",))
    board = next(b for b in load(Board) if b.display_outputs and not b.own_display_outputs)
    build = Build(cpu=blind, board=board, cards=(card,), psu=load(Psu)[0])
    assert "its power cable plugged too" in words(build, "bench-test")
    assert "power cable plugged" not in words(replace(build, cpu=seeing), "bench-test")


def test_parts_are_laid_out_with_their_count():
    card = load(Card)[0]
    assert f"2 x {card.name}" in words(Build(cards=(card, card)), "parts")


def test_a_box_cooler_on_am4_meets_the_board_s_brackets():
    # AMD, Wraith installation guides: Stealth is screwed on without the brackets, Prism clips on.
    boxed = part(Cpu, socket="AM4", includes_cooler=True)
    assert "plastic brackets" in words(Build(cpu=boxed), "backplate")
    assert all(
        s.id != "backplate" for s in steps(Build(cpu=replace(boxed, socket="LGA1700")), "bench")
    )


def test_large_lids_get_more_than_a_pea():
    cooler = load(Cooler)[0]
    assert "cross" in words(Build(cpu=part(Cpu, socket="sTR5"), cooler=cooler), "cooler")
    assert "pea" in words(Build(cpu=part(Cpu, socket="AM5"), cooler=cooler), "cooler")


def test_a_supply_without_the_card_s_plug_uses_the_card_s_adapter():
    card = next(c for c in load(Card) if c.plugs == ("16",))
    native = next(p for p in load(Psu) if p.pcie_16pin_plugs)
    old = next(p for p in load(Psu) if p.pcie_16pin_plugs == 0)
    assert "not an adapter" in words(Build(cards=(card,), psu=native), "card-power")
    said = words(Build(cards=(card,), psu=old), "card-power")
    assert "the adapter from the card's box" in said and "not an adapter" not in said


def test_a_server_board_is_given_its_minutes():
    board = next(b for b in load(Board) if b.own_display_outputs)
    assert "BMC" in words(Build(board=board), "first-power")
    assert "BMC" not in words(Build(board=replace(board, own_display_outputs=0)), "first-power")
