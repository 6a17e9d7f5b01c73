"""Putting the parts together: the layout in the case in millimetres, and the ordered steps."""

from rigwright.assemble.geometry import Box, Clearance, Layout, Seat
from rigwright.assemble.layout import layout

__all__ = ["Box", "Clearance", "Layout", "Seat", "layout"]
