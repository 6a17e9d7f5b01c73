"""How the answer to a line looks."""

from __future__ import annotations

from rigwright.plan.parts.naming import Named, Near
from rigwright.report.text.told import show

BASE = {"line": "x", "text": "Zubo [K9]", "price": 1299.0, "currency": "EUR"}


def test_an_exact_part(capsys):
    part = Near("card", "zubo-k9", "Zubo K9", True, ("2 listings of one product",))
    show(
        "named",
        Named(kind="card", quantity=2, verdict="exact", part=part, same=("Zubo K9 White",), **BASE),
    )
    text = capsys.readouterr().out
    assert "exact  2 x Zubo K9, 1,299.00 EUR each" in text
    assert "card:zubo-k9" in text and "also listed as Zubo K9 White" in text


def test_candidates(capsys):
    near = (Near("card", "a", "Zubo K8", False, ("its name lacks: k9", "it has 8 GB")),)
    show("named", Named(kind=None, quantity=1, verdict="unknown", near=near, **BASE))
    text = capsys.readouterr().out
    assert "unknown  Zubo [K9] (part of any kind)" in text
    assert "Zubo K8" in text and "its name lacks: k9; it has 8 GB" in text


def test_nothing_near(capsys):
    show("named", Named(kind="psu", quantity=1, verdict="unknown", **BASE))
    assert "nothing like it in the catalogue" in capsys.readouterr().out
