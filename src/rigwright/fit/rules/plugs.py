"""Rules on power plugs: 8-pin, 16-pin, EPS, SATA."""

import math

from rigwright.fit.answer import Answer, Supply, fits, known_sum, number, ok, positive, unknown
from rigwright.fit.facts.bounds import most_of, most_plugs
from rigwright.fit.facts.names import socket_key
from rigwright.fit.facts.platforms import socket_row
from rigwright.fit.facts.ratings import card_plugs, plug_w
from rigwright.fit.table import rule
from rigwright.spec.build import Severity
from rigwright.spec.parts import Board, Card, Drive, Psu

EPS_ADAPTER = 2  # PCIe 8-pin plugs that the adapter for one EPS socket takes (exxactcorp.com)
PIGTAIL_W = 225.0  # silverstonetek.com: two plugs on one cable only up to here


def native_8pin(psu: Psu) -> int | None:
    """6+2-pin plugs; no plug of either kind is a missing fact, not a supply without any."""
    if psu.pcie_8pin_plugs == 0 and not psu.pcie_16pin_plugs:
        return None
    return psu.pcie_8pin_plugs


def native_16pin(psu: Psu) -> int | None:
    """16-pin plugs; none at all on an ATX 3 supply, or none of either kind, is a missing fact."""
    recent = (psu.atx_version or "").startswith("3")
    if psu.pcie_16pin_plugs == 0 and (recent or not psu.pcie_8pin_plugs):
        return None
    return psu.pcie_16pin_plugs


def adapter_plugs(card: Card) -> int | None:
    """8-pin plugs that the 16-pin adapter of a card wants: one per 150 W."""
    limit = positive(card.power_limit_w)
    return None if limit is None else math.ceil(limit / plug_w()["8"])


def _adapted(cards: list[Card], native: int) -> tuple[int, bool]:
    """8-pin plugs for the 16-pin cards that get no native plug (the hungriest get those)."""
    wants = sorted((adapter_plugs(card) or 0 for card in cards), reverse=True)
    return sum(wants[native:]), any(adapter_plugs(card) is None for card in cards)


def _most_8pin(cards: tuple[Card, ...], native: int) -> int | None:
    """8-pin plugs that sockets and adapters of the cards want at most; None = power not known."""
    most, _ = _adapted(_sixteen(cards), native)
    for card in cards:
        plugs = card_plugs(card)
        wants = most_plugs(card) if plugs is None else sum(x in "68" for x in plugs)
        if wants is None:
            return None
        most += wants
    return most


def _adapted_anyway(sixteen: list[Card]) -> Severity | None:
    """No better supply is sold: an adapter for so many cards is no flaw of this one."""
    return "warning" if len(sixteen) > most_of("16-pin plugs of a supply") else None


def _sixteen(cards: tuple[Card, ...]) -> list[Card]:
    return [card for card in cards if "16" in (card_plugs(card) or ())]


@rule
def psu_pcie_connectors(psu: Psu, cards: tuple[Card, ...]) -> Answer | None:
    """6- and 8-pin sockets, and one 8-pin per 150 W of a 16-pin card without a native plug.

    What nobody counted is a lesser question where adapters for all would do.
    """
    sixteen = _sixteen(cards)
    each = [card_plugs(card) for card in cards]
    direct, partial = known_sum(None if p is None else sum(x in "68" for x in p) for p in each)
    native, have = native_16pin(psu), native_8pin(psu)
    extra, gap = _adapted(sixteen, native or 0)
    if native is None and (have is None or have < direct + extra):
        extra, gap = 0, bool(sixteen)
    partial = partial or gap
    need = direct + extra
    if need == 0 and not partial:
        return ok("no card needs an 8-pin plug")
    sure = psu.plugs_least[0] if have is None else have
    plain = psu.plugs_least[1] if native is None else native
    most = _most_8pin(cards, plain)
    if (partial or have is None) and most is not None and sure >= most:
        why = f"the cards want {most} 8-pin plugs at most by their power, {psu.name} has {sure:g}"
        if plain >= len(sixteen) + each.count(None):
            return Answer("ok", why, sure, most, "plugs", sure - most)
        return unknown(f"whether a card needs a 16-pin adapter ({why})", "makers' pages", "warning")
    if native is None and extra:
        what = (
            f"16-pin plugs of {psu.name} (without any, adapters take {extra} of its {have} 8-pin)"
        )
        return unknown(what, "look at the supply maker's page", "warning")
    found = fits(
        Supply(have, f"{psu.name} has", f"8-pin plugs of {psu.name}"),
        Supply(need, "8-pin plugs needed:", "the plugs of a card or supply"),
        "plugs",
        fix="a supply with more 6+2-pin plugs, or with 16-pin plugs",
        partial=partial,
    )
    if found.verdict == "ok" and extra:
        why = f"{found.why}; {extra} of them through a 16-pin adapter"
        facts = (found.have, found.need, "plugs", found.margin)
        return Answer("warning", why, *facts, severity=_adapted_anyway(sixteen))
    return found


