"""Product lines are read from names: every processor of every catalogue, and the hard ones."""

from __future__ import annotations

import pytest

from rigwright.catalog import source
from rigwright.catalog.source import by_id
from rigwright.fit.facts.names import socket_key
from rigwright.fit.facts.platforms import platforms
from rigwright.spec.parts import Cpu
from rigwright.spec.tables.known import line_of, product_lines

NAMES = {
    "Intel Core i7-6700K": "core",
    "Intel Core Ultra 7 265K": "core",
    "Intel Core i3 8100": "core-i3",
    "Intel Pentium Gold G5400": "pentium",
    "Intel Xeon E3-1270": "xeon-e3-v1",
    "Intel Xeon E3 1245 V5 OEM/Tray 3.5 GHz 4-Core LGA1151": "xeon-e3-v5",
    "Intel Xeon E3-1265L v3": "xeon-e3-v3",
    "Intel Xeon E 2274G 4 GHz 4-Core LGA1151": "xeon-e-2200",
    "Intel Xeon E-2136": "xeon-e-2100",
    "Intel Xeon E5-2697 v2": "xeon-e5-v2",
    "Intel Xeon E5-2670": "xeon-e5-v1",
    "Intel Xeon W-1290P": "xeon-w-1200",
    "Intel Xeon W-2145": "xeon-w-2100",
    "Intel Xeon W-3175X": "xeon-w-3100",
    "Intel Xeon w5-2455X": "xeon-w-2400",
    "Intel Xeon w9-3495X": "xeon-w-3400",
    "Intel Xeon Gold 6148": "xeon-scalable",
    "AMD Ryzen™ 5 7500F": "ryzen",
    "AMD Ryzen 7 5800X3D": "ryzen",
    "AMD Ryzen 5 5600G": "ryzen-apu",
    "AMD Ryzen 7 PRO 4750G": "ryzen-pro",
    "AMD Ryzen Threadripper 2990WX": "threadripper",
    "AMD Ryzen Threadripper 7960X": "threadripper",
    "AMD Ryzen Threadripper PRO 7965WX": "threadripper-pro",
    "AMD Ryzen Threadripper 9985WX": "threadripper-pro",
    "AMD Ryzen Threadripper 3955WX": "threadripper-pro",
    "AMD EPYC 4464P": "epyc",
    "AMD Athlon 200GE": "athlon",
    "AMD A12-9800E": "a-series",
    "AMD FX-8370": "fx",
    "some processor": "",
}


@pytest.mark.parametrize(("name", "line"), NAMES.items())
def test_line_of_a_name(name, line):
    assert line_of(name) == line


def nameless(db: str | None) -> list[str]:
    """Processors on sockets that the platform table knows, of which no line is read."""
    source.use(db)
    sockets = {socket_key(p.socket) for p in platforms().values()}
    cpus = by_id(Cpu).values()
    found = [c.name for c in cpus if c.socket and socket_key(c.socket) in sockets and not c.line]
    source.use(None)
    return found


def test_every_embedded_processor_has_a_line():
    assert nameless(None) == []


def test_every_processor_of_the_market_has_a_line(whole_market):
    assert nameless(str(whole_market)) == []


def test_every_chipset_says_which_lines_it_takes_by_known_names():
    known = {line for line, _ in product_lines()}
    for row in platforms().values():
        assert row.lines, row.chipset
        assert {*row.lines, *row.some_lines} <= known, row.chipset
        assert not set(row.lines) & set(row.some_lines), row.chipset
