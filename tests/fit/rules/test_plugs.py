"""Plugs nobody counted, and adapters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fit.story import CARD, STORY, change

from rigwright.catalog.source import by_id
from rigwright.fit.evaluate import USUAL
from rigwright.fit.rules import BY_ID
from rigwright.spec.parts import Psu

PSUS = tuple(p for p in by_id(Psu).values() if p.watts)
NONE = {"psu__pcie_8pin_plugs": None, "psu__pcie_16pin_plugs": None, "psu__name": "of no family"}


@pytest.mark.parametrize(
    ("watts", "sockets", "severity"),
    [(400, 1, "error"), (450, 1, "warning"), (550, 1, "warning"), (550, 2, "error"),
     (850, 2, "warning"), (850, 3, "error"), (1600, 4, "warning"), (1600, 7, "error")],
)  # fmt: skip
def test_a_class_says_at_least_and_never_no(watts, sockets, severity):
    plugs = {"card__plugs": ("8",) * sockets, "psu__watts": watts}
    found = BY_ID["psu_pcie_connectors"].check(change(STORY, **plugs, **NONE))
    assert (found.verdict, found.severity) == ("unknown", severity), found.why
    assert severity != "warning" or USUAL in found.why


@pytest.mark.parametrize(("watts", "severity"), [(300.0, "warning"), (450.0, "error")])
@pytest.mark.parametrize("rule", ["psu_pcie_connectors", "psu_16pin"])
def test_where_adapters_do_the_native_plugs_decide_how_and_not_whether(rule, watts, severity):
    """Two 8-pin plugs feed 300 W, not 450 W, on a supply whose 16-pin plugs nobody counted."""
    plugs = {"card__plugs": ("16",), "card__power_limit_w": watts, "psu__pcie_16pin_plugs": None}
    found = BY_ID[rule].check(change(STORY, **plugs, psu__pcie_8pin_plugs=2))
    assert (found.verdict, found.severity) == ("unknown", severity), found.why


@pytest.mark.parametrize("rule", ["psu_pcie_connectors", "psu_16pin", "psu_eps"])
@pytest.mark.parametrize("psu", PSUS, ids=lambda p: p.id)
def test_what_is_not_counted_never_decides_otherwise(rule, psu):
    """With the count of plugs taken away a conflict becomes no leave, and leave no conflict."""
    for plugs, watts in ((("8",), 150), (("8", "8"), 300), (("16",), 300), (("16",), 575),
                         (("eps8",), 300), (("eps8", "eps8"), 500)):  # fmt: skip
        for count in (1, 2):
            card = replace(CARD, plugs=plugs, power_limit_w=watts)
            build = replace(STORY, psu=psu, cards=(card,) * count)
            told = BY_ID[rule].check(build)
            for fact in ("pcie_8pin_plugs", "pcie_16pin_plugs", "eps_plugs"):
                less = BY_ID[rule].check(replace(build, psu=replace(psu, **{fact: None})))
                if told is None or less is None:
                    continue
                pair = {told.verdict, less.verdict}
                assert "conflict" not in pair or pair <= {"conflict", "unknown"}, (fact, told, less)


@pytest.mark.parametrize(
    ("plugs", "eight", "verdict"),
    [(("eps8",), 2, "warning"), (("eps8",), 1, "conflict"), (("eps8", "eps8"), 4, "warning"),
     (("eps8", "8"), 2, "conflict"), (("eps8", "8"), 3, "warning"), (("eps8",), None, "unknown")],
)  # fmt: skip
def test_an_adapter_of_two_8_pin_plugs_feeds_an_eps_socket(plugs, eight, verdict):
    """exxactcorp.com on the RTX A6000: two PCIe 8-pin cables to one EPS socket."""
    edits = {"card__plugs": plugs, "psu__eps_plugs": 1, "psu__pcie_8pin_plugs": eight}
    found = BY_ID["psu_eps"].check(change(STORY, **edits))
    assert found.verdict == verdict, found.why


def test_a_cpu_plug_too_few_for_the_board_hides_no_more_than_a_loss():
    found = BY_ID["psu_eps"].check(change(STORY, psu__eps_plugs=None))
    assert (found.verdict, found.severity) == ("unknown", "warning")
    for counted, severity in ((None, "error"), (2, "warning")):  # of these an adapter takes two
        less = {"psu__eps_plugs": None, "psu__pcie_8pin_plugs": counted}
        card = BY_ID["psu_eps"].check(change(STORY, **less, card__plugs=("eps8",)))
        assert (card.verdict, card.severity) == ("unknown", severity)


@pytest.mark.parametrize(("socket", "have", "verdict"), [
    ("AM5", 2, "ok"), ("AM5", 1, "unknown"), ("sTR5", 2, "unknown"),
])  # fmt: skip
def test_desktop_boards_want_two_cpu_plugs_at_most(socket, have, verdict):
    edits = {"board__eps_plugs": None, "board__socket": socket, "psu__eps_plugs": have}
    assert BY_ID["psu_eps"].check(change(STORY, **edits)).verdict == verdict


@pytest.mark.parametrize(("plugs", "said"), [(("eps8",), "warning"), (("8",), None), (None, None)])
def test_a_card_with_a_cpu_socket_is_told_where_no_supply_is_listed(plugs, said):
    found = BY_ID["psu_cable"].check(replace(change(STORY, card__plugs=plugs), psu=None))
    assert (found and found.verdict) == said