@rule
def psu_16pin(psu: Psu, cards: tuple[Card, ...]) -> Answer | None:
    """Without native plugs the card's adapter needs two to four free 8-pin plugs."""
    sixteen, native, counted = _sixteen(cards), native_16pin(psu), native_8pin(psu)
    sure = psu.plugs_least[0] if counted is None else counted
    if native is None and psu.plugs_least[1] >= len(sixteen):
        native = psu.plugs_least[1]
    if any(card_plugs(card) is None for card in cards):
        most = _most_8pin(cards, 0)
        # With plugs for every adapter there may be, only the comfort of a native one is open.
        enough = most is not None and sure >= most
        weight: Severity | None = "warning" if enough else None
        return unknown("the plugs of a card", "look at the card maker's page", weight)
    if not sixteen:
        return None
    text = f"{len(sixteen)} card(s) want a 16-pin plug, {psu.name} has {native}"
    facts = (native or 0, len(sixteen), "plugs", (native or 0) - len(sixteen))
    if native is not None and native >= len(sixteen):
        return Answer("ok", text, *facts)
    extra, gap = _adapted(sixteen, native or 0)
    direct = sum(p in "68" for card in cards for p in card_plugs(card) or ())
    spare = sure - direct
    enough = not gap and spare >= extra
    adapter = f"{text}; adapters want {extra} 8-pin plugs, {max(spare, 0)} are free"
    if native is None:
        # Where adapters do in any case, what nobody has counted decides how and not whether.
        either = f" ({extra} 8-pin plugs for adapters, {max(spare, 0)} free)" if enough else ""
        grave: Severity = "warning" if enough else "error"
        return unknown(f"plugs of {psu.name}{either}", "look at the supply maker's page", grave)
    if enough:
        fix, lesser = "each adapter plug on its own cable", _adapted_anyway(sixteen)
        return Answer("warning", adapter, *facts, fix=fix, severity=lesser)
    if gap or counted is None:
        return unknown(f"whether adapters can help: {text}; number of 8-pin plugs", "maker's page")
    return Answer("conflict", adapter, *facts, fix="a supply with native 16-pin plugs")


@rule
def connector_16pin_quality(psu: Psu, cards: tuple[Card, ...]) -> Answer | None:
    """12VHPWR plugs that sit loose have melted on hot cards; keep 35 mm before the first bend."""
    if any(card_plugs(card) is None for card in cards):
        return unknown("the plugs of a card", "look at the card maker's page")
    if any(positive(card.power_limit_w) is None for card in _sixteen(cards)):
        return unknown("power limit of a card", "maker's page")
    hungry = [w for card in _sixteen(cards) if (w := positive(card.power_limit_w) or 0) >= 450]
    if not hungry or psu.pcie_16pin_plugs == 0:
        return None
    if not psu.atx_version:
        return unknown(f"whether {psu.name} has 12V-2x6 or 12VHPWR plugs", "maker's page")
    watts = number(hungry[0], "W")
    text = f"{watts} through one plug of an ATX {psu.atx_version} supply"
    if psu.atx_version.startswith("3.1"):
        return ok(text)
    return Answer("warning", f"{text}: check that it sits fully, no bend within 35 mm")


