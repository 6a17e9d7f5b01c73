"""Putting the parts together: the layout in the case in millimetres, and the ordered steps."""

from rigwright.assemble.geometry import Box, Clearance, Layout, Seat
from rigwright.assemble.guide import steps
from rigwright.assemble.layout import layout
from rigwright.assemble.step import ORDERS, Order, Step

__all__ = ["ORDERS", "Box", "Clearance", "Layout", "Order", "Seat", "Step", "layout", "steps"]
