"""Rules on the board in its case: mounts and depth, sockets on its back."""

import datetime as dt

from rigwright.fit.answer import Answer, number, ok, positive, unknown
from rigwright.fit.facts.names import form_key
from rigwright.fit.facts.trays import depth_of, room_for
from rigwright.fit.table import rule
from rigwright.spec.parts import Board, Case

FIRST_REAR = dt.date(2022, 1, 1)  # Gigabyte Project Stealth, the first on sale
SMALLER = {"MICROATX": ("ATX", "EATX"), "MINIITX": ("MICROATX", "ATX", "EATX"), "ATX": ("EATX",)}
DEEP = ("EATX", "SSIEEB", "SSICEB", "XLATX")
"""Forms deeper than ATX: whether they fit is a matter of millimetres and of holes."""


@rule
def mb_form_factor(board: Board, case: Case) -> Answer | None:
    """Boards of ATX's depth fit by name; deeper ones by millimetres, as E-ATX is no size."""
    if not board.form_factor or not case.board_form_factors:
        what = f"board sizes of {case.name}" if board.form_factor else f"size of {board.name}"
        return unknown(what, "look at the maker's page")
    key, listed = form_key(board.form_factor), {form_key(f) for f in case.board_form_factors}
    have = ", ".join(case.board_form_factors)
    text = f"{board.name} is {board.form_factor}, {case.name} takes {have}"
    if key in DEEP and listed & {"ATX", *DEEP}:
        return _deep(board, case, key in listed, text)
    if key in listed:
        return ok(text, have, board.form_factor)
    if any(larger in listed for larger in SMALLER.get(key, ())):
        why = f"{text}: larger mounts include the smaller board's, verify"
        return Answer("warning", why, have, board.form_factor)
    fix = f"a case that takes {board.form_factor}"
    return Answer("conflict", text, have, board.form_factor, fix=fix)


def _deep(board: Board, case: Case, named: bool, text: str) -> Answer:
    """A board deeper than ATX: its depth, or that of its class, against the tray's."""
    usual, own = depth_of(board.form_factor, board.socket), positive(board.deep_mm)
    least, most = (own, own) if own else (usual.least_mm, usual.most_mm) if usual else (245, 330)
    stated = positive(case.board_depth_mm)
    sure, perhaps = (stated, stated) if stated else room_for(case.board_form_factors)
    form = (case.form_factor or "full").lower()
    if "full" in form:  # what is printed of a full tower is where its standoffs end, no wall
        perhaps = max(perhaps, 330.0)
    elif not stated:  # towers are under-reported
        perhaps = max(perhaps, 272.0 * ("atx mid" in form))
    deep = number(least, "mm") if least == most else f"{least:g} to {most:g} mm"
    room = f"boards up to {number(sure, 'mm')}" if sure == perhaps else (
        f"surely {number(sure, 'mm')}, at most {number(perhaps, 'mm')}"
    )  # fmt: skip
    why, have = f"{text}; the board is {deep} deep, room for {room}", sure
    if least > perhaps:
        fix = f"a case for boards of {number(least, 'mm')} depth"
        return Answer("conflict", why, have, least, "mm", round(perhaps - least, 6), fix)
    if stated and least > stated:
        fix = "take out standoffs under the board that meet none of its holes"
        return Answer("conflict", why, have, least, "mm", stated - least, fix, "warning")
    if most > sure:
        return unknown(f"whether it fits ({why})", "the case's manual: board depth, holes")
    if not named:
        return Answer("warning", f"{why}: see that its holes have standoffs", have, most, "mm")
    return Answer("ok", why, have, most, "mm", round(sure - most, 6))


@rule
def mb_rear_connect(board: Board, case: Case) -> Answer | None:
    """Power and data sockets on the back need holes in the board tray; none before 2022."""
    old = board.released is not None and board.released < FIRST_REAR
    if board.rear_connectors is False or (board.rear_connectors is None and old):
        return None
    if board.rear_connectors is None:
        return unknown(f"whether {board.name} has rear sockets", "look at a photo", "note")
    if case.rear_connectors is None:
        return unknown(f"whether {case.name} has cut-outs for rear sockets", "case maker's page")
    text = f"{board.name} has its sockets on the back"
    if case.rear_connectors:
        return ok(f"{text}, {case.name} has the cut-outs")
    why = f"{text}, {case.name} has no cut-outs"
    return Answer("conflict", why, "no", "yes", fix="the board's version with sockets in front")
