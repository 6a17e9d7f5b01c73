"""Putting the parts together: the layout in the case in millimetres, and the ordered steps."""

from rigwright.assemble.boxes.geometry import Box, Clearance, Layout, Seat
from rigwright.assemble.boxes.layout import layout
from rigwright.assemble.steps.guide import ORDERS, Order, Step, steps