@rule
def psu_eps(psu: Psu, board: Board, cards: tuple[Card, ...]) -> Answer | None:
    """One 8-pin CPU plug is needed to start; the second matters for hungry processors."""
    each = [card_plugs(card) for card in cards]
    extra, partial = known_sum(None if p is None else p.count("eps8") for p in each)
    have, wanted = positive(psu.eps_plugs), positive(board.eps_plugs)
    least = 1 + extra
    if have is not None and have < least:
        return _eps_adapted(psu, cards, int(have), int(least))
    if wanted is None and have is not None and not partial:
        row = socket_row(socket_key(board.socket or ""))
        if row.most_eps and have >= row.most_eps + extra:
            why = f"{psu.name} has {have:g} CPU plugs, {row.socket} boards want at most"
            return ok(f"{why} {row.most_eps}", have, row.most_eps + extra)
    if wanted is None and extra and have is not None and not partial:
        why = f"cards and a board to start want {least:g} CPU plugs, {psu.name} has {have:g}"
        return Answer("warning", f"{why}: a second socket of the board may stay free", have, least)
    if have is None or wanted is None or partial:
        # Every supply has the one plug that a board starts with: only cards can ask for too much.
        weight: Severity = "error" if extra or partial else "warning"
        measure = "look at manual and maker's page"
        return unknown("CPU plugs of supply, board or cards", measure, weight)
    need = wanted + extra
    why = f"board and cards want {need:g} CPU plugs, {psu.name} has {have:g}"
    if have < need:
        why = f"{why}: it runs, but a socket stays free"
        return Answer("warning", why, have, need, "plugs", have - need, fix="a supply with more")
    return Answer("ok", why, have, need, "plugs", have - need)


def _eps_adapted(psu: Psu, cards: tuple[Card, ...], have: int, least: int) -> Answer:
    """Too few CPU plugs: two free 8-pin plugs and an adapter feed one socket of a card."""
    why = f"at least {least} CPU plugs are needed, {psu.name} has {have}"
    facts = (have, least, "plugs", have - least)
    counted, native = native_8pin(psu), native_16pin(psu)
    if counted is None or any(card_plugs(card) is None for card in cards):
        return unknown(f"whether adapters can help: {why}; 8-pin plugs left", "maker's page")
    direct = sum(p in "68" for card in cards for p in card_plugs(card) or ())
    extra, gap = _adapted(_sixteen(cards), native or 0)
    spare, wanted = counted - direct - extra, EPS_ADAPTER * (least - have)
    text = f"{why}; adapters want {wanted} 8-pin plugs, {max(spare, 0)} are free"
    if spare >= wanted and not gap:
        return Answer("warning", text, *facts, fix="the adapter that comes with the card")
    if _sixteen(cards) and native is None:
        return unknown(f"16-pin plugs of {psu.name} ({text})", "maker's page")
    return Answer("conflict", text, *facts, fix="another supply")


@rule
def psu_cable(psu: Psu | None, cards: tuple[Card, ...]) -> Answer | None:
    """One cable per socket is the safe wiring; a CPU socket takes a CPU plug or an adapter."""
    each = [card_plugs(card) for card in cards]
    if psu is None:
        eps = sum("eps8" in (plugs or ()) for plugs in each)
        why = f"{eps} card(s) take a CPU plug (EPS) and no PCIe plug"
        fix = "a supply with as many more, or an adapter of two PCIe 8-pin plugs for each"
        return Answer("warning", why, 0, eps, "plugs", fix=fix) if eps else None
    if None in each:
        return unknown("the plugs of a card", "look at the card maker's page")
    sockets = sum(x in "68" for plugs in each for x in plugs or ())
    if not sockets:
        return None
    cables = positive(psu.pcie_8pin_cables)
    if cables is None:
        return unknown(f"separate 8-pin cables of {psu.name}", "look at the maker's page")
    text = f"{sockets} 8-pin sockets, {psu.name} has {cables:g} separate cables"
    limits = [positive(card.power_limit_w) for card in cards]
    if cables >= sockets:
        return ok(text, cables, sockets)
    if None in limits:
        return unknown("power limit of a card", "maker's page")
    if max(w for w in limits if w is not None) - plug_w()["slot"] <= PIGTAIL_W:
        return ok(f"{text}, no card takes over {number(PIGTAIL_W, 'W')} from them", cables, sockets)
    return Answer("warning", f"{text}: some cable carries two plugs", cables, sockets, "cables")


@rule
def psu_sata(psu: Psu, drives: tuple[Drive, ...]) -> Answer | None:
    """M.2 drives are fed by the board."""
    if any(not d.interface or not d.form_factor for d in drives):
        return unknown("interface of a drive", "maker's page")
    cabled = [d for d in drives if d.interface in ("sata", "sas")]
    need = sum(not d.form_factor.startswith("M.2") for d in cabled)
    if not need:
        return None
    have = positive(psu.sata_plugs)
    missing = f"SATA plugs of {psu.name}"
    return fits(Supply(have, f"{psu.name} has", missing), Supply(need, "drives:"), "SATA plugs")
